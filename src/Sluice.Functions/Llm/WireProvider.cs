using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Identity;
using Sluice.Llm;
using Sluice.Llm.Providers;

namespace Sluice.Functions.Llm;

/// <summary>A service over HTTP: one request in its own format, and what its status, headers and body mean.</summary>
abstract partial class WireProvider(string name, string key, TimeProvider time) : ModelProvider
{
    const int LongestReason = 300;

    // More than any model reads or writes in one call: a count above it is none.
    const long MostTokens = 100_000_000;

    public override async Task<ProviderReply> AskAsync(ModelCall call, CancellationToken cancellation)
    {
        WireReply reply;
        try
        {
            reply = await SendAsync(call.Spec.Model, JsonSerializer.SerializeToUtf8Bytes(Body(call)), cancellation);
        }
        catch (AuthenticationFailedException e)
        {
            return new ProviderReply.Never($"{call.Spec.Id} was not asked: the app's identity got no token. {FirstLine(e.Message)}");
        }
        catch (Exception e) when (e is not OperationCanceledException && NetworkFault(e) is not null)
        {
            var fault = NetworkFault(e)!;
            if (fault is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
            {
                // A model that does not come to an end: as one that was cut, so that fewer rows are asked for.
                var written = new TokenUsage(call.EstimatedInput, 0, call.Request.MaxOutputTokens + call.ThinkingTokens);
                return new ProviderReply.Answered(new ModelAnswer(call.Spec.Id, "", AnswerFinish.Length, written, null));
            }

            // An answer that broke off was written, and is charged.
            var brokeOff = fault is HttpIOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded };
            return new ProviderReply.Again(brokeOff ? "the answer broke off." : $"it cannot be reached: {FirstLine(fault.Message).TrimEnd('.')}.", Paid: brokeOff);
        }

        return reply.Status is >= 200 and < 300 ? Read(call, reply) : Judge(call.Spec, reply);
    }

    /// <summary>The question in the service's format.</summary>
    protected abstract JsonObject Body(ModelCall call);

    /// <summary>Sends it once and gives whatever came back.</summary>
    protected abstract Task<WireReply> SendAsync(string model, byte[] body, CancellationToken cancellation);

    /// <summary>The answer; null: the body is not of the format, or it does not say how it ended.</summary>
    protected abstract WireAnswer? Read(JsonElement body);

    /// <summary>Whether an error means that the answer or the question was filtered.</summary>
    protected virtual bool IsFiltered(JsonElement error) => false;

    ProviderReply Read(ModelCall call, WireReply reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            if (AnswerOf(call, document.RootElement, reply.RequestId) is { } answer)
            {
                return new ProviderReply.Answered(answer);
            }
        }
        catch (JsonException) when (IsPage(reply.Body.Span))
        {
            return new ProviderReply.Again($"it answered with a page instead of JSON. Check the endpoint of Sluice:Llm:Providers:{name}, and proxies on the way.");
        }
        catch (JsonException)
        {
            // It broke off.
        }

