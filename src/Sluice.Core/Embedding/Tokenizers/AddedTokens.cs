using System.Buffers;
using System.Text.Json;

namespace Sluice.Embedding;

/// <summary>Tokens that are looked for in the text itself, as <c>[MASK]</c>: the leftmost, and of several the longest.</summary>
sealed class AddedTokens
{
    readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    readonly List<Token> raw = [], normalised = [];
    SearchValues<char> rawStarts = SearchValues.Create(""), normalisedStarts = SearchValues.Create("");

    public static AddedTokens Of(JsonElement json, Func<string, string> normalizer)
    {
        var added = new AddedTokens();
        foreach (var entry in json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : default)
        {
            var (id, content) = (entry.GetProperty("id").GetInt32(), entry.GetProperty("content").GetString()!);
            var isNormalised = Flag(entry, "normalized");
            var token = new Token(isNormalised ? normalizer(content) : content, id, Flag(entry, "lstrip"), Flag(entry, "rstrip"), Flag(entry, "single_word"));
            added.ids[content] = id;
            if (token.Content.Length > 0)
            {
                (isNormalised ? added.normalised : added.raw).Add(token);
            }
        }

        added.rawStarts = Starts(added.raw);
        added.normalisedStarts = Starts(added.normalised);
        return added;
    }

    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Cuts a text: runs of text, and tokens between them.</summary>
    /// <param name="text">Text.</param>
    /// <param name="isNormalised">Which tokens to look for: those of the text as it came, or those of the normalised text.</param>
    public IEnumerable<(string Text, int? Id)> Cut(string text, bool isNormalised)
    {
        var (tokens, starts) = isNormalised ? (normalised, normalisedStarts) : (raw, rawStarts);
        var from = 0;
        for (var at = text.AsSpan().IndexOfAny(starts); at >= 0; at = Next(text, at, starts))
        {
            if (At(tokens, text, at) is not { } token)
            {
                at++;
                continue;
            }

            var (start, end) = (at, at + token.Content.Length);
            while (token.TakesLeft && start > from && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.TakesRight && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (start > from)
            {
                yield return (text[from..start], null);
            }

            yield return (token.Content, token.Id);
            from = at = end;
        }

        if (from < text.Length)
        {
            yield return (from == 0 ? text : text[from..], null);
        }
    }

    static int Next(string text, int at, SearchValues<char> starts) => text.AsSpan(at).IndexOfAny(starts) is var found and >= 0 ? at + found : -1;

    static SearchValues<char> Starts(List<Token> tokens) => SearchValues.Create(string.Concat(tokens.Select(t => t.Content[0]).Distinct()));

    static Token? At(List<Token> tokens, string text, int at)
    {
        Token? best = null;
        foreach (var token in tokens)
        {
            if (token.Content.Length > (best?.Content.Length ?? 0) && string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) == 0 && (!token.IsWord || IsWord(text, at, token)))
            {
                best = token;
            }
        }

        return best;
    }

    static bool IsWord(string text, int at, Token token)
    {
        var end = at + token.Content.Length;
        return (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end]));
    }

    static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var given) && given.ValueKind == JsonValueKind.True;

    sealed record Token(string Content, int Id, bool TakesLeft, bool TakesRight, bool IsWord);
}
