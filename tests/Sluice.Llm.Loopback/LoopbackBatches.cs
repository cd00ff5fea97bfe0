using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sluice.Llm.Loopback;

/// <summary>
/// Batches as OpenAI (files and batches) and Anthropic (message batches) have them. A batch ends when <see cref="Ends"/> says so at a look; its answers are those that the
/// same questions would get one by one.
/// </summary>
public sealed class LoopbackBatches
{
    readonly LoopbackModels server;
    readonly ConcurrentDictionary<string, string> files = new(StringComparer.Ordinal);
    readonly List<LoopbackBatch> all = [];

    internal LoopbackBatches(LoopbackModels server) => this.server = server;

    /// <summary>Whether a batch has ended, asked at each look. Default: at the second.</summary>
    public Func<LoopbackBatch, bool> Ends { get; set; } = batch => batch.Looks >= 2;

    /// <summary>Whether a question of a batch is answered. Default: all are.</summary>
    public Func<LoopbackCall, bool> Answers { get; set; } = _ => true;

    /// <summary>Told of a submission once it has counted and before it is answered: what it throws is a connection that breaks.</summary>
    public Action<LoopbackBatch> Submitted { get; set; } = _ => { };

    /// <summary>What a request for a batch or a file gets in place of its answer, by its path; null: its answer.</summary>
    public Func<string, string?> Page { get; set; } = _ => null;

    /// <summary>Each line of answers as it is sent, by its number. Default: as it is.</summary>
    public Func<int, string, string> Line { get; set; } = (_, line) => line;

    /// <summary>Status of any request for a batch or a file; 0: as usual.</summary>
    public int Status { get; set; }

    public IReadOnlyList<LoopbackBatch> All
    {
        get
        {
            lock (all)
            {
                return [.. all];
            }
        }
    }

    /// <summary>Questions that batches have answered, each charged at half of the price.</summary>
    public IReadOnlyList<LoopbackCall> Answered => [.. All.SelectMany(b => b.Results).Where(r => r.Reply is not null)];

    internal void MapTo(WebApplication app)
    {
        foreach (var root in new[] { "/v1", "/openai/v1" })
        {
            var format = root == "/v1" ? WireFormat.OpenAI : WireFormat.AzureOpenAI;
            app.MapPost(root + "/files", c => GuardAsync(c, () => UploadAsync(c)));
            app.MapGet(root + "/files/{id}/content", c => GuardAsync(c, () => c.Response.WriteAsync(Lines(files[Id(c)]))));
            app.MapPost(root + "/batches", c => GuardAsync(c, () => CreateOpenAIAsync(c, format)));
            app.MapGet(root + "/batches", c => GuardAsync(c, () => ListAsync(c, OpenAI)));
            app.MapGet(root + "/batches/{id}", c => GuardAsync(c, () => WriteAsync(c, OpenAI(Look(Id(c))))));
            app.MapPost(root + "/batches/{id}/cancel", c => GuardAsync(c, () => WriteAsync(c, OpenAI(Cancel(Id(c))))));
        }

        app.MapPost("/v1/messages/batches", c => GuardAsync(c, () => CreateAnthropicAsync(c)));
        app.MapGet("/v1/messages/batches", c => GuardAsync(c, () => ListAsync(c, Anthropic)));
        app.MapGet("/v1/messages/batches/{id}", c => GuardAsync(c, () => WriteAsync(c, Anthropic(Look(Id(c))))));
        app.MapGet("/v1/messages/batches/{id}/results", c => GuardAsync(c, () => c.Response.WriteAsync(Lines(AnthropicResults(Find(Id(c)))))));
        app.MapPost("/v1/messages/batches/{id}/cancel", c => GuardAsync(c, () => WriteAsync(c, Anthropic(Cancel(Id(c))))));
    }

