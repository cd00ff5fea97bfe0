using System.Text.RegularExpressions;

namespace Sluice.Llm;

/// <summary>
/// Instructions without what says nothing: blanks at the ends of lines and in rows, empty lines in rows, indentation that all lines have, and items of lists and paragraphs that were said
/// before, word for word. What is left is in its order; lines with quotes or code keep their blanks.
/// </summary>
static partial class CompactText
{
    /// <summary>What is left, and nothing more can be left out of.</summary>
    public static string Of(string text)
    {
        // What was indented, or stood between, may be said twice once it is gone.
        for (var (before, left) = (text, Once(text)); ; (before, left) = (left, Once(left)))
        {
            if (left == before)
            {
                return left;
            }
        }
    }

    static string Once(string text)
    {
        string[] lines = [.. text.ReplaceLineEndings("\n").Trim().Split('\n').Select(line => line.TrimEnd())];
        var indent = lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        var paragraphs = new List<string>();
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var paragraph in Paragraphs(lines.Select((line, i) => Squeezed(i > 0 && line.Length >= indent ? line[indent..] : line))))
        {
            string[] kept = [.. paragraph.Where(line => !Item.IsMatch(line) || said.Add(line))];
            if (kept.Length > 0 && (Item.IsMatch(kept[0]) || said.Add(string.Join('\n', kept))))
            {
                paragraphs.Add(string.Join('\n', kept));
            }
        }

        return string.Join("\n\n", paragraphs);
    }

    static string Squeezed(string line)
    {
        var start = line.Length - line.TrimStart().Length;
        return line.AsSpan().IndexOfAny('"', '`') >= 0 ? line : line[..start] + Blanks.Replace(line[start..], " ");
    }

    static IEnumerable<List<string>> Paragraphs(IEnumerable<string> lines)
    {
        var paragraph = new List<string>();
        foreach (var line in lines.Append(""))
        {
            if (line.Length > 0)
            {
                paragraph.Add(line);
            }
            else if (paragraph.Count > 0)
            {
                yield return paragraph;
                paragraph = [];
            }
        }
    }

    [GeneratedRegex(@"[ \t]{2,}")]
    static partial Regex Blanks { get; }

    // An item of a list is whole in itself; any other line may belong to the one before it.
    [GeneratedRegex(@"^\s*(?:[-*•]|\d+[.)])\s")]
    static partial Regex Item { get; }
}
