using System.Text;

namespace Sluice.Shaping;

/// <summary>Bytes [Start, End) of a text.</summary>
readonly record struct TextChunk(int Start, int End);

/// <summary>Cuts a text into units that stay whole, and puts these together into chunks.</summary>
static class TextChunks
{
    // Text has at least so many bytes for each token, on average, in any language.
    const int BytesPerToken = 3;

    /// <summary>The chunks, in order; one at least.</summary>
    public static List<TextChunk> Of(ReadOnlySpan<byte> text, SplitText.Options options)
    {
        var byTokens = options.By == SplitUnit.Tokens;
        var scale = byTokens ? BytesPerToken : 1;
        var units = options.By switch
        {
            SplitUnit.Tokens => Words(text, (int)Math.Min(int.MaxValue, (long)options.Sized * scale)),
            SplitUnit.Sentences => Sentences(text),
            _ => Pieces(text, Encoding.UTF8.GetBytes(options.Delimiter!)),
        };
        return units.Count == 0 ? [new TextChunk(0, text.Length)] : Together(units, byTokens, (long)options.Sized * scale, (long)options.Overlap * scale);
    }

    static List<TextChunk> Together(List<TextChunk> units, bool byBytes, long size, long overlap)
    {
        long Weight(int first, int last) => byBytes ? units[last].End - units[first].Start : last - first + 1;
        var chunks = new List<TextChunk>();
        for (var (from, last) = (0, 0); ;)
        {
            last = Math.Max(last, from);
            while (last + 1 < units.Count && Weight(from, last + 1) <= size)
            {
                last++;
            }

            chunks.Add(new TextChunk(units[from].Start, units[last].End));
            if (last == units.Count - 1)
            {
                return chunks;
            }

            // The next chunk begins where at most the overlap is said again, and has one new unit at least.
            var next = last + 1;
            while (overlap > 0 && next - 1 > from && Weight(next - 1, last) <= overlap && Weight(next - 1, last + 1) <= size)
            {
                next--;
            }

            (from, last) = (next, next);
        }
    }

    /// <summary>Words without the blanks between them; one that is too long is cut between letters.</summary>
    static List<TextChunk> Words(ReadOnlySpan<byte> text, int longest)
    {
        var words = new List<TextChunk>();
        for (var at = 0; at < text.Length;)
        {
            if (IsBlank(text[at]))
            {
                at++;
                continue;
            }

            var end = at;
            while (end < text.Length && !IsBlank(text[end]))
            {
                end++;
            }

            while (end - at > longest)
            {
                var cut = at + longest;
                while (cut > at + 1 && IsInside(text[cut]))
                {
                    cut--;
                }

                // A letter that is longer than the size stays whole.
                while (cut < end && IsInside(text[cut]))
                {
                    cut++;
                }

                words.Add(new TextChunk(at, cut));
                at = cut;
            }

            if (end > at)
            {
                words.Add(new TextChunk(at, end));
            }

            at = end;
        }

        return words;
    }

    static List<TextChunk> Sentences(ReadOnlySpan<byte> text)
    {
        var sentences = new List<TextChunk>();
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var end = EndOfSentence(text, at);
            if (end > 0)
            {
                Add(sentences, text, start, end);
                (start, at) = (end, end - 1);
            }
        }

        Add(sentences, text, start, text.Length);
        return sentences;
    }

    /// <summary>End of the sentence if its mark is here, or 0.</summary>
    static int EndOfSentence(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        if (rest.StartsWith("\n\n"u8) || rest.StartsWith("\n\r\n"u8))
        {
            return at + 1;
        }

        if (rest.StartsWith("。"u8) || rest.StartsWith("！"u8) || rest.StartsWith("？"u8))
        {
            return at + 3;
        }

        if (text[at] is not ((byte)'.' or (byte)'!' or (byte)'?'))
        {
            return 0;
        }

        // Marks, quotes and brackets behind it are the sentence's.
        var end = at + 1;
        while (end < text.Length && text[end] is (byte)'.' or (byte)'!' or (byte)'?' or (byte)'"' or (byte)'\'' or (byte)')' or (byte)']')
        {
            end++;
        }

        return end == text.Length || IsBlank(text[end]) ? end : 0;
    }

    static List<TextChunk> Pieces(ReadOnlySpan<byte> text, byte[] delimiter)
    {
        var pieces = new List<TextChunk>();
        for (var start = 0; start <= text.Length;)
        {
            var length = text[start..].IndexOf(delimiter);
            var end = length < 0 ? text.Length : start + length;
            Add(pieces, text, start, end);
            start = end + delimiter.Length;
        }

        return pieces;
    }

    // Blanks alone are no unit.
    static void Add(List<TextChunk> units, ReadOnlySpan<byte> text, int start, int end)
    {
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        if (end > start)
        {
            units.Add(new TextChunk(start, end));
        }
    }

    static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'\f' or (byte)'\v';

    // A byte in a letter of several.
    static bool IsInside(byte value) => (value & 0xC0) == 0x80;
}
