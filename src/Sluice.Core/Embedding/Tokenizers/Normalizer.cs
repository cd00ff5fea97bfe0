using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Embedding;

/// <summary>The <c>normalizer</c> of a tokenizer.json: what is done to the letters of a text before it is cut.</summary>
static class Normalizer
{
    public static Func<string, string> Of(JsonElement json, string name)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return static text => text;
        }

        var type = json.GetProperty("type").GetString()!;
        switch (type)
        {
            case "Sequence":
                var parts = json.GetProperty("normalizers").EnumerateArray().Select(part => Of(part, name)).ToArray();
                return text => parts.Aggregate(text, static (done, part) => part(done));
            case "BertNormalizer":
                return Bert(json);
            case "NFC":
                return UnicodeForms.Nfc;
            case "NFD":
                return UnicodeForms.Nfd;
            case "NFKC":
                return UnicodeForms.Nfkc;
            case "NFKD":
                return UnicodeForms.Nfkd;
            case "Lowercase":
                return Lower;
            case "StripAccents":
                return static text => WithoutMarks(text);
            case "Strip":
                var (left, right) = (json.GetProperty("strip_left").GetBoolean(), json.GetProperty("strip_right").GetBoolean());
                return text => left && right ? text.Trim() : left ? text.TrimStart() : right ? text.TrimEnd() : text;
            case "Replace":
                return Replace(json);
            case "Prepend":
                var prefix = json.GetProperty("prepend").GetString()!;
                return text => text.Length == 0 ? text : prefix + text;
            case "Precompiled":
                return new PrecompiledLetters(json.GetProperty("precompiled_charsmap").GetBytesFromBase64(), name).Normalise;
            default:
                throw TokenizerFile.Unknown(name, "normalizer", type);
        }
    }

    static Func<string, string> Bert(JsonElement json)
    {
        var (cleans, ideographs, lowers) = (Flag(json, "clean_text"), Flag(json, "handle_chinese_chars"), Flag(json, "lowercase"));
        var strips = json.TryGetProperty("strip_accents", out var given) && given.ValueKind != JsonValueKind.Null ? given.GetBoolean() : lowers;
        return text =>
        {
            if (cleans || ideographs)
            {
                text = Clean(text, cleans, ideographs);
            }

            text = strips ? WithoutMarks(UnicodeForms.Nfd(text)) : text;
            return lowers ? Lower(text) : text;
        };
    }

    static bool Flag(JsonElement json, string name) => !json.TryGetProperty(name, out var given) || given.GetBoolean();

    static string Clean(string text, bool cleans, bool ideographs)
    {
        var result = new StringBuilder(text.Length);
        Span<char> pair = stackalloc char[2];
        foreach (var letter in text.EnumerateRunes())
        {
            if (cleans && (letter.Value is 0 or 0xFFFD || Letters.IsControl(letter)))
            {
                continue;
            }

            var written = pair[..letter.EncodeToUtf16(pair)];
            if (cleans && Letters.IsSpace(letter))
            {
                result.Append(' ');
            }
            else if (ideographs && Letters.IsIdeograph(letter))
            {
                result.Append(' ').Append(written).Append(' ');
            }
            else
            {
                result.Append(written);
            }
        }

        return result.ToString();
    }

    // One letter becomes two in lower case.
    static string Lower(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    static string WithoutMarks(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        Span<char> pair = stackalloc char[2];
        foreach (var letter in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                result.Append(pair[..letter.EncodeToUtf16(pair)]);
            }
        }

        return result.ToString();
    }

    static Func<string, string> Replace(JsonElement json)
    {
        var (pattern, content) = (json.GetProperty("pattern"), json.GetProperty("content").GetString()!);
        if (pattern.TryGetProperty("String", out var literal))
        {
            var old = literal.GetString()!;
            return text => text.Replace(old, content, StringComparison.Ordinal);
        }

        var regex = TokenizerFile.Pattern(pattern.GetProperty("Regex").GetString()!);
        return text => regex.Replace(text, _ => content);
    }
}
