using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>Gemini, by its REST interface: Google's client is not served by the registry that this is built against.</summary>
sealed class GeminiModels(string name, ProviderOptions options, TimeProvider time) : WireProvider(name, options.Key, time)
{
    const string Service = "https://generativelanguage.googleapis.com/v1beta";

    readonly HttpClient http = ProviderHttp.Client();

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override JsonObject Body(ModelCall call)
    {
        var (spec, request) = (call.Spec, call.Request);
        var isPrompted = request.AnswerSchema is not null && spec.Schema == SchemaKind.Prompt;
        var parts = new JsonArray();
        foreach (var image in request.Images)
        {
            parts.Add(new JsonObject { ["inlineData"] = new JsonObject { ["mimeType"] = image.MediaType, ["data"] = Convert.ToBase64String(image.Bytes.Span) } });
        }

        parts.Add(new JsonObject { ["text"] = isPrompted ? $"{request.Prompt}\n\n{AnswerJson.Instruction(request.AnswerSchema!)}" : request.Prompt });

        // Its models think unless they are told a budget, and the least of some is not zero.
        int? thinking = spec.Thinking != ThinkingKind.Budget ? null : call.ThinkingTokens > 0 ? call.ThinkingTokens : int.TryParse(spec.ThinkingOff, out var least) ? least : null;
        var generation = new JsonObject { ["maxOutputTokens"] = request.MaxOutputTokens + (thinking ?? 0) };
        if (spec.Temperature)
        {
            generation["temperature"] = request.Temperature;
        }

        if (request.Seed is { } seed)
        {
            // Its seeds have 32 bits.
            generation["seed"] = unchecked((int)seed);
        }

        if (thinking is { } budget)
        {
            generation["thinkingConfig"] = new JsonObject { ["thinkingBudget"] = budget };
        }

        if (request.AnswerSchema is { } schema && !isPrompted)
        {
            generation["responseMimeType"] = "application/json";
            generation["responseJsonSchema"] = JsonNode.Parse(schema);
        }

        var body = new JsonObject { ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = parts }), ["generationConfig"] = generation };
        if (request.System is { Length: > 0 } system)
        {
            body["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = system }) };
        }

        return body;
    }

    protected override async Task<WireReply> SendAsync(string model, byte[] body, CancellationToken cancellation)
    {
        var address = options.Endpoint.Length > 0 ? options.Endpoint.TrimEnd('/') : Service;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/models/{Uri.EscapeDataString(model)}:generateContent");
        request.Headers.Add("x-goog-api-key", options.Key);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using var response = await http.SendAsync(request, cancellation);
        var headers = response.Headers;
        return new WireReply(
            (int)response.StatusCode, header => headers.TryGetValues(header, out var values) ? values.FirstOrDefault() : null, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    protected override WireAnswer? Read(JsonElement body)
    {
        var id = Text(body, "responseId");
        if (!body.TryGetProperty("candidates", out var candidates) || candidates.GetArrayLength() == 0)
        {
            // The question itself was filtered.
            return body.TryGetProperty("promptFeedback", out var feedback) && Text(feedback, "blockReason") is not null
                ? new WireAnswer("", AnswerFinish.Refused, UsageOf(body), id)
                : null;
        }

        var candidate = candidates[0];
        AnswerFinish? finish = Text(candidate, "finishReason") switch
        {
            "STOP" => AnswerFinish.Stop,
            "MAX_TOKENS" => AnswerFinish.Length,
            "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "IMAGE_SAFETY" or "LANGUAGE" or "OTHER" => AnswerFinish.Refused,
            _ => null,
        };
        return finish is { } ended ? new WireAnswer(TextOf(candidate), ended, UsageOf(body), id) : null;
    }

    // A part that is a thought is no part of the answer.
    static string TextOf(JsonElement candidate) =>
        !candidate.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("parts", out var parts)
            ? ""
            : string.Concat(parts.EnumerateArray().Where(p => !(p.TryGetProperty("thought", out var thought) && thought.ValueKind == JsonValueKind.True)).Select(p => Text(p, "text")));

    // Thoughts are counted apart from the answer and charged like it.
    static TokenUsage? UsageOf(JsonElement body) => Usage(
        Count(body, "usageMetadata", "promptTokenCount"),
        Count(body, "usageMetadata", "cachedContentTokenCount"),
        Count(body, "usageMetadata", "candidatesTokenCount") + Count(body, "usageMetadata", "thoughtsTokenCount"),
        0);
}
