using System.Text;
using System.Text.Unicode;

namespace Sluice.Connectors;

sealed partial class CsvTable
{
    /// <summary>Files that were put one after another, each with its header.</summary>
    public const string RepeatedHeader = "repeated_header";

    const int MaxFoundBytes = 200;

    void EndRecord(int start, int end, int count, long firstLine, bool isComment, bool unclosed)
    {
        if (isComment || start == end)
        {
            return;
        }

        var isHeader = end - start == header.Length && bytes.AsSpan(start, end - start).SequenceEqual(header);
        if (count == Columns && !unclosed && Rows < records && !isHeader)
        {
            lines[Rows++] = firstLine;
            return;
        }

        var reason = isHeader ? RepeatedHeader : unclosed ? "unclosed_quote" : count > Columns ? "too_many_fields" : "too_few_fields";
        rejected.Add(new RejectedRecord(firstLine, null, reason, Found(bytes.AsSpan(start, end - start))));
    }

    /// <summary>Zero bytes and broken characters: the whole text is looked at once, its rows only if there is something to find.</summary>
    void RejectBrokenText()
    {
        if (Utf8.IsValid(Bytes) && !Bytes.Contains((byte)0))
        {
            return;
        }

        var kept = 0;
        var found = new List<RejectedRecord>();
        for (var row = 0; row < Rows; row++)
        {
            var from = row * Columns;
            var (start, _) = Span(fields[from]);
            var (last, lastLength) = Span(fields[from + Columns - 1]);
            var text = bytes.AsSpan(start, last + lastLength - start);
            var reason = !Utf8.IsValid(text) ? TextEncodings.InvalidReason(dialect.Encoding) : text.Contains((byte)0) ? "zero_byte" : null;
            if (reason is not null)
            {
                found.Add(new RejectedRecord(lines[row], null, reason, Found(text)));
                continue;
            }

            fields.AsSpan(from, Columns).CopyTo(fields.AsSpan(kept * Columns));
            lines[kept++] = lines[row];
        }

        Rows = kept;
        rejected.AddRange(found);
        rejected.Sort((left, right) => left.Line.CompareTo(right.Line));
    }

    public static (int Start, int Length) Span(long field) => ((int)field, (int)((field & ~Raw) >> 32));

    internal static string Found(ReadOnlySpan<byte> text) =>
        text.Length <= MaxFoundBytes ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..MaxFoundBytes]) + "...";
}
