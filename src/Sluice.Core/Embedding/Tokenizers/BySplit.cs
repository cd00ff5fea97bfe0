using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Embedding;

/// <summary>What becomes of the text that a pattern finds.</summary>
enum SplitBehaviour
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts where a pattern matches.</summary>
sealed class BySplit(Regex pattern, SplitBehaviour behaviour, bool isInverted) : PreTokenizer
{
    public static new BySplit Of(JsonElement json, string name)
    {
        var given = json.GetProperty("pattern");
        var pattern = given.TryGetProperty("String", out var literal) ? new Regex(Regex.Escape(literal.GetString()!)) : TokenizerFile.Pattern(given.GetProperty("Regex").GetString()!);
        return Enum.TryParse<SplitBehaviour>(json.GetProperty("behavior").GetString(), out var behaviour)
            ? new BySplit(pattern, behaviour, json.TryGetProperty("invert", out var invert) && invert.GetBoolean())
            : throw TokenizerFile.Unknown(name, "behavior of Split", json.GetProperty("behavior").GetString()!);
    }

    public override void Cut(ReadOnlySpan<char> piece, bool isFirst, Pieces into)
    {
        var (at, wasMatch) = (0, false);
        foreach (var match in pattern.EnumerateMatches(piece))
        {
            Take(piece[at..match.Index], isInverted, into, ref wasMatch);
            Take(piece.Slice(match.Index, match.Length), !isInverted, into, ref wasMatch);
            at = match.Index + match.Length;
        }

        Take(piece[at..], isInverted, into, ref wasMatch);
        into.End();
    }

    void Take(ReadOnlySpan<char> part, bool isMatch, Pieces into, ref bool wasMatch)
    {
        if (part.IsEmpty)
        {
            return;
        }

        // A piece stays open as long as the next part may belong to it.
        var joins = behaviour switch
        {
            SplitBehaviour.MergedWithPrevious => isMatch && !wasMatch,
            SplitBehaviour.MergedWithNext => !isMatch && wasMatch,
            SplitBehaviour.Contiguous => isMatch == wasMatch,
            _ => false,
        };
        if (!joins)
        {
            into.End();
        }

        if (!isMatch || behaviour != SplitBehaviour.Removed)
        {
            into.Append(part);
        }

        wasMatch = isMatch;
    }
}
