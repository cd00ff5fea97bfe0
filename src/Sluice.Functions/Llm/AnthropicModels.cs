using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>Anthropic, by its own client.</summary>
sealed class AnthropicModels : WireProvider
{
    static readonly IReadOnlyDictionary<string, JsonElement> none = new Dictionary<string, JsonElement>();

    readonly AnthropicClient client;
    readonly HttpClient http = ProviderHttp.Client(ProviderHttp.MostFileBytes);
    readonly Uri address;
    readonly string key;

    public AnthropicModels(string name, ProviderOptions options, TimeProvider time)
        : base(name, options.Key, time)
    {
        address = new Uri((options.Endpoint.Length > 0 ? options.Endpoint.TrimEnd('/') : EnvironmentUrl.Production) + "/");
        key = options.Key;

        // Time-outs and tries are counted in front of this, against limits that all workers share. No other credential of the environment is sent.
        client = new AnthropicClient
        {
            ApiKey = options.Key,
            AuthToken = null,
            BaseUrl = options.Endpoint.Length > 0 ? options.Endpoint.TrimEnd('/') : EnvironmentUrl.Production,
            MaxRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            HttpClient = ProviderHttp.Client(before: new LastHeaders()),
        };
    }

    public override void Dispose()
    {
        client.Dispose();
        http.Dispose();
        base.Dispose();
    }

    public override ModelBatches BatchesOf(ModelSpec spec, Func<ModelRequest, int> thinking) => new AnthropicBatches(spec, thinking, this, http, address, key);

    protected override JsonObject Body(ModelCall call)
    {
        var (spec, request) = (call.Spec, call.Request);
        var room = call.ThinkingTokens > 0 ? call.ThinkingTokens : spec.Thinking == ThinkingKind.Always ? ThinkingBudget.Unasked : 0;
        var body = new JsonObject
        {
            ["model"] = spec.Model,
            ["max_tokens"] = Math.Min(request.MaxOutputTokens + room, spec.MaxOutputTokens),
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Content(call) }),
        };
        if (request.System is { Length: > 0 } system)
        {
            // What all questions of a step share is kept; below the service's smallest size it ignores this.
            body["system"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = system, ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } });
        }

        // It takes 0 to 1, and nothing but 1 while it thinks.
        if (spec.Temperature && call.ThinkingTokens == 0)
        {
            body["temperature"] = Math.Min(request.Temperature, 1);
        }

        AddThinking(body, spec, call.ThinkingTokens);
        if (request.AnswerSchema is { } schema && spec.Schema == SchemaKind.Native)
        {
            Output(body)["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = JsonNode.Parse(schema) };
        }

        return body;
    }

    protected override async Task<WireReply> SendAsync(string model, byte[] body, CancellationToken cancellation)
    {
        var content = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)!;
        var headers = LastHeaders.Watch();
        try
        {
            using var response = await client.WithRawResponse.Messages.Create(MessageCreateParams.FromRawUnchecked(none, none, content), cancellation);
            await using var stream = await response.ReadAsStream(cancellation);
            using var answer = new MemoryStream();
            await stream.CopyToAsync(answer, cancellation);
            return new WireReply((int)response.StatusCode, headers.Get, answer.ToArray());
        }
        catch (AnthropicApiException e) when (e.StatusCode != default)
        {
            return new WireReply((int)e.StatusCode, headers.Get, System.Text.Encoding.UTF8.GetBytes(e.ResponseBody ?? ""));
        }
    }

    protected override WireAnswer? Read(JsonElement body)
    {
        AnswerFinish? finish = Text(body, "stop_reason") switch
        {
            "end_turn" or "stop_sequence" => AnswerFinish.Stop,
            "max_tokens" or "model_context_window_exceeded" => AnswerFinish.Length,
            "refusal" => AnswerFinish.Refused,
            _ => null,
        };
        var text = string.Concat(body.GetProperty("content").EnumerateArray().Where(block => Text(block, "type") == "text").Select(block => Text(block, "text")));
        return finish is { } ended ? new WireAnswer(text, ended, UsageOf(body), null) : null;
    }

    // It has no code for this, and a run must not end for what one row made it write.
    protected override bool IsFiltered(JsonElement error) => Text(error, "message")?.Contains("content filtering policy", StringComparison.OrdinalIgnoreCase) == true;

    // Its count of what was read leaves out what was kept before and now.
    static TokenUsage? UsageOf(JsonElement body)
    {
        var cached = Count(body, "usage", "cache_read_input_tokens");
        var writes = Count(body, "usage", "cache_creation_input_tokens");
        return Usage(Count(body, "usage", "input_tokens") + cached + writes, cached, Count(body, "usage", "output_tokens"), writes);
    }

    static void AddThinking(JsonObject body, ModelSpec spec, int tokens)
    {
        switch (spec.Thinking)
        {
            case ThinkingKind.Budget when tokens > 0:
                body["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = tokens };
                break;
            case ThinkingKind.Adaptive when tokens > 0:
                body["thinking"] = new JsonObject { ["type"] = "adaptive" };
                Output(body)["effort"] = ThinkingBudget.Effort(tokens);
                break;
            case ThinkingKind.Adaptive when spec.ThinkingOff is { } off:
                body["thinking"] = new JsonObject { ["type"] = off };
                break;
            case ThinkingKind.Always or ThinkingKind.Effort:
                Output(body)["effort"] = tokens > 0 ? ThinkingBudget.Effort(tokens) : "low";
                break;
        }
    }

    static JsonObject Output(JsonObject body)
    {
        if (body["output_config"] is not JsonObject output)
        {
            body["output_config"] = output = [];
        }

        return output;
    }

    static JsonArray Content(ModelCall call)
    {
        var content = new JsonArray();
        foreach (var image in call.Request.Images)
        {
            content.Add(new JsonObject
            {
                ["type"] = "image",
                ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = image.MediaType, ["data"] = Convert.ToBase64String(image.Bytes.Span) },
            });
        }

        var prompt = call.Request.AnswerSchema is { } schema && call.Spec.Schema == SchemaKind.Prompt
            ? $"{call.Request.Prompt}\n\n{AnswerJson.Instruction(schema)}"
            : call.Request.Prompt;
        content.Add(new JsonObject { ["type"] = "text", ["text"] = prompt });
        return content;
    }

    /// <summary>Keeps the headers of a call for whoever made it: the client's exceptions have status and body, and when to come back stands in a header.</summary>
    sealed class LastHeaders : DelegatingHandler
    {
        static readonly AsyncLocal<Seen?> watching = new();

        public static Seen Watch() => watching.Value = new Seen();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (watching.Value is { } seen)
            {
                seen.Headers = response.Headers;
            }

            return response;
        }

        public sealed class Seen
        {
            public System.Net.Http.Headers.HttpResponseHeaders? Headers { get; set; }

            public string? Get(string name) => Headers is { } headers && headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
        }
    }
}
