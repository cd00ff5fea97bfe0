using System.Text.Json.Nodes;

namespace Sluice.Llm.Loopback;

/// <summary>Bodies in the shapes that the services were seen to send.</summary>
static class WireFormats
{
    public static string PromptOf(WireFormat format, JsonObject body)
    {
        var messages = body[format == WireFormat.Gemini ? "contents" : "messages"] as JsonArray;
        var content = messages is { Count: > 0 } ? messages[^1]![format == WireFormat.Gemini ? "parts" : "content"] : null;
        return content is JsonArray parts ? string.Concat(parts.Select(p => (string?)p!["text"])) : (string?)content ?? "";
    }

    public static JsonObject Answer(WireFormat format, LoopbackCall call, LoopbackReply reply) => format switch
    {
        WireFormat.Anthropic => Anthropic(call, reply),
        WireFormat.Gemini => Gemini(call, reply),
        _ => OpenAI(call, reply),
    };

    public static JsonObject Error(WireFormat format, LoopbackReply reply) => format switch
    {
        WireFormat.Anthropic => new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = reply.ErrorCode, ["message"] = reply.ErrorMessage } },
        WireFormat.Gemini => new JsonObject { ["error"] = new JsonObject { ["code"] = reply.Status, ["message"] = reply.ErrorMessage, ["status"] = reply.ErrorCode } },
        _ => new JsonObject { ["error"] = new JsonObject { ["message"] = reply.ErrorMessage, ["type"] = "error", ["param"] = null, ["code"] = reply.ErrorCode } },
    };

    static JsonObject OpenAI(LoopbackCall call, LoopbackReply reply) => new()
    {
        ["id"] = $"chatcmpl-{call.Number}",
        ["object"] = "chat.completion",
        ["created"] = 1_795_000_000,
        ["model"] = call.Model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = reply.Finish is LoopbackFinish.Stop or LoopbackFinish.Length ? reply.Text : null,
                ["refusal"] = reply.Finish == LoopbackFinish.Refusal ? reply.Text : null,
            },
            ["finish_reason"] = reply.Finish switch
            {
                LoopbackFinish.Length => "length",
                LoopbackFinish.Filtered or LoopbackFinish.PromptFiltered => "content_filter",
                _ => "stop",
            },
        }),
        ["usage"] = new JsonObject
        {
            ["prompt_tokens"] = reply.InputTokens,
            ["completion_tokens"] = reply.OutputTokens,
            ["total_tokens"] = reply.InputTokens + reply.OutputTokens,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.CachedTokens },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reply.ThinkingTokens },
        },
    };

    static JsonObject Anthropic(LoopbackCall call, LoopbackReply reply)
    {
        var content = new JsonArray();
        if (reply.Thought is { } thought)
        {
            content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = thought, ["signature"] = "c2ln" });
        }

        if (reply.Finish is LoopbackFinish.Stop or LoopbackFinish.Length)
        {
            content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Text });
        }

        return new JsonObject
        {
            ["id"] = $"msg_{call.Number}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = call.Model,
            ["content"] = content,
            ["stop_reason"] = reply.Finish switch { LoopbackFinish.Stop => "end_turn", LoopbackFinish.Length => "max_tokens", _ => "refusal" },
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = reply.InputTokens - reply.CachedTokens - reply.CacheWriteTokens,
                ["cache_read_input_tokens"] = reply.CachedTokens,
                ["cache_creation_input_tokens"] = reply.CacheWriteTokens,
                ["output_tokens"] = reply.OutputTokens,
            },
        };
    }

    static JsonObject Gemini(LoopbackCall call, LoopbackReply reply)
    {
        var parts = new JsonArray();
        if (reply.Thought is { } thought)
        {
            parts.Add(new JsonObject { ["text"] = thought, ["thought"] = true });
        }

        parts.Add(new JsonObject { ["text"] = reply.Text });
        var body = new JsonObject
        {
            ["usageMetadata"] = new JsonObject
            {
                ["promptTokenCount"] = reply.InputTokens,
                ["cachedContentTokenCount"] = reply.CachedTokens,
                ["candidatesTokenCount"] = reply.OutputTokens - reply.ThinkingTokens,
                ["thoughtsTokenCount"] = reply.ThinkingTokens,
                ["totalTokenCount"] = reply.InputTokens + reply.OutputTokens,
            },
            ["modelVersion"] = call.Model,
            ["responseId"] = $"gem-{call.Number}",
        };
        if (reply.Finish == LoopbackFinish.PromptFiltered)
        {
            body["promptFeedback"] = new JsonObject { ["blockReason"] = "SAFETY" };
            return body;
        }

        body["candidates"] = new JsonArray(new JsonObject
        {
            ["content"] = reply.Finish is LoopbackFinish.Stop or LoopbackFinish.Length ? new JsonObject { ["role"] = "model", ["parts"] = parts } : null,
            ["finishReason"] = reply.Finish switch { LoopbackFinish.Stop => "STOP", LoopbackFinish.Length => "MAX_TOKENS", _ => "SAFETY" },
            ["index"] = 0,
        });
        return body;
    }
}
