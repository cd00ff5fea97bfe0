using System.Text.Json;

namespace Sluice.Embedding;

/// <summary>The <c>post_processor</c> of a tokenizer.json: the special tokens before and after a text.</summary>
static class PostProcessor
{
    public static (int[] Before, int[] After) Of(JsonElement json, Func<string, int?> find, string name)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return ([], []);
        }

        var type = json.GetProperty("type").GetString()!;
        switch (type)
        {
            // Changes where tokens are said to be in the text, not the tokens.
            case "ByteLevel":
                return ([], []);
            case "BertProcessing" or "RobertaProcessing":
                return ([json.GetProperty("cls")[1].GetInt32()], [json.GetProperty("sep")[1].GetInt32()]);
            case "Sequence":
                var parts = json.GetProperty("processors").EnumerateArray().Select(p => Of(p, find, name)).ToArray();
                return ([.. parts.Reverse().SelectMany(p => p.Before)], [.. parts.SelectMany(p => p.After)]);
            case "TemplateProcessing":
                return Template(json, find);
            default:
                throw TokenizerFile.Unknown(name, "post_processor", type);
        }
    }

    static (int[] Before, int[] After) Template(JsonElement json, Func<string, int?> find)
    {
        var (before, after, isAfter) = (new List<int>(), new List<int>(), false);
        foreach (var part in json.GetProperty("single").EnumerateArray())
        {
            if (part.TryGetProperty("Sequence", out _))
            {
                isAfter = true;
                continue;
            }

            var token = part.GetProperty("SpecialToken").GetProperty("id").GetString()!;
            var ids = json.GetProperty("special_tokens").TryGetProperty(token, out var known)
                ? known.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())
                : [find(token) ?? throw new FormatException($"The template's token '{token}' is not in the vocabulary.")];
            (isAfter ? after : before).AddRange(ids);
        }

        return ([.. before], [.. after]);
    }
}