    string Lines(string text) => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, number) => Line(number, line) + "\n"));

    async Task GuardAsync(HttpContext context, Func<Task> serve)
    {
        if (Page(context.Request.Path) is { } page)
        {
            await context.Response.WriteAsync(page);
            return;
        }

        if (Status == 0)
        {
            try
            {
                await serve();
            }
            catch (IOException)
            {
                context.Abort();
            }

            return;
        }

        context.Response.StatusCode = Status;
        await context.Response.WriteAsync("""{"error":{"message":"Not now.","code":"no","type":"no"}}""");
    }

    async Task UploadAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        using var reader = new StreamReader(form.Files["file"]!.OpenReadStream());
        var id = $"file-{files.Count}";
        files[id] = form["purpose"] == "batch" ? await reader.ReadToEndAsync() : throw new InvalidOperationException("The purpose is not batch.");
        await WriteAsync(context, new JsonObject { ["id"] = id, ["object"] = "file", ["purpose"] = "batch" });
    }

    async Task CreateOpenAIAsync(HttpContext context, WireFormat format)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var lines = files[(string)body["input_file_id"]!].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        if ((string)body["completion_window"]! != "24h" || lines.Exists(l => (string)l["url"]! != (string)body["endpoint"]!))
        {
            throw new InvalidOperationException("The batch is not as the service takes it.");
        }

        var batch = Add(format, (string?)body["metadata"]?["sluice_batch"], lines.Select(l => ((string)l["custom_id"]!, l["body"]!.AsObject())));
        await WriteAsync(context, OpenAI(batch));
    }

    async Task CreateAnthropicAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        await WriteAsync(context, Anthropic(Add(WireFormat.Anthropic, null, body["requests"]!.AsArray().Select(r => ((string)r!["custom_id"]!, r["params"]!.AsObject())))));
    }

    LoopbackBatch Add(WireFormat format, string? key, IEnumerable<(string Id, JsonObject Body)> questions)
    {
        LoopbackBatch batch;
        lock (all)
        {
            batch = new LoopbackBatch($"batch_{all.Count}", key, [.. questions.Select((q, i) => new LoopbackCall(
                format, (string?)q.Body["model"] ?? "", WireFormats.PromptOf(format, q.Body), q.Body, new Dictionary<string, string> { ["custom_id"] = q.Id }, i))]);
            all.Add(batch);
        }

        Submitted(batch);
        return batch;
    }

    LoopbackBatch Find(string id) => All.Single(b => b.Id == id);

    LoopbackBatch Look(string id)
    {
        var batch = Find(id);
        lock (batch)
        {
            batch.Looks++;
            if (!batch.HasEnded && (batch.IsCancelled || Ends(batch)))
            {
                batch.HasEnded = true;
                foreach (var call in batch.Calls.Where(c => !batch.IsCancelled && Answers(c)))
                {
                    call.Reply = server.Answer(call);
                }

                files[$"{batch.Id}-output"] = string.Concat(batch.Results.Select(c => new JsonObject
                {
                    ["id"] = $"batch_req_{c.Number}",
                    ["custom_id"] = c.Headers["custom_id"],
                    ["response"] = new JsonObject { ["status_code"] = 200, ["request_id"] = $"req_{c.Number}", ["body"] = WireFormats.Answer(WireFormat.OpenAI, c, c.Reply!) },
                    ["error"] = null,
                }.ToJsonString() + "\n"));
            }
        }

        return batch;
    }

    LoopbackBatch Cancel(string id)
    {
        var batch = Find(id);
        batch.IsCancelled = true;
        return batch;
    }

    JsonObject OpenAI(LoopbackBatch batch) => new()
    {
        ["id"] = batch.Id,
        ["object"] = "batch",
        ["errors"] = null,
        ["status"] = !batch.HasEnded ? batch.IsCancelled ? "cancelling" : "in_progress" : batch.IsCancelled ? "cancelled" : batch.Results.Count < batch.Calls.Count ? "expired" : "completed",
        ["output_file_id"] = batch.HasEnded && batch.Results.Count > 0 ? $"{batch.Id}-output" : null,
        ["error_file_id"] = null,
        ["created_at"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["metadata"] = batch.Key is null ? null : new JsonObject { ["sluice_batch"] = batch.Key },
    };

    static JsonObject Anthropic(LoopbackBatch batch) => new()
    {
        ["id"] = batch.Id,
        ["type"] = "message_batch",
        ["processing_status"] = batch.HasEnded ? "ended" : batch.IsCancelled ? "canceling" : "in_progress",
        ["request_counts"] = new JsonObject
        {
            ["processing"] = batch.HasEnded ? 0 : batch.Calls.Count,
            ["succeeded"] = batch.Results.Count,
            ["expired"] = batch.HasEnded ? batch.Calls.Count - batch.Results.Count : 0,
        },
        ["created_at"] = DateTimeOffset.UtcNow.ToString("O"),
        ["results_url"] = null,
    };

    static string AnthropicResults(LoopbackBatch batch) => string.Concat(batch.Calls.Reverse().Select(c => new JsonObject
    {
        ["custom_id"] = c.Headers["custom_id"],
        ["result"] = c.Reply is { } reply
            ? new JsonObject { ["type"] = "succeeded", ["message"] = WireFormats.Answer(WireFormat.Anthropic, c, reply) }
            : new JsonObject { ["type"] = "expired" },
    }.ToJsonString() + "\n"));

    Task ListAsync(HttpContext context, Func<LoopbackBatch, JsonObject> shape) =>
        WriteAsync(context, new JsonObject { ["data"] = new JsonArray([.. All.Reverse().Select(shape)]), ["has_more"] = false });

    static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString())).AsTask();
    }
}

/// <summary>A batch that was submitted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">What the client named it; null: the format has no place for that.</param>
/// <param name="Calls">Its questions.</param>
public sealed record LoopbackBatch(string Id, string? Key, IReadOnlyList<LoopbackCall> Calls)
{
    /// <summary>How often it was looked at.</summary>
    public int Looks { get; internal set; }

    public bool IsCancelled { get; internal set; }

    public bool HasEnded { get; internal set; }

    /// <summary>Questions that were answered.</summary>
    public IReadOnlyList<LoopbackCall> Results => [.. Calls.Where(c => c.Reply is not null)];
}
