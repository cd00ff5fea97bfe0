using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Connectors;

/// <summary>
/// Where the fields of a part of a file lie, row by row. Fields that need more than a span (doubled quotes, escapes, blanks around
/// quotes) are marked, and resolved when their column is built.
/// </summary>
sealed partial class CsvTable : IDisposable
{
    /// <summary>Bit of a field that is not its bytes as they are.</summary>
    public const long Raw = 1L << 62;

    readonly byte[] bytes;
    readonly int length;
    readonly CsvDialect dialect;
    readonly byte? comment;
    readonly bool trim;
    readonly byte[] header;
    readonly int records;
    readonly List<RejectedRecord> rejected;

    // Row-major: where a field starts, plus its length times 2^32, plus Raw.
    readonly long[] fields;
    readonly long[] lines;
    long line;

    /// <param name="bytes">UTF-8 text of whole records, and padding.</param>
    /// <param name="length">Bytes without padding.</param>
    /// <param name="detail">Dialect and columns.</param>
    /// <param name="settings">What else the pipeline states.</param>
    /// <param name="part">How many records there are, and their first line.</param>
    /// <param name="rejected">Takes the records that are no rows.</param>
    public CsvTable(byte[] bytes, int length, CsvDetail detail, CsvSettings settings, Shard part, List<RejectedRecord> rejected)
    {
        this.bytes = bytes;
        this.length = length;
        this.rejected = rejected;
        dialect = detail.Dialect;
        comment = settings.Comment;
        trim = dialect.Trim;
        header = detail.Header is null ? [] : Encoding.UTF8.GetBytes(detail.Header);
        records = part.Records;
        line = part.FirstLine;
        Columns = detail.Columns.Count;
        // A row has at least a byte a column; rejected records take no place, so few bytes bound many columns by many records.
        fields = LargeArrays<long>.Pool.Rent((int)Math.Min((long)Columns * records, length) + Columns);
        lines = LargeArrays<long>.Pool.Rent(Math.Max(1, records));
        Tokenize();
        RejectBrokenText();
    }

    public int Columns { get; }

    public int Rows { get; private set; }

    ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public CsvCells Cells(int column, CsvValues values) => new(bytes, fields, Columns, column, Rows, values);

    public void Dispose()
    {
        LargeArrays<long>.Pool.Return(fields);
        LargeArrays<long>.Pool.Return(lines);
    }

    void Tokenize()
    {
        ref var origin = ref MemoryMarshal.GetArrayDataReference(bytes);
        byte delimiter = dialect.DelimiterByte, quote = dialect.QuoteByte, escape = dialect.EscapeByte;
        var special = new CsvMask(delimiter, quote, escape);
        int start = 0, count = 0, recordStart = 0, skipTo = 0, closed = -1;
        bool opened = false, inQuotes = false, raw = false, inComment = IsComment(0);
        var recordLine = line;
        for (var at = 0; at < length; at += CsvMask.Block)
        {
            var mask = special.Of(ref origin, at);
            if (length - at < CsvMask.Block)
            {
                mask &= (1UL << (length - at)) - 1;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                var position = at + BitOperations.TrailingZeroCount(mask);
                var c = bytes[position];
                if (position < skipTo)
                {
                    continue;
                }

                if (c == delimiter)
                {
                    if (inQuotes || inComment)
                    {
                        continue;
                    }

                    Add(count++, opened ? Quoted(start, position, closed, raw) : Plain(start, position, raw));
                    start = position + 1;
                    opened = raw = false;
                }
                else if (c is (byte)'\n' or (byte)'\r')
                {
                    var isPair = c == '\r' && bytes[position + 1] == '\n' && position + 1 < length;
                    if (isPair && inQuotes)
                    {
                        continue;
                    }

                    line++;
                    if (inQuotes)
                    {
                        continue;
                    }

                    Add(count++, opened ? Quoted(start, position, closed, raw) : Plain(start, position, raw));
                    EndRecord(recordStart, position, count, recordLine, inComment, false);
                    start = recordStart = skipTo = position + (isPair ? 2 : 1);
                    count = 0;
                    opened = raw = false;
                    inComment = IsComment(start);
                    recordLine = line;
                }
                else if (c == escape)
                {
                    line += position + 1 < length && bytes[position + 1] is (byte)'\n' or (byte)'\r' ? 1 : 0;
                    raw = true;
                    skipTo = position + 2;
                }
                else if (inQuotes)
                {
                    if (position + 1 < length && bytes[position + 1] == quote)
                    {
                        raw = true;
                        skipTo = position + 2;
                        continue;
                    }

                    inQuotes = false;
                    closed = position;
                }
                else if (!inComment && !opened && (position == start || IsBlank(start, position)))
                {
                    opened = inQuotes = true;
                }
            }
        }

        if (recordStart < length)
        {
            Add(count++, opened ? Quoted(start, length, closed, raw) : Plain(start, length, raw));
            EndRecord(recordStart, length, count, recordLine, inComment, inQuotes);
        }
    }

    void Add(int column, long field)
    {
        if (column < Columns && Rows < records)
        {
            fields[(Rows * Columns) + column] = field;
        }
    }

    static long Plain(int start, int end, bool raw) => (uint)start | ((long)(end - start) << 32) | (raw ? Raw : 0);

    // The common field is a quote, text, a quote: the text between is a span.
    long Quoted(int start, int end, int closed, bool raw) =>
        raw || closed != end - 1 || bytes[start] != dialect.QuoteByte ? Plain(start, end, true) : Plain(start + 1, end - 1, false);

    bool IsComment(int at) => comment is { } c && at < length && bytes[at] == c;

    /// <summary>With trim, blanks may come before a quote.</summary>
    bool IsBlank(int start, int end) => trim && !bytes.AsSpan(start, end - start).ContainsAnyExcept((byte)' ', (byte)'\t');
}
