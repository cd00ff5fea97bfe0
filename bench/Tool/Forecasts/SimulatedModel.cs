using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.Bench.Forecasts;

/// <summary>A model whose answers, their lengths and the time they take are functions of what it is asked, drawn by its hash.</summary>
static class SimulatedModel
{
    public static LoopbackReply Answer(LoopbackCall call)
    {
        var schema = call.Body["response_format"]?.ToJsonString() ?? "";
        var results = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item => (JsonNode)Result(schema, item))]);
        var text = new JsonObject { ["results"] = results }.ToJsonString();
        var read = Tokens(schema) + ((JsonArray)call.Body["messages"]!).Sum(m => Tokens((string)m!["content"]!));
        var written = Tokens(text);
        var noise = Math.Exp(0.15 * Workload.Gauss(Luck(call.Prompt)));
        return new LoopbackReply { Text = text, InputTokens = read, OutputTokens = written, Latency = TimeSpan.FromMilliseconds((200 + written) * noise) };
    }

    static JsonObject Result(string schema, JsonElement item)
    {
        var text = item.GetProperty("data").GetProperty("text").GetString()!;
        var luck = Luck(text + schema);
        var result = new JsonObject { ["id"] = item.GetProperty("id").GetInt32() };

        // Of thirty questions one is answered wrongly the first time.
        var isWrong = luck.Next(30) == 0 && !item.TryGetProperty("previous", out _);
        if (schema.Contains("holds", StringComparison.Ordinal))
        {
            result["holds"] = isWrong ? "perhaps" : luck.Next(10) < 4;
        }
        else if (schema.Contains("label", StringComparison.Ordinal))
        {
            result["label"] = isWrong ? "fine" : luck.Next(3) switch { 0 => "good", 1 => "bad", _ => "neither" };
        }
        else
        {
            // Longer texts have longer notes, and some are long whatever the text.
            var length = (int)Math.Min(350, (text.Length / 8.0) + (30 * Math.Exp(0.9 * Workload.Gauss(luck))));
            result["note"] = isWrong ? null : string.Concat(Enumerable.Range(0, (length / 6) + 1).Select(_ => luck.Next(3) == 0 ? "matter " : "thing "));
        }

        return result;
    }

    // As tokenizers do, roughly: short words are one token, long ones some; digits by three; marks by two.
    static int Tokens(string text)
    {
        var tokens = 0;
        for (var i = 0; i < text.Length;)
        {
            var (start, kind) = (i, Kind(text[i]));
            for (; i < text.Length && Kind(text[i]) == kind; i++)
            {
            }

            tokens += kind switch { 0 => 0, 1 => (i - start + 5) / 6, 2 => (i - start + 2) / 3, _ => (i - start + 1) / 2 };
        }

        return tokens;
    }

    static int Kind(char c) => char.IsWhiteSpace(c) ? 0 : char.IsLetter(c) ? 1 : char.IsDigit(c) ? 2 : 3;

    static Random Luck(string text) => new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
}
