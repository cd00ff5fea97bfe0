using System.Buffers;

namespace Sluice.Connectors;

/// <summary>
/// Finds where the elements of a file's one array begin and end, in one pass: only strings, brackets and commas are looked at. Whether
/// what is between them is JSON is seen when it is read.
/// </summary>
sealed class JsonElements(TextScan scan, string file, int maxBytes)
{
    static readonly SearchValues<byte> structure = SearchValues.Create("\"{}[],"u8);

    int at;
    int counted;
    long line = 1;
    long lineStart;
    bool begun;
    bool afterComma;

    /// <summary>Line that the element begins on.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>End of the last element, as long as it is in the buffer.</summary>
    public int LastEnd { get; set; }

    /// <summary>False: the array ends, and so does the file.</summary>
    public bool Next(out int from, out int end)
    {
        if (!begun)
        {
            lineStart = scan.RawOf(0);
            SkipBlanks();
            at++;
            begun = true;
        }

        var first = SkipBlanks();
        from = end = at;
        if (first == ']' && !afterComma)
        {
            at++;
            CheckNothingFollows();
            return false;
        }

        if (first is ']' or ',' or < 0)
        {
            throw Broken(first < 0 ? "the end of the file" : $"'{(char)first}'", first < 0 ? "',' or ']'" : "a value");
        }

        CountLines(at);
        Line = line;
        FindEnd(ref from);
        end = at;
        if (end - from > maxBytes)
        {
            throw TextLines.TooLong(file, Line, maxBytes);
        }

        afterComma = scan.Buffer[at] == ',';
        at += afterComma ? 1 : 0;
        return true;
    }

    void FindEnd(ref int from)
    {
        var depth = 0;
        while (true)
        {
            var found = scan.Buffer.AsSpan(at, scan.End - at).IndexOfAny(structure);
            if (found < 0)
            {
                at = scan.End;
                More(ref from);
                continue;
            }

            at += found;
            var c = scan.Buffer[at];
            if (c == '"')
            {
                SkipString(ref from);
                continue;
            }

            if (depth == 0 && c is (byte)',' or (byte)']')
            {
                return;
            }

            depth += c is (byte)'{' or (byte)'[' ? 1 : c is (byte)'}' or (byte)']' ? -1 : 0;
            if (depth < 0)
            {
                throw Broken("'}'", "',' or ']'");
            }

            at++;
        }
    }

    void SkipString(ref int from)
    {
        at++;
        while (true)
        {
            var found = scan.Buffer.AsSpan(at, scan.End - at).IndexOfAny((byte)'"', (byte)'\\');
            at = found < 0 ? scan.End : at + found;
            if (at + 1 >= scan.End && !scan.AtEnd)
            {
                More(ref from);
                continue;
            }

            if (found < 0)
            {
                More(ref from);
            }

            if (scan.Buffer[at] == '"')
            {
                at++;
                return;
            }

            at += 2;
            if (at > scan.End)
            {
                at = scan.End;
                More(ref from);
            }
        }
    }

    /// <summary>Reads on within an element, which stays in the buffer from its first byte.</summary>
    void More(ref int from)
    {
        if (scan.End - from > maxBytes)
        {
            throw TextLines.TooLong(file, Line, maxBytes);
        }

        if (scan.AtEnd)
        {
            throw Broken("the end of the file", "',' or ']'");
        }

        Refill(from);
        from = 0;
    }

    void Refill(int keepFrom)
    {
        CountLines(Math.Max(counted, keepFrom));
        scan.Refill(keepFrom);
        at -= keepFrom;
        counted -= keepFrom;
        LastEnd -= keepFrom;
    }

    /// <summary>The next byte that is no blank, or -1 at the end of the file.</summary>
    int SkipBlanks()
    {
        while (true)
        {
            var found = scan.Buffer.AsSpan(at, scan.End - at).IndexOfAnyExcept(" \t\r\n"u8);
            if (found >= 0)
            {
                at += found;
                return scan.Buffer[at];
            }

            at = scan.End;
            if (scan.AtEnd)
            {
                return -1;
            }

            Refill(Math.Min(at, Math.Max(0, LastEnd)));
        }
    }

    void CheckNothingFollows()
    {
        var next = SkipBlanks();
        if (next >= 0)
        {
            throw Broken($"'{(char)next}' after the end of the array", "nothing more; if each line is a value of its own, set format: lines");
        }
    }

    void CountLines(int to)
    {
        if (to <= counted)
        {
            return;
        }

        var passed = scan.Buffer.AsSpan(counted, to - counted);
        if (passed.LastIndexOf((byte)'\n') is var last and >= 0)
        {
            line += passed.Count((byte)'\n');
            lineStart = scan.RawOf(counted + last + 1);
        }

        counted = to;
    }

    SourceException Broken(string found, string expected)
    {
        CountLines(at);
        return JsonTable.Invalid(file, line, ((scan.RawOf(at) - lineStart) / scan.UnitBytes) + 1, found, expected);
    }
}
