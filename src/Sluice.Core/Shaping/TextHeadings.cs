namespace Sluice.Shaping;

/// <summary>A Markdown heading.</summary>
/// <param name="Start">Where its line begins.</param>
/// <param name="Level">1 to 6.</param>
/// <param name="Line">Its line.</param>
readonly record struct TextHeading(int Start, int Level, byte[] Line);

/// <summary>Headings of a Markdown text: lines that begin with one to six <c>#</c> and a blank, outside of fenced code.</summary>
static class TextHeadings
{
    const int MaxLevel = 6;

    public static List<TextHeading> Of(ReadOnlySpan<byte> text)
    {
        var headings = new List<TextHeading>();
        var isCode = false;
        for (var start = 0; start < text.Length;)
        {
            var length = text[start..].IndexOf((byte)'\n');
            var line = (length < 0 ? text[start..] : text.Slice(start, length)).TrimEnd(" \r\t"u8);
            if (line.StartsWith("```"u8))
            {
                isCode = !isCode;
            }

            var level = line.IndexOfAnyExcept((byte)'#');
            if (!isCode && level is > 0 and <= MaxLevel && line[level] == ' ')
            {
                headings.Add(new TextHeading(start, level, line.ToArray()));
            }

            start = length < 0 ? text.Length : start + length + 1;
        }

        return headings;
    }

    /// <summary>Headings that a place stands under, a line each, the highest first. One that begins there is not above it, but ends those that it ends.</summary>
    public static byte[] Above(List<TextHeading> headings, int place)
    {
        var above = new List<TextHeading>();
        foreach (var heading in headings.TakeWhile(h => h.Start <= place))
        {
            above.RemoveAll(h => h.Level >= heading.Level);
            if (heading.Start < place)
            {
                above.Add(heading);
            }
        }

        return [.. above.SelectMany((h, i) => i == 0 ? h.Line : h.Line.Prepend((byte)'\n'))];
    }
}
