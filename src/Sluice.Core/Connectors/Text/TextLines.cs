namespace Sluice.Connectors;

/// <summary>The lines of a file, with their line ends (LF or CR LF), as they pass through the buffer.</summary>
sealed class TextLines(TextScan scan, string file, int maxBytes)
{
    int at;
    bool done;

    /// <summary>First byte that must stay in the buffer: of the record that is being put together.</summary>
    public int Keep { get; set; }

    /// <summary>Line that <see cref="Next"/> returned, 1-based.</summary>
    public long Line { get; private set; }

    /// <summary>False at the end of the file.</summary>
    public bool Next(out int from, out int end)
    {
        var searched = at;
        while (!done)
        {
            var found = scan.Buffer.AsSpan(searched, scan.End - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                return Take(searched + found + 1, out from, out end);
            }

            if (scan.End - Keep > maxBytes)
            {
                throw TooLong(file, Line + 1, maxBytes);
            }

            searched = scan.End - Keep;
            scan.Refill(Keep);
            at -= Keep;
            Keep = 0;
            done = scan.AtEnd;
        }

        from = end = at;
        return at < scan.End && Take(scan.End, out from, out end);
    }

    public static SourceException TooLong(string file, long line, int maxBytes) => new(
        $"The file \"{file}\" has a record on line {line} that is longer than {maxBytes:N0} bytes, the limit. Expected shorter records, one a line. "
        + "Check that the file is of this type and complete, or raise max_record_bytes under optimization.");

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.Trim(" \t\r\n"u8);

    bool Take(int lineEnd, out int from, out int end)
    {
        from = at;
        end = at = lineEnd;
        Line++;
        return end - Keep > maxBytes ? throw TooLong(file, Line, maxBytes) : true;
    }
}
