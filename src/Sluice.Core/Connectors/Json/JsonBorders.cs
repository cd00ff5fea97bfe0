using System.Buffers;
using System.Text;

namespace Sluice.Connectors;

/// <summary>
/// Finds where the elements of an array, or the lines of JSON lines, begin and end, in one pass and a buffer of one record. Only nesting
/// and strings are followed; whether each record is JSON is found when it is read.
/// </summary>
sealed class JsonBorders(string file, TextScan scan, JsonLayout layout, ShardCut cut)
{
    static readonly SearchValues<byte> Structural = SearchValues.Create("\"{}[],\n"u8);
    static readonly SearchValues<byte> InString = SearchValues.Create("\"\\\n"u8);

    int at;
    int partEnd = -1;
    long line = 1;
    bool opened;
    bool closed;

    /// <summary>The record that <see cref="Next"/> found, in the buffer of the scan.</summary>
    public int Start { get; private set; }

    public int End { get; private set; }

    public long RecordLine { get; private set; }

    public void PartEnded() => partEnd = -1;

    public bool Next() => layout == JsonLayout.Lines ? NextLine() : NextElement();

    /// <summary>Array, one object, or lines: by the first character, and what follows the first value.</summary>
    public static JsonLayout Detect(string file, string path, string encoding, int start)
    {
        using var scan = new TextScan(path, encoding, start);
        var borders = new JsonBorders(file, scan, JsonLayout.Array, new ShardCut { MaxRecordBytes = int.MaxValue / 4 });
        if (!borders.SkipBlank())
        {
            throw TextFileSource.Empty(file, "JSON: an array, an object, or a value a line");
        }

        var first = scan.Buffer[borders.at];
        if (first == '[')
        {
            return JsonLayout.Array;
        }

        // One object over several lines is one row; objects on lines of their own are lines.
        if (first != '{')
        {
            return JsonLayout.Lines;
        }

        var firstLine = borders.line;
        return borders.SkipValue() && borders.line > firstLine && !borders.SkipBlank() ? JsonLayout.Array : JsonLayout.Lines;
    }

    bool NextLine()
    {
        while (true)
        {
            var from = at;
            int length;
            while ((length = scan.Buffer.AsSpan(from, scan.End - from).IndexOf((byte)'\n')) < 0 && !scan.AtEnd)
            {
                var looked = scan.End - at;
                CheckLength(looked);
                Refill(at);
                from = at + looked;
            }

            if (length < 0 && at == scan.End)
            {
                return false;
            }

            var end = length < 0 ? scan.End : from + length;
            (Start, End, RecordLine) = (at, end, line++);
            at = length < 0 ? end : end + 1;
            CheckLength(End - Start);
            if (scan.Buffer.AsSpan(Start, End - Start).IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                Found();
                return true;
            }
        }
    }

    bool NextElement()
    {
        if (!opened)
        {
            opened = true;
            if (!SkipBlank())
            {
                throw TextFileSource.Empty(file, "JSON: an array, an object, or a value a line");
            }

            if (scan.Buffer[at] != '[')
            {
                closed = true;
                return Value(only: true);
            }

            at++;
            if (Peek() == ']')
            {
                at++;
                closed = true;
            }
        }

        if (closed)
        {
            return SkipBlank() ? throw Wrong("after the end of the value", "the end of the file") : false;
        }

        return Value(only: false);
    }

    bool Value(bool only)
    {
        if (!SkipBlank())
        {
            throw Wrong("at the end of the file", "a value: the array is not closed, so the file was cut off");
        }

        (Start, RecordLine) = (at, line);
        if (!SkipValue())
        {
            throw Wrong("at the end of the file", $"the end of the value that begins on line {RecordLine:N0}: the file was cut off");
        }

        End = at;
        Found();
        if (!only)
        {
            // What follows is looked at now, while the record is kept in the buffer.
            switch (Peek())
            {
                case (byte)',':
                    at++;
                    break;
                case (byte)']':
                    at++;
                    closed = true;
                    break;
                default:
                    throw Wrong("after an element of the array", "',' or ']'");
            }
        }

        return true;
    }

