using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>
/// Message batches of Anthropic. A batch has no name of its own there: one whose id was lost is the oldest of those that were made since then with as many questions, and
/// the ids of its answers show whether it is.
/// </summary>
sealed class AnthropicBatches(ModelSpec spec, Func<ModelRequest, int> thinking, WireProvider wire, HttpClient http, Uri address, string key) : WireBatches(spec, thinking, wire)
{
    const string Version = "2023-06-01", Batches = "v1/messages/batches";

    protected override async Task<WireReply> SendAsync(HttpMethod method, string path, byte[]? body, string type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.Add("x-api-key", key);
        request.Headers.Add("anthropic-version", Version);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        }

        using var response = await http.SendAsync(request, cancellation);
        var headers = response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        return new WireReply((int)response.StatusCode, headers.GetValueOrDefault, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    public override async Task<string> SubmitAsync(string key, IReadOnlyList<BatchCall> calls, CancellationToken cancellation)
    {
        var requests = new JsonArray([.. calls.Select(c => new JsonObject { ["custom_id"] = c.Id, ["params"] = BodyOf(c.Request) })]);
        return await JsonAsync(HttpMethod.Post, Batches, new JsonObject { ["requests"] = requests }, batch => Required(batch, "id"), cancellation);
    }

    public override async Task<string?> FindAsync(string key, int calls, DateTimeOffset since, CancellationToken cancellation)
    {
        string? found = null;
        for (string? after = null; ;)
        {
            (var fits, after) = await JsonAsync(HttpMethod.Get, $"{Batches}?limit={Page}{(after is null ? "" : $"&after_id={after}")}", null, page => Fitting(page, calls, since), cancellation);
            found = fits ?? found;
            if (after is null)
            {
                return found;
            }
        }
    }

    // Newest first, so the last one that fits is the oldest.
    static (string? Found, string? After) Fitting(JsonElement page, int calls, DateTimeOffset since)
    {
        var batches = page.GetProperty("data").EnumerateArray().ToList();
        var recent = batches.Where(b => b.GetProperty("created_at").GetDateTimeOffset() >= since).ToList();
        var found = recent.LastOrDefault(b => b.GetProperty("request_counts").EnumerateObject().Sum(c => c.Value.GetInt64()) == calls) is { ValueKind: JsonValueKind.Object } batch ? Text(batch, "id") : null;
        return (found, recent.Count == batches.Count && batches.Count > 0 && page.GetProperty("has_more").GetBoolean() ? Text(batches[^1], "id") : null);
    }

    public override Task<BatchProgress> ProgressAsync(string id, CancellationToken cancellation) =>
        JsonAsync(HttpMethod.Get, $"{Batches}/{id}", null, batch => new BatchProgress(Text(batch, "processing_status") == "ended"), cancellation);

    public override async IAsyncEnumerable<(string Id, ModelAnswer Answer)> AnswersAsync(string id, ModelRequest like, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var answer in await LinesAsync($"{Batches}/{id}/results", line => Answer(line.GetProperty("result"), like), cancellation))
        {
            yield return answer;
        }
    }

    ModelAnswer? Answer(JsonElement result, ModelRequest like) => Text(result, "type") == "succeeded" ? AnswerOf(result.GetProperty("message"), like) : null;

    public override Task CancelAsync(string id, CancellationToken cancellation) => JsonAsync(HttpMethod.Post, $"{Batches}/{id}/cancel", null, batch => batch.ValueKind, cancellation);
}
