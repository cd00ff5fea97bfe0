using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Identity;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>Batches of a service over HTTP: what their formats have in common.</summary>
/// <param name="spec">Model that is asked.</param>
/// <param name="thinking">Tokens for thinking that a request comes to.</param>
/// <param name="wire">The format of one question and one answer.</param>
abstract class WireBatches(ModelSpec spec, Func<ModelRequest, int> thinking, WireProvider wire) : ModelBatches
{
    /// <summary>Batches that are listed at a time.</summary>
    protected const int Page = 100;

    // A file of many megabytes, over a slow line.
    static readonly TimeSpan longest = TimeSpan.FromMinutes(10);

    public sealed override TokenPrice? Price => spec.Price is { } p
        ? new TokenPrice(p.Input * spec.BatchShare, p.CachedInput * spec.BatchShare, p.Output * spec.BatchShare, p.CacheWrite * spec.BatchShare)
        : null;

    /// <summary>Sends one request and gives whatever came back.</summary>
    protected abstract Task<WireReply> SendAsync(HttpMethod method, string path, byte[]? body, string type, CancellationToken cancellation);

    protected JsonObject BodyOf(ModelRequest request) => wire.BodyOf(new ModelCall(spec, request, thinking(request)));

    /// <summary>A service's own body of one answer; null: it is not of the format.</summary>
    protected ModelAnswer? AnswerOf(JsonElement body, ModelRequest like) => wire.AnswerOf(new ModelCall(spec, like, 0), body, null);

    /// <summary>Sends a request and reads the answer; one of another shape is a fault that may pass, such as a proxy's page.</summary>
    protected async Task<T> JsonAsync<T>(HttpMethod method, string path, JsonNode? body, Func<JsonElement, T> read, CancellationToken cancellation) =>
        Read(await BytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json", cancellation), read);

    protected T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (Exception e) when (WireProvider.IsOfOtherShape(e))
        {
            throw new TransientException($"{spec.Id} answered about a batch in another format than its own.", e);
        }
    }

    /// <summary>Answers of a body of JSON lines. A line that is none is left out: its call is asked by itself.</summary>
    protected async Task<IReadOnlyList<(string Id, ModelAnswer Answer)>> LinesAsync(string path, Func<JsonElement, ModelAnswer?> read, CancellationToken cancellation)
    {
        var answers = new List<(string, ModelAnswer)>();
        var rest = await BytesAsync(HttpMethod.Get, path, null, "application/json", cancellation);
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            try
            {
                using var document = JsonDocument.Parse(line);
                if (read(document.RootElement) is { } answer)
                {
                    answers.Add((Required(document.RootElement, "custom_id"), answer));
                }
            }
            catch (Exception e) when (WireProvider.IsOfOtherShape(e))
            {
                // Blank, cut or odd.
            }
        }

        return answers;
    }

    protected async Task<ReadOnlyMemory<byte>> BytesAsync(HttpMethod method, string path, byte[]? body, string type, CancellationToken cancellation)
    {
        WireReply reply;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(longest);
        try
        {
            reply = await SendAsync(method, path, body, type, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientException($"{spec.Id} did not answer within {longest.TotalMinutes:0} minutes.", e);
        }
        catch (AuthenticationFailedException e)
        {
            throw new ModelException($"{spec.Id} was not asked: the app's identity got no token. {e.Message.Split('\n', 2)[0]}");
        }
        catch (Exception e) when (e is not OperationCanceledException && WireProvider.NetworkFault(e) is { } fault)
        {
            throw new TransientException($"{spec.Id} cannot be reached: {fault.Message}", e);
        }

        return reply.Status is >= 200 and < 300 ? reply.Body
            : wire.Judge(spec, reply) is ProviderReply.Never never ? throw new ModelException(never.Reason)
            : throw new TransientException($"{spec.Id} said {reply.Status}.");
    }

    protected string Said(string? message) => wire.Said(message);

    protected static string Required(JsonElement element, string property) => Text(element, property) ?? throw new KeyNotFoundException(property);

    protected static string? Text(JsonElement element, string property) => WireProvider.Text(element, property);
}