    void Found() => partEnd = End;

    byte Peek() => SkipBlank() ? scan.Buffer[at] : (byte)0;

    /// <summary>To the next byte that is no white space; false at the end of the file.</summary>
    bool SkipBlank()
    {
        while (true)
        {
            for (; at < scan.End; at++)
            {
                var b = scan.Buffer[at];
                if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                {
                    return true;
                }

                line += b == '\n' ? 1 : 0;
            }

            if (scan.AtEnd)
            {
                return false;
            }

            Refill(at);
        }
    }

    /// <summary>Past a value; false when the file ends in it.</summary>
    bool SkipValue()
    {
        Start = at;
        partEnd = partEnd < 0 ? at : partEnd;
        var depth = 0;
        while (true)
        {
            var found = Find(Structural);
            if (found < 0)
            {
                // A number at the end of the file ends with it.
                return depth == 0 && at > Start;
            }

            switch (found)
            {
                case '"':
                    at++;
                    if (!SkipString())
                    {
                        return false;
                    }

                    break;
                case '{' or '[':
                    depth++;
                    at++;
                    break;
                case '}' or ']' when depth > 0:
                    depth--;
                    at++;
                    break;
                case '\n' when depth > 0:
                    line++;
                    at++;
                    break;
                case ',' when depth > 0:
                    at++;
                    break;
                default:
                    TrimEnd();
                    return true;
            }

            if (depth == 0 && found is '"' or '}' or ']')
            {
                return true;
            }
        }
    }

    bool SkipString()
    {
        while (true)
        {
            switch (Find(InString))
            {
                case < 0:
                    return false;
                case '"':
                    at++;
                    return true;
                case '\n':
                    line++;
                    at++;
                    break;
                default:
                    at++;
                    if (at >= scan.End && !More())
                    {
                        return false;
                    }

                    at++;
                    break;
            }
        }
    }

    // A bare word or number is followed by a delimiter: the blanks between belong to neither.
    void TrimEnd()
    {
        while (at > Start && scan.Buffer[at - 1] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            at--;
        }
    }

    int Find(SearchValues<byte> values)
    {
        while (true)
        {
            var offset = scan.Buffer.AsSpan(at, scan.End - at).IndexOfAny(values);
            if (offset >= 0)
            {
                at += offset;
                return scan.Buffer[at];
            }

            at = scan.End;
            if (!More())
            {
                return -1;
            }
        }
    }

    bool More()
    {
        if (scan.AtEnd)
        {
            return false;
        }

        CheckLength(at - Start);
        Refill(Start);
        return at < scan.End || More();
    }

    /// <summary>Reads more, keeping what is not behind us; positions move.</summary>
    void Refill(int keep)
    {
        keep = partEnd >= 0 ? Math.Min(keep, partEnd) : keep;
        scan.Refill(keep);
        at -= keep;
        Start -= keep;
        End -= keep;
        partEnd = partEnd < 0 ? -1 : partEnd - keep;
    }

    void CheckLength(int length)
    {
        if (length > cut.MaxRecordBytes)
        {
            throw new SourceException(
                $"The file \"{file}\" has a record of more than {cut.MaxRecordBytes:N0} bytes that begins on line {(layout == JsonLayout.Lines ? line : RecordLine):N0}. "
                + "Expected smaller records. Is it one JSON value that is no table? Otherwise raise optimization.max_record_bytes.");
        }
    }

    SourceException Wrong(string where, string expected)
    {
        var found = at < scan.End ? $"'{Encoding.UTF8.GetString(scan.Buffer, at, Math.Min(20, scan.End - at))}'" : "the end of the file";
        return new SourceException(
            $"The file \"{file}\" is not valid JSON {where}, line {line:N0}: found {found}, expected {expected}. Correct the file, or export it again.");
    }
}
