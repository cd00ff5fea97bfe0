namespace Sluice.Connectors;

/// <summary>A field of a sample.</summary>
/// <param name="Text">Its value.</param>
/// <param name="Quoted">It is in quotes, and nothing follows the closing one.</param>
readonly record struct CsvSampleField(byte[] Text, bool Quoted);

/// <summary>A record of a sample.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Fields">What it has.</param>
sealed record CsvSampleRow(int Start, List<CsvSampleField> Fields)
{
    public int Count => Fields.Count;

    public CsvSampleField this[int column] => Fields[column];
}

/// <summary>The first records of a file, read byte by byte in a dialect that is being tried.</summary>
static class CsvRows
{
    /// <param name="sample">UTF-8 text.</param>
    /// <param name="dialect">How to read it.</param>
    /// <param name="comment">First byte of lines to leave out.</param>
    /// <param name="trim">Whether blanks may come before a quote.</param>
    /// <param name="maxRows">Records wanted.</param>
    /// <param name="enoughBytes">No further record is begun after so many bytes.</param>
    /// <param name="whole">The sample ends where the file does, so that a last record without line end counts.</param>
    public static List<CsvSampleRow> Read(
        ReadOnlySpan<byte> sample, CsvDialect dialect, byte? comment, bool trim, int maxRows, int enoughBytes, bool whole)
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
            var ended = ReadRow(sample, ref at, dialect, trim, row);
            if (!ended && !whole)
            {
                break;
            }

            if (row.Count > 1 || row[0].Text.Length > 0 || row[0].Quoted)
            {
                rows.Add(new CsvSampleRow(start, row));
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

    static bool ReadRow(ReadOnlySpan<byte> sample, ref int at, CsvDialect dialect, bool trim, List<CsvSampleField> row)
    {
        var field = new List<byte>();
        while (true)
        {
            field.Clear();
            var quoted = ReadField(sample, ref at, dialect, trim, field);
            row.Add(new CsvSampleField([.. field], quoted));
            if (at < sample.Length && sample[at] == dialect.Delimiter)
            {
                at++;
                continue;
            }

            return TakeLineEnd(sample, ref at);
        }
    }

    static bool ReadField(ReadOnlySpan<byte> sample, ref int at, CsvDialect dialect, bool trim, List<byte> field)
    {
        var start = at;
        while (trim && start < sample.Length && sample[start] is (byte)' ' or (byte)'\t' && sample[start] != dialect.Delimiter)
        {
            start++;
        }

        var inQuotes = start < sample.Length && dialect.Quote is { } q && sample[start] == q;
        var (quoted, trailing) = (inQuotes, false);
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
                trailing |= !inQuotes;
                field.Add(c);
            }
        }

        return quoted && !trailing;
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
