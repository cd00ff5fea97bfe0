using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.Connectors;

/// <summary>
/// Finds where records end, in one pass: only quotes and line ends are looked at. A quote opens a field only at the field's start,
/// and only a quote closes it; anywhere else it is a character like any other.
/// </summary>
sealed class CsvBorders(TextScan scan, CsvDialect dialect, byte? comment)
{
    readonly byte quote = dialect.QuoteByte;
    readonly byte delimiter = dialect.DelimiterByte;
    readonly byte escape = dialect.EscapeByte;
    int[] ends = new int[4096];
    bool inQuotes;
    bool done;
    int at;
    int skipTo;
    int escaped = -1;
    int recordStart;

    /// <summary>Records that end in the buffer, in order: position after the line end; its complement for a line that is no record.</summary>
    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Line that is being read, 1-based.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Line that each of those records begins on.</summary>
    public long[] Lines { get; private set; } = new long[4096];

    /// <summary>Line of the quote that is open, or 0.</summary>
    public long OpenQuoteLine { get; private set; }

    /// <summary>Where the record that has not ended begins.</summary>
    public int RecordStart => recordStart;

    /// <summary>Line it begins on.</summary>
    public long RecordLine { get; private set; } = 1;

    /// <summary>Leaves out lines, whatever they hold. False: the file ends before.</summary>
    public bool SkipLines(int lines)
    {
        while (lines > 0)
        {
            var rest = scan.Buffer.AsSpan(at, scan.End - at);
            var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            var known = end >= 0 && (rest[end] == '\n' || end + 1 < rest.Length || scan.AtEnd);
            if (!known)
            {
                if (scan.AtEnd)
                {
                    return false;
                }

                scan.Refill(at);
                at = 0;
                continue;
            }

            at += end + (rest[end] == '\r' && end + 1 < rest.Length && rest[end + 1] == '\n' ? 2 : 1);
            recordStart = at;
            RecordLine = ++Line;
            lines--;
        }

        return true;
    }

    /// <summary>Finds the records of what is read next. False: there are no more, and nothing has begun.</summary>
    public bool Next()
    {
        Count = 0;
        if (done)
        {
            return false;
        }

        scan.Refill(recordStart);
        done = scan.AtEnd;
        at -= recordStart;
        // Kept from falling without end: a file may be longer than an int counts.
        skipTo = Math.Max(skipTo - recordStart, 0);
        escaped = Math.Max(escaped - recordStart, -1);
        recordStart = 0;
        Find();
        if (done && recordStart < scan.End)
        {
            End(scan.End, 0);
        }

        return true;
    }

    void Find()
    {
        // The byte after a quote or a carriage return decides what it is, so the last byte waits until it is known to be the last.
        var limit = scan.AtEnd ? scan.End : scan.End - 1;
        ref var origin = ref MemoryMarshal.GetArrayDataReference(scan.Buffer);
        var special = new CsvMask(quote, escape, quote);
        while (at < limit)
        {
            var mask = special.Of(ref origin, at);
            if (limit - at < CsvMask.Block)
            {
                mask &= (1UL << (limit - at)) - 1;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                See(at + BitOperations.TrailingZeroCount(mask));
            }

            at = Math.Min(at + CsvMask.Block, limit);
        }
    }

    void See(int position)
    {
        if (position < skipTo)
        {
            return;
        }

        var buffer = scan.Buffer;
        var c = buffer[position];
        if (c == '\n' || c == '\r')
        {
            if (c == '\r' && position + 1 < scan.End && buffer[position + 1] == '\n')
            {
                return;
            }

            Line++;
            if (!inQuotes)
            {
                End(position + 1, c == '\n' && position > recordStart && buffer[position - 1] == '\r' ? 2 : 1);
            }
        }
        else if (c == escape)
        {
            Line += position + 1 < scan.End && buffer[position + 1] is (byte)'\n' or (byte)'\r' ? 1 : 0;
            escaped = position + 1;
            skipTo = position + 2;
        }
        else if (inQuotes)
        {
            if (position + 1 < scan.End && buffer[position + 1] == quote)
            {
                skipTo = position + 2;
                return;
            }

            inQuotes = false;
            OpenQuoteLine = 0;
        }
        else if (StartsField(buffer, position) && !IsComment())
        {
            inQuotes = true;
            OpenQuoteLine = Line;
        }
    }

    void End(int end, int lineEnd)
    {
        if (Count == ends.Length)
        {
            Array.Resize(ref ends, Count * 2);
            var larger = new long[Count * 2];
            Lines.CopyTo(larger, 0);
            Lines = larger;
        }

        var none = end - recordStart == lineEnd || IsComment();
        Lines[Count] = RecordLine;
        ends[Count++] = none ? ~end : end;
        recordStart = end;
        RecordLine = Line;
    }

    bool IsComment() => comment is { } c && scan.Buffer[recordStart] == c;

    bool StartsField(byte[] buffer, int position)
    {
        var before = position - 1;
        while (dialect.Trim && before >= recordStart && buffer[before] is (byte)' ' or (byte)'\t' && buffer[before] != delimiter)
        {
            before--;
        }

        return before < recordStart || (buffer[before] == delimiter && before != escaped);
    }
}
