using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using OpenAI;
using OpenAI.Chat;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>
/// OpenAI, Azure OpenAI through its v1 endpoint, and servers that speak the same format, by OpenAI's own client. Its protocol methods are called: they take and
/// give the bytes, so what a compatible server leaves out or adds breaks nothing (docs/decisions/0017-language-models.md).
/// </summary>
sealed class OpenAIModels(
    string name, ProviderOptions options, ProviderKind kind, TokenCredential? identity, TimeProvider time, PipelineTransport? transport = null) : WireProvider(name, options.Key, time)
{
    const string AzureScope = "https://cognitiveservices.azure.com/.default";

    readonly ConcurrentDictionary<string, ChatClient> clients = new(StringComparer.Ordinal);
    readonly HttpClient http = ProviderHttp.Client(), files = ProviderHttp.Client(ProviderHttp.MostFileBytes);

    public override void Dispose()
    {
        http.Dispose();
        files.Dispose();
        base.Dispose();
    }

    protected override JsonObject Body(ModelCall call)
    {
        var (spec, request) = (call.Spec, call.Request);
        var isPrompted = request.AnswerSchema is not null && spec.Schema == SchemaKind.Prompt;
        var body = new JsonObject { ["model"] = spec.Model, ["messages"] = Messages(request, isPrompted) };

        // Compatible servers know the older name.
        var thinksInEfforts = spec.Thinking is ThinkingKind.Effort or ThinkingKind.Adaptive or ThinkingKind.Always;
        var room = call.ThinkingTokens > 0 ? call.ThinkingTokens : thinksInEfforts && spec.ThinkingOff is null ? ThinkingBudget.Unasked : 0;
        body[kind == ProviderKind.Compatible ? "max_tokens" : "max_completion_tokens"] = Math.Min(request.MaxOutputTokens + room, spec.MaxOutputTokens);
        if (spec.Temperature)
        {
            body["temperature"] = request.Temperature;
        }

        if (request.Seed is { } seed)
        {
            body["seed"] = seed;
        }

        if (thinksInEfforts)
        {
            body["reasoning_effort"] = call.ThinkingTokens > 0 ? ThinkingBudget.Effort(call.ThinkingTokens) : spec.ThinkingOff ?? "low";
        }

        if (request.AnswerSchema is { } schema && !isPrompted)
        {
            using var document = JsonDocument.Parse(schema);
            body["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "answer", ["strict"] = AnswerJson.IsStrict(document.RootElement), ["schema"] = JsonNode.Parse(schema) },
            };
        }

        return body;
    }

    protected override async Task<WireReply> SendAsync(string model, byte[] body, CancellationToken cancellation)
    {
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        var result = await clients.GetOrAdd(model, m => Client(m, http)).CompleteChatAsync(
            content, new RequestOptions { CancellationToken = cancellation, ErrorOptions = ClientErrorBehaviors.NoThrow });
        var response = result.GetRawResponse();
        return new WireReply(response.Status, header => response.Headers.TryGetValue(header, out var value) ? value : null, response.Content.ToMemory());
    }

    public override ModelBatches? BatchesOf(ModelSpec spec, Func<ModelRequest, int> thinking) => kind switch
    {
        // Azure has no version in the address of a question there.
        ProviderKind.OpenAI => new OpenAIBatches(spec, thinking, this, "/v1/chat/completions", SendRawAsync),
        ProviderKind.AzureOpenAI => new OpenAIBatches(spec, thinking, this, "/chat/completions", SendRawAsync),
        _ => null,
    };

    // Files and batches by the client's own pipeline, which has the credential.
    async Task<WireReply> SendRawAsync(HttpMethod method, string path, byte[]? body, string type, CancellationToken cancellation)
    {
        var client = clients.GetOrAdd("", _ => Client("none", files));
        using var message = client.Pipeline.CreateMessage();
        message.Request.Method = method.Method;
        message.Request.Uri = new Uri($"{(options.Endpoint.Length == 0 ? "https://api.openai.com/v1" : kind == ProviderKind.AzureOpenAI ? AzureAddress(options.Endpoint) : options.Endpoint)}".TrimEnd('/') + "/" + path);
        message.Apply(new RequestOptions { CancellationToken = cancellation, ErrorOptions = ClientErrorBehaviors.NoThrow });
        if (body is not null)
        {
            message.Request.Headers.Set("Content-Type", type);
            message.Request.Content = BinaryContent.Create(BinaryData.FromBytes(body));
        }

        await client.Pipeline.SendAsync(message);
        var response = message.Response!;
        return new WireReply(response.Status, header => response.Headers.TryGetValue(header, out var value) ? value : null, response.Content.ToMemory());
    }

    protected override WireAnswer? Read(JsonElement body)
    {
        var choice = body.GetProperty("choices")[0];
        var message = choice.GetProperty("message");
        AnswerFinish? finish = Text(choice, "finish_reason") switch
        {
            "stop" => AnswerFinish.Stop,
            "length" => AnswerFinish.Length,
            "content_filter" => AnswerFinish.Refused,
            _ => null,
        };
        if (Text(message, "refusal") is { Length: > 0 } refusal)
        {
            return new WireAnswer(refusal, AnswerFinish.Refused, UsageOf(body), Text(body, "id"));
        }

        return finish is { } ended ? new WireAnswer(Text(message, "content") ?? "", ended, UsageOf(body), Text(body, "id")) : null;
    }

    protected override bool IsFiltered(JsonElement error) => Text(error, "code") is "content_filter" or "content_policy_violation" or "invalid_prompt";

    static TokenUsage? UsageOf(JsonElement body) => Usage(
        Count(body, "usage", "prompt_tokens"), Count(body, "usage", "prompt_tokens_details", "cached_tokens"), Count(body, "usage", "completion_tokens"), 0);

    static JsonArray Messages(ModelRequest request, bool isPrompted)
    {
        var messages = new JsonArray();
        if (request.System is { Length: > 0 } system)
        {
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = system });
        }

        var prompt = isPrompted ? $"{request.Prompt}\n\n{AnswerJson.Instruction(request.AnswerSchema!)}" : request.Prompt;
        JsonNode content = request.Images.Count == 0
            ? JsonValue.Create(prompt)
            : new JsonArray([
                .. request.Images.Select(i => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = $"data:{i.MediaType};base64,{Convert.ToBase64String(i.Bytes.Span)}" } }),
                new JsonObject { ["type"] = "text", ["text"] = prompt },
            ]);
        messages.Add(new JsonObject { ["role"] = "user", ["content"] = content });
        return messages;
    }

    ChatClient Client(string model, HttpClient sender)
    {
        var client = new OpenAIClientOptions
        {
            // Time-outs and tries are counted in front of this, against limits that all workers share.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            Transport = transport ?? new HttpClientPipelineTransport(sender),
        };
        if (options.Endpoint.Length > 0)
        {
            client.Endpoint = kind == ProviderKind.AzureOpenAI ? AzureAddress(options.Endpoint) : new Uri(options.Endpoint);
        }

        if (identity is not null)
        {
            // Last, so that the token takes the place of the key.
            client.AddPolicy(new BearerTokenPolicy(identity, AzureScope), PipelinePosition.BeforeTransport);
        }

        // The client wants a key also where an identity or nothing at all is asked for.
        return new ChatClient(model, new ApiKeyCredential(options.Key.Length > 0 ? options.Key : "none"), client);
    }

    static Uri AzureAddress(string endpoint) =>
        new(endpoint.TrimEnd('/') is var address && address.EndsWith("/openai/v1", StringComparison.OrdinalIgnoreCase) ? address : $"{address}/openai/v1");
}
