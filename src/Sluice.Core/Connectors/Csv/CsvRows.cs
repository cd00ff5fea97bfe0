namespace Sluice.Connectors;

/// <summary>A field of a sample.</summary>
/// <param name="Text">Its value.</param>
/// <param name="Quoted">It is in quotes, and nothing follows the closing one.</param>
readonly record struct CsvSampleField(byte[] Text, bool Quoted)
{
    public bool IsBlank => !Text.AsSpan().ContainsAnyExcept(" \t"u8);
}

/// <summary>A record of a sample.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Where its line end begins.</param>
/// <param name="Fields">What it has.</param>
/// <param name="Malformed">It has quotes where the dialect has none: within a bare field, or before other text than a delimiter.</param>
sealed record CsvSampleRow(int Start, int End, List<CsvSampleField> Fields, bool Malformed)
{
    public int Count => Fields.Count;

    /// <summary>Fields up to the last that is not empty: programs that write sheets fill titles up with delimiters.</summary>
    public int Filled => Fields.FindLastIndex(f => !f.IsBlank) + 1;

    public CsvSampleField this[int column] => Fields[column];
}

/// <summary>The first records of a file, read byte by byte in a dialect that is being tried.</summary>
static class CsvRows
{
    /// <param name="sample">UTF-8 text.</param>
    /// <param name="dialect">How to read it.</param>
    /// <param name="comment">First byte of lines to leave out.</param>
    /// <param name="maxRows">Records wanted.</param>
    /// <param name="enoughBytes">No further record is begun after so many bytes.</param>
    /// <param name="whole">The sample ends where the file does, so that a last record without line end counts.</param>
    public static List<CsvSampleRow> Read(
        ReadOnlySpan<byte> sample, CsvDialect dialect, byte? comment, int maxRows, int enoughBytes, bool whole)
    {
        var rows = new List<CsvSampleRow>();
        var at = 0;
        while (at < sample.Length && rows.Count < maxRows && (at < enoughBytes || rows.Count < 2))
        {
            if (comment is { } c && sample[at] == c)
            {
                SkipLine(sample, ref at);
                continue;
            }

            var row = new List<CsvSampleField>();
            var start = at;
            var (end, malformed) = ReadRow(sample, ref at, dialect, row);
            if (end < 0 && !whole)
            {
                break;
            }

            if (row.Count > 1 || row[0].Text.Length > 0 || row[0].Quoted)
            {
                rows.Add(new CsvSampleRow(start, end < 0 ? sample.Length : end, row, malformed));
            }
        }

        return rows;
    }

    /// <summary>Goes past the line end. False: there is none.</summary>
    public static bool SkipLine(ReadOnlySpan<byte> sample, ref int at)
    {
        var end = sample[at..].IndexOfAny((byte)'\r', (byte)'\n');
        at = end < 0 ? sample.Length : at + end;
        return end >= 0 && TakeLineEnd(sample, ref at);
    }

    /// <summary>Where the line end begins, or -1: the sample ends before.</summary>
    static (int End, bool Malformed) ReadRow(ReadOnlySpan<byte> sample, ref int at, CsvDialect dialect, List<CsvSampleField> row)
    {
        var field = new List<byte>();
        var malformed = false;
        while (true)
        {
            field.Clear();
            malformed |= ReadField(sample, ref at, dialect, field, out var quoted);
            row.Add(new CsvSampleField([.. field], quoted));
            if (at < sample.Length && sample[at] == dialect.Delimiter)
            {
                at++;
                continue;
            }

            var end = at;
            return (TakeLineEnd(sample, ref at) ? end : -1, malformed);
        }
    }

    /// <summary>True: a quote is where the dialect has none.</summary>
    static bool ReadField(ReadOnlySpan<byte> sample, ref int at, CsvDialect dialect, List<byte> field, out bool quoted)
    {
        var start = at;
        while (dialect.Trim && start < sample.Length && sample[start] is (byte)' ' or (byte)'\t' && sample[start] != dialect.Delimiter)
        {
            start++;
        }

        var inQuotes = start < sample.Length && dialect.Quote is { } q && sample[start] == q;
        var (opened, trailing, stray) = (inQuotes, false, false);
        at = inQuotes ? start + 1 : at;
        for (; at < sample.Length; at++)
        {
            var c = sample[at];
            if (dialect.Escape is { } escape && c == escape && at + 1 < sample.Length)
            {
                field.Add(sample[++at]);
            }
            else if (inQuotes && c == dialect.Quote)
            {
                if (at + 1 < sample.Length && sample[at + 1] == c)
                {
                    field.Add(c);
                    at++;
                }
                else
                {
                    inQuotes = false;
                }
            }
            else if (!inQuotes && (c == dialect.Delimiter || c is (byte)'\n' or (byte)'\r'))
            {
                break;
            }
            else
            {
                trailing |= !inQuotes && !(dialect.Trim && c is (byte)' ' or (byte)'\t');
                stray |= c == dialect.Quote;
                field.Add(c);
            }
        }

        quoted = opened && !trailing;
        return inQuotes || stray || (opened && trailing);
    }

    static bool TakeLineEnd(ReadOnlySpan<byte> sample, ref int at)
    {
        if (at >= sample.Length)
        {
            return false;
        }

        at += sample[at] == '\r' && at + 1 < sample.Length && sample[at + 1] == '\n' ? 2 : 1;
        return true;
    }
}
