using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Llm.Loopback;

/// <summary>
/// Language models on a free port of this machine, in the formats of OpenAI (also Azure's v1 endpoint and compatible servers), Anthropic and Gemini. What they
/// answer is a function of the question; every call is logged, so that a test can count what would have been paid.
/// </summary>
public sealed class LoopbackModels : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentQueue<LoopbackCall> calls = new();

    LoopbackModels(WebApplication app)
    {
        this.app = app;
        Batches = new LoopbackBatches(this);
    }

    /// <summary>Batches in the formats of OpenAI and Anthropic.</summary>
    public LoopbackBatches Batches { get; }

    /// <summary>What to answer. Default: the text <c>ok</c>.</summary>
    public Func<LoopbackCall, LoopbackReply> Answer { get; set; } = _ => new LoopbackReply();

    /// <summary>The same where an answer has to wait for something.</summary>
    public Func<LoopbackCall, CancellationToken, Task<LoopbackReply>>? AnswerAsync { get; set; }

    /// <summary>All calls, in the order in which they came.</summary>
    public IReadOnlyList<LoopbackCall> Calls => [.. calls];

    /// <summary>Calls that were answered with tokens: what a provider would have charged.</summary>
    public IReadOnlyList<LoopbackCall> PaidCalls => [.. calls.Where(c => c.Reply is { Status: 200 })];

    /// <summary>What is charged, by the name of a model; <see cref="LoopbackPrice.Usual"/> where it is missing.</summary>
    public Dictionary<string, LoopbackPrice> Prices { get; } = new(StringComparer.Ordinal);

    /// <summary>US dollars for all paid calls: the bill that a cost ledger is reconciled to.</summary>
    public decimal Bill => PaidCalls.Sum(PriceOf) + (Batches.Answered.Sum(PriceOf) / 2);

    decimal PriceOf(LoopbackCall call) => Prices.GetValueOrDefault(call.Model, LoopbackPrice.Usual).Of(call.Reply!);

    /// <summary>Address without a path.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Endpoint for a provider of OpenAI's format.</summary>
    public string OpenAI => Address + "/v1";

    /// <summary>Endpoint for a provider of Gemini's format.</summary>
    public string Gemini => Address + "/v1beta";

    public static async Task<LoopbackModels> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new LoopbackModels(app);
        app.MapPost("/v1/chat/completions", c => server.ServeAsync(c, WireFormat.OpenAI, null));
        app.MapPost("/openai/v1/chat/completions", c => server.ServeAsync(c, WireFormat.AzureOpenAI, null));
        app.MapPost("/v1/messages", c => server.ServeAsync(c, WireFormat.Anthropic, null));
        app.MapPost("/v1beta/models/{model}", c => server.ServeAsync(c, WireFormat.Gemini, ((string)c.Request.RouteValues["model"]!).Split(':')[0]));
        server.Batches.MapTo(app);
        await app.StartAsync();
        server.Address = app.Urls.First();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    async Task ServeAsync(HttpContext context, WireFormat format, string? model)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? [];
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new LoopbackCall(format, model ?? (string?)body["model"] ?? "", WireFormats.PromptOf(format, body), body, headers, calls.Count);
        calls.Enqueue(call);
        LoopbackReply reply;
        try
        {
            reply = AnswerAsync is { } wait ? await wait(call, context.RequestAborted) : Answer(call);
            await Task.Delay(reply.Latency, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Who asked has gone.
            return;
        }

        call.Reply = reply;
        await WriteAsync(context, format, call, reply);
    }

    static async Task WriteAsync(HttpContext context, WireFormat format, LoopbackCall call, LoopbackReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = "application/json";
        response.Headers[format == WireFormat.Anthropic ? "request-id" : "x-request-id"] = $"req_{call.Number}";
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        var text = reply.RawBody ?? (reply.Status == 200 ? WireFormats.Answer(format, call, reply) : WireFormats.Error(format, reply)).ToJsonString();
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!reply.BreaksOff)
        {
            await response.Body.WriteAsync(bytes);
            return;
        }

        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await response.Body.FlushAsync();
        context.Abort();
    }
}

/// <summary>US dollars for a million tokens.</summary>
public sealed record LoopbackPrice(decimal Input, decimal CachedInput, decimal CacheWrite, decimal Output)
{
    public static LoopbackPrice Usual { get; } = new(2, 0.2m, 2.5m, 10);

    public decimal Of(LoopbackReply reply) =>
        (((reply.InputTokens - reply.CachedTokens - reply.CacheWriteTokens) * Input) + (reply.CachedTokens * CachedInput) + (reply.CacheWriteTokens * CacheWrite)
            + (reply.OutputTokens * Output)) / 1_000_000m;

    /// <summary>The same as settings of a model, below its section.</summary>
    public IEnumerable<(string Name, string Value)> Settings =>
    [
        ("InputPrice", Text(Input)), ("CachedInputPrice", Text(CachedInput)), ("CacheWritePrice", Text(CacheWrite)), ("OutputPrice", Text(Output)),
    ];

    static string Text(decimal price) => price.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Whose format a call has.</summary>
public enum WireFormat
{
    OpenAI,
    AzureOpenAI,
    Anthropic,
    Gemini,
}

/// <summary>A call that came.</summary>
/// <param name="Format">Its format.</param>
/// <param name="Model">Model that was asked.</param>
/// <param name="Prompt">Text of the user's message.</param>
/// <param name="Body">All of it.</param>
/// <param name="Headers">Of the request.</param>
/// <param name="Number">From 0.</param>
public sealed record LoopbackCall(WireFormat Format, string Model, string Prompt, JsonObject Body, IReadOnlyDictionary<string, string> Headers, int Number)
{
    /// <summary>What it got; null: nothing yet.</summary>
    public LoopbackReply? Reply { get; internal set; }
}

/// <summary>What a call gets.</summary>
public sealed record LoopbackReply
{
    public string Text { get; init; } = "ok";

    /// <summary>Thought before the answer.</summary>
    public string? Thought { get; init; }

    public LoopbackFinish Finish { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>Code of an error.</summary>
    public string ErrorCode { get; init; } = "";

    public string ErrorMessage { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public TimeSpan Latency { get; init; }

    /// <summary>Half of the body comes, and then the connection ends.</summary>
    public bool BreaksOff { get; init; }

    /// <summary>In place of a body of the format.</summary>
    public string? RawBody { get; init; }

    /// <summary>Tokens read, those that were kept and those put into the cache included.</summary>
    public long InputTokens { get; init; } = 100;

    public long CachedTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens written, thinking included.</summary>
    public long OutputTokens { get; init; } = 10;

    public long ThinkingTokens { get; init; }

    /// <summary>429 with a hint.</summary>
    public static LoopbackReply Throttled(string header, string value) => new()
    {
        Status = 429,
        ErrorCode = "rate_limit_exceeded",
        ErrorMessage = "Rate limit reached.",
        Headers = new Dictionary<string, string> { [header] = value },
    };
}

/// <summary>How an answer ends.</summary>
public enum LoopbackFinish
{
    Stop,
    Length,
    Refusal,

    /// <summary>The model answered, and a filter took the answer away.</summary>
    Filtered,

    /// <summary>The question was filtered before the model saw it.</summary>
    PromptFiltered,
}
