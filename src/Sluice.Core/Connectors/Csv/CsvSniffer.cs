using System.Buffers;

namespace Sluice.Connectors;

/// <summary>What the start of a CSV file tells.</summary>
/// <param name="Dialect">How it is written.</param>
/// <param name="EncodingOpen">All bytes so far are ASCII: the first other one decides.</param>
/// <param name="Start">First byte after a byte order mark.</param>
/// <param name="Head">What stands above the records.</param>
/// <param name="Columns">Unique names.</param>
/// <param name="LineEnd">How the first line ends: <c>lf</c>, <c>crlf</c>, <c>cr</c> or <c>none</c>.</param>
sealed record CsvFile(CsvDialect Dialect, bool EncodingOpen, long Start, CsvHead Head, IReadOnlyList<string> Columns, string LineEnd);

/// <summary>Finds out a file's encoding, dialect and header from its first rows; a function of the file alone, not of how it is cut.</summary>
static class CsvSniffer
{
    /// <summary>Bytes from the first one above 0x7F that decide the encoding.</summary>
    public const int GuessBytes = 64 << 10;

    const int SampleBytes = 64 << 10, SampleRows = 200;

    public static CsvFile Examine(string file, string localPath, CsvSettings settings, ShardCut cut)
    {
        using var handle = File.OpenHandle(localPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        for (var size = SampleBytes * 2; ; size *= 2)
        {
            var head = new byte[Math.Min(size, length)];
            head = head[..RandomAccess.Read(handle, head, 0)];
            if (Examine(file, head, head.Length == length, settings, cut) is { } found)
            {
                return found;
            }

            if (size > cut.MaxRecordBytes)
            {
                throw new SourceException(
                    $"The file \"{file}\" has no line end in its first {size:N0} bytes; a record may have {cut.MaxRecordBytes:N0} bytes. "
                    + "Expected a table with one record a line. Check that it is a CSV file, and the options delimiter and quote.");
            }
        }
    }

    public static string GuessEncoding(ReadOnlySpan<byte> fromFirstHighByte) =>
        TextEncodings.Guess(fromFirstHighByte, fromFirstHighByte.Length < GuessBytes);

    /// <summary>Null: the first record does not end in the sample.</summary>
    static CsvFile? Examine(string file, byte[] head, bool whole, CsvSettings settings, ShardCut cut)
    {
        var (detected, markBytes) = TextEncodings.Detect(head);
        var encoding = settings.Encoding == TextEncodings.Auto ? detected : settings.Encoding;
        var start = encoding == detected ? markBytes : 0;
        var text = head.AsSpan(start);
        if (text.IsEmpty)
        {
            throw TextFileSource.Empty(file, "a header or at least one record");
        }

        if (encoding is null || TextEncodings.UnitBytes(encoding) == 1)
        {
            TextEncodings.RefuseBinary(file, head, "CSV");
        }

        var high = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        var open = encoding is null && high < 0;
        encoding ??= high < 0 ? TextEncodings.Utf8 : GuessEncoding(text[high..][..Math.Min(GuessBytes, text.Length - high)]);
        if (encoding != TextEncodings.Utf8)
        {
            var utf8 = new ArrayBufferWriter<byte>(text.Length * 2);
            TextEncodings.ToUtf8(text, encoding, whole, utf8);
            text = utf8.WrittenSpan.ToArray();
        }

        var at = 0;
        for (var line = 0; line < settings.SkipRows; line++)
        {
            if (!CsvRows.SkipLine(text, ref at))
            {
                return whole ? throw NothingLeft(file, settings.SkipRows) : null;
            }
        }

        var dialect = new CsvDialect(',', settings.Quote, settings.Escape, encoding, settings.Trim ?? false);
        return Examine(file, text[at..], whole, settings, cut, new CsvFile(dialect, open, start, CsvHead.None, [], LineEnd(text)));
    }

    static string LineEnd(ReadOnlySpan<byte> text) =>
        text.IndexOfAny((byte)'\r', (byte)'\n') is var at and >= 0 ? text[at] == '\n' ? "lf" : text[(at + 1)..].StartsWith("\n"u8) ? "crlf" : "cr" : "none";

    static CsvFile? Examine(string file, ReadOnlySpan<byte> text, bool whole, CsvSettings settings, ShardCut cut, CsvFile found)
    {
        var dialect = CsvDialectScore.Best(text, found.Dialect, settings, SampleBytes, whole);
        var rows = CsvRows.Read(text, dialect, settings.Comment, SampleRows, SampleBytes, whole);
        if (rows.Count == 0)
        {
            return whole ? throw TextFileSource.Empty(file, "a header or at least one record; it has blank lines only") : null;
        }

        var widest = rows.Max(r => r.Count);
        if (widest > cut.MaxColumns)
        {
            throw new SourceException(
                $"The file \"{file}\" has {widest:N0} columns (delimiter {CsvHeader.Shown(dialect.Delimiter)}); a table may have "
                + $"{cut.MaxColumns:N0}. Expected fewer. Transpose the table, correct the option delimiter, or raise max_columns under optimization.");
        }

        var head = CsvHead.Find(file, text, rows, dialect, settings);
        return found with { Dialect = dialect, Head = head, Columns = CsvHeader.Names(file, head, rows) };
    }

    static SourceException NothingLeft(string file, int skipRows) => new(
        $"The file \"{file}\" has fewer lines than the {skipRows} that skip_rows leaves out. Expected a table after them. Correct skip_rows.");
}