        return new ProviderReply.Again("its answer broke off or is not of its format.", Paid: true);
    }

    /// <summary>The question in the service's format, for whoever sends it otherwise.</summary>
    internal JsonObject BodyOf(ModelCall call) => Body(call);

    /// <summary>The answer that a body of the service is; null: it is not of the format.</summary>
    internal ModelAnswer? AnswerOf(ModelCall call, JsonElement body, string? requestId)
    {
        WireAnswer? answer;
        try
        {
            answer = Read(body);
        }
        catch (Exception e) when (IsOfOtherShape(e))
        {
            // JSON of another shape.
            return null;
        }

        if (answer is null)
        {
            return null;
        }

        var text = call.Request.AnswerSchema is { } schema && call.Spec.Schema == SchemaKind.Prompt ? AnswerJson.Extract(answer.Text, schema) : answer.Text;
        return new ModelAnswer(call.Spec.Id, text, answer.Finish, IsPossible(answer.Usage, text) ? answer.Usage!.Value : Estimate(call, text), answer.Id ?? requestId);
    }

    static bool IsPossible(TokenUsage? usage, string text) => usage is { Input: <= MostTokens, Output: <= MostTokens } counted && (counted.Output > 0 || text.Length == 0);

    // A count that is missing or cannot be must not let a budget be passed.
    static TokenUsage Estimate(ModelCall call, string text) => new(call.EstimatedInput, 0, (Encoding.UTF8.GetByteCount(text) / 3) + 1);

    internal ProviderReply Judge(ModelSpec spec, WireReply reply)
    {
        var (code, message, error) = ErrorOf(reply.Body);
        if (error is { } detail && IsFiltered(detail))
        {
            return new ProviderReply.Answered(new ModelAnswer(spec.Id, "", AnswerFinish.Refused, default, reply.RequestId));
        }

        // OpenAI says 429 also when the money is used up.
        if (reply.Status is 408 or 409 or 425 or 429 or >= 500 && code is not ("insufficient_quota" or "billing_hard_limit_reached"))
        {
            var throttled = reply.Status is 429 or 503 or 529;
            return new ProviderReply.Again($"it said {reply.Status}{(message.Length > 0 ? $", {message.TrimEnd('.')}" : "")}.", RetryHints.After(reply.Header, time.GetUtcNow()), throttled);
        }

        return new ProviderReply.Never(reply.Status switch
        {
            // The message of the service may repeat a part of the key.
            401 or 403 => $"{spec.Id} refused the key or identity ({reply.Status}). Check Sluice:Llm:Providers:{name}:Key and what it has a right to.",
            >= 300 and < 400 => $"{spec.Id} sends elsewhere ({reply.Status}), which is not followed: the key would go there too. Name the address itself as Sluice:Llm:Providers:{name}:Endpoint.",
            404 => $"{spec.Id} is not there (404){(message.Length > 0 ? $": {message}" : "")}. Check the model and the endpoint of Sluice:Llm:Providers:{name}.",
            _ => $"{spec.Id} refused the question ({reply.Status}){(message.Length > 0 ? $": {message}" : ".")}",
        }, IsTooLong(reply.Status, code, message));
    }

    // OpenAI has a code for it, Anthropic, Gemini and vLLM only words.
    static bool IsTooLong(int status, string code, string message) =>
        status == 413 || code == "context_length_exceeded"
        || (status == 400 && (message.Contains("too long", StringComparison.OrdinalIgnoreCase) || message.Contains("maximum context length", StringComparison.OrdinalIgnoreCase)
            || message.Contains("exceeds the maximum number of tokens", StringComparison.OrdinalIgnoreCase)));

    (string Code, string Message, JsonElement? Error) ErrorOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error))
            {
                // Ollama says it as a text.
                return error.ValueKind == JsonValueKind.Object ? (Text(error, "code") ?? Text(error, "type") ?? "", Said(Text(error, "message")), error.Clone())
                    : ("", Said(Text(document.RootElement, "error")), null);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A gateway's page, or what is no Unicode.
        }

        return ("", "", null);
    }

    /// <summary>What a service says, for people: gateways repeat what they were sent, and the key must not get into a log.</summary>
    internal string Said(string? message)
    {
        var said = message ?? "";
        said = Bearer.Replace(key.Length > 0 ? said.Replace(key, "…", StringComparison.Ordinal) : said, "$1…");
        return said.Length <= LongestReason ? said : said[..(char.IsHighSurrogate(said[LongestReason - 1]) ? LongestReason - 1 : LongestReason)] + "…";
    }

    string FirstLine(string message) => Said(message.Split('\n', 2)[0].TrimEnd());

    static bool IsPage(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];

    [GeneratedRegex(@"(?i)\b(bearer\s+)[^\s'""]+")]
    static partial Regex Bearer { get; }

    /// <summary>What reading JSON of another shape throws; a text that is no Unicode too.</summary>
    internal static bool IsOfOtherShape(Exception e) => e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException;

    internal static Exception? NetworkFault(Exception? exception)
    {
        Exception? found = null;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // The innermost says most; where several tries were made there are several, all alike.
            found = e is HttpRequestException or IOException or System.Net.Sockets.SocketException ? e is System.Net.Sockets.SocketException && found is not null ? found : e : found;
        }

        return found;
    }

    /// <summary>A text of an object; null: it has none of that name.</summary>
    internal static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A count of an object that may lack it; null: the object is none, or the count is no whole number of zero and more.</summary>
    protected static long? Count(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var property in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(property, out element) || element.ValueKind == JsonValueKind.Null)
            {
                return 0;
            }
        }

        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var count) && count >= 0 ? count : null;
    }

    /// <summary>Usage that can be: null where a part is missing or contradicts another.</summary>
    protected static TokenUsage? Usage(long? input, long? cached, long? output, long? writes) =>
        input is > 0 and { } i && cached is { } c && output is { } o && writes is { } w && c + w <= i ? new TokenUsage(i, c, o, w) : null;
}

/// <summary>What came back.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Header">A header's value by name, or null.</param>
/// <param name="Body">All of it.</param>
sealed record WireReply(int Status, Func<string, string?> Header, ReadOnlyMemory<byte> Body)
{
    public string? RequestId => Header("x-request-id") ?? Header("request-id") ?? Header("apim-request-id");
}

/// <summary>An answer that ended.</summary>
sealed record WireAnswer(string Text, AnswerFinish Finish, TokenUsage? Usage, string? Id);
