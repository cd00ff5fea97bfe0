using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>
/// Batches of OpenAI and of Azure OpenAI: a file of questions is uploaded, a batch is made of it, and its answers are another file. The batch carries its name as
/// metadata, so that it is found again.
/// </summary>
/// <param name="spec">Model that is asked.</param>
/// <param name="thinking">Tokens for thinking that a request comes to.</param>
/// <param name="wire">The format of one question and one answer.</param>
/// <param name="questions">Endpoint that the questions are for, as the service has it in a batch.</param>
/// <param name="send">Sends a request below the provider's address.</param>
sealed class OpenAIBatches(
    ModelSpec spec, Func<ModelRequest, int> thinking, WireProvider wire, string questions, Func<HttpMethod, string, byte[]?, string, CancellationToken, Task<WireReply>> send) : WireBatches(spec, thinking, wire)
{
    const string Key = "sluice_batch";

    protected override Task<WireReply> SendAsync(HttpMethod method, string path, byte[]? body, string type, CancellationToken cancellation) => send(method, path, body, type, cancellation);

    public override async Task<string> SubmitAsync(string key, IReadOnlyList<BatchCall> calls, CancellationToken cancellation)
    {
        var lines = new StringBuilder();
        foreach (var call in calls)
        {
            lines.Append(new JsonObject { ["custom_id"] = call.Id, ["method"] = "POST", ["url"] = questions, ["body"] = BodyOf(call.Request) }.ToJsonString()).Append('\n');
        }

        using var form = new MultipartFormDataContent();
        using var file = new StringContent(lines.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("application/jsonl"));
        form.Add(new StringContent("batch"), "purpose");
        form.Add(file, "file", $"{key}.jsonl");
        var uploaded = JsonDocument.Parse(await BytesAsync(HttpMethod.Post, "files", await form.ReadAsByteArrayAsync(cancellation), form.Headers.ContentType!.ToString(), cancellation)).RootElement;
        var batch = await JsonAsync(HttpMethod.Post, "batches", new JsonObject
        {
            ["input_file_id"] = Text(uploaded, "id"),
            ["endpoint"] = questions,
            ["completion_window"] = "24h",
            ["metadata"] = new JsonObject { [Key] = key },
        }, cancellation);
        return Text(batch, "id")!;
    }

    public override async Task<string?> FindAsync(string key, int calls, DateTimeOffset since, CancellationToken cancellation)
    {
        for (string? after = null; ;)
        {
            var page = await JsonAsync(HttpMethod.Get, $"batches?limit={Page}{(after is null ? "" : $"&after={after}")}", null, cancellation);
            var batches = page.GetProperty("data").EnumerateArray().ToList();
            foreach (var batch in batches.Where(b => b.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && Text(metadata, Key) == key))
            {
                return Text(batch, "id");
            }

            // Newest first.
            if (batches.Count == 0 || !page.TryGetProperty("has_more", out var more) || !more.GetBoolean() || batches[^1].GetProperty("created_at").GetInt64() < since.ToUnixTimeSeconds())
            {
                return null;
            }

            after = Text(batches[^1], "id");
        }
    }

    public override async Task<BatchProgress> ProgressAsync(string id, CancellationToken cancellation)
    {
        var batch = await JsonAsync(HttpMethod.Get, $"batches/{id}", null, cancellation);
        var problem = batch.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object && errors.GetProperty("data") is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() > 0
            ? $"The provider refused the batch: {Text(all[0], "message")}"
            : null;
        return new BatchProgress(Text(batch, "status") is "completed" or "failed" or "expired" or "cancelled", problem);
    }

    public override async IAsyncEnumerable<(string Id, ModelAnswer Answer)> AnswersAsync(string id, ModelRequest like, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var batch = await JsonAsync(HttpMethod.Get, $"batches/{id}", null, cancellation);
        if (Text(batch, "output_file_id") is not { Length: > 0 } file)
        {
            yield break;
        }

        foreach (var line in await LinesAsync($"files/{file}/content", cancellation))
        {
            if (line.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object && response.GetProperty("status_code").GetInt32() == 200
                && AnswerOf(response.GetProperty("body"), like) is { } answer)
            {
                yield return (Text(line, "custom_id")!, answer with { RequestId = Text(response, "request_id") ?? answer.RequestId });
            }
        }
    }

    public override Task CancelAsync(string id, CancellationToken cancellation) => JsonAsync(HttpMethod.Post, $"batches/{id}/cancel", null, cancellation);
}
