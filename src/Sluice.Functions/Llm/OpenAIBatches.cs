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
        var uploaded = await BytesAsync(HttpMethod.Post, "files", await form.ReadAsByteArrayAsync(cancellation), form.Headers.ContentType!.ToString(), cancellation);
        return await JsonAsync(HttpMethod.Post, "batches", new JsonObject
        {
            ["input_file_id"] = Read(uploaded, file => Required(file, "id")),
            ["endpoint"] = questions,
            ["completion_window"] = "24h",
            ["metadata"] = new JsonObject { [Key] = key },
        }, batch => Required(batch, "id"), cancellation);
    }

    public override async Task<string?> FindAsync(string key, int calls, DateTimeOffset since, CancellationToken cancellation)
    {
        for (string? after = null; ;)
        {
            (var found, after) = await JsonAsync(HttpMethod.Get, $"batches?limit={Page}{(after is null ? "" : $"&after={after}")}", null, page => Named(page, key, since), cancellation);
            if (found is not null || after is null)
            {
                return found;
            }
        }
    }

    // Newest first.
    static (string? Found, string? After) Named(JsonElement page, string key, DateTimeOffset since)
    {
        var batches = page.GetProperty("data").EnumerateArray().ToList();
        var named = batches.Find(b => b.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && Text(metadata, Key) == key);
        var goesOn = batches.Count > 0 && page.TryGetProperty("has_more", out var more) && more.GetBoolean() && batches[^1].GetProperty("created_at").GetInt64() >= since.ToUnixTimeSeconds();
        return (named.ValueKind == JsonValueKind.Object ? Text(named, "id") : null, goesOn ? Text(batches[^1], "id") : null);
    }

    public override Task<BatchProgress> ProgressAsync(string id, CancellationToken cancellation) => JsonAsync(HttpMethod.Get, $"batches/{id}", null, ProgressOf, cancellation);

    BatchProgress ProgressOf(JsonElement batch)
    {
        var problem = batch.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object && errors.GetProperty("data") is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() > 0
            ? $"The provider refused the batch: {Said(Text(all[0], "message"))}"
            : null;
        return new BatchProgress(Text(batch, "status") is "completed" or "failed" or "expired" or "cancelled", problem);
    }

    public override async IAsyncEnumerable<(string Id, ModelAnswer Answer)> AnswersAsync(string id, ModelRequest like, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await JsonAsync(HttpMethod.Get, $"batches/{id}", null, batch => Text(batch, "output_file_id"), cancellation) is not { Length: > 0 } file)
        {
            yield break;
        }

        foreach (var answer in await LinesAsync($"files/{file}/content", line => Answer(line, like), cancellation))
        {
            yield return answer;
        }
    }

    ModelAnswer? Answer(JsonElement line, ModelRequest like) =>
        line.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object && response.GetProperty("status_code").GetInt32() == 200
            && AnswerOf(response.GetProperty("body"), like) is { } answer
                ? answer with { RequestId = Text(response, "request_id") ?? answer.RequestId }
                : null;

    public override Task CancelAsync(string id, CancellationToken cancellation) => JsonAsync(HttpMethod.Post, $"batches/{id}/cancel", null, batch => batch.ValueKind, cancellation);
}
