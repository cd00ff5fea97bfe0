using System.Globalization;
using System.Text;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>Column names of a CSV file.</summary>
static class CsvHeader
{
    /// <summary>
    /// Judges whether the first record names the columns: text above numbers speaks for it, a value that comes again in its column, or
    /// a number above numbers, against it. Where nothing speaks, a record of text is a header.
    /// </summary>
    public static bool IsHeader(List<CsvSampleRow> rows)
    {
        var first = rows[0].Fields;
        if (first.All(f => f.Text.Length == 0))
        {
            return false;
        }

        if (AreYears(first))
        {
            return true;
        }

        var votes = 0;
        for (var column = 0; column < first.Count; column++)
        {
            votes += Vote(rows, column);
        }

        return votes > 0 || (votes == 0 && first.All(f => !IsTyped(f.Text)));
    }

    /// <summary>Unique names: trimmed, <c>column_3</c> where there is none, <c>name_2</c> where one comes again.</summary>
    /// <exception cref="SourceException">A name is not valid UTF-8.</exception>
    public static IReadOnlyList<string> Names(string file, List<CsvSampleRow> rows, bool hasHeader)
    {
        var usual = Usual(hasHeader ? rows.Skip(1) : rows);
        if (!hasHeader)
        {
            return Unique([.. Enumerable.Repeat("", usual)]);
        }

        var names = rows[0].Fields.Select(f => Name(file, f.Text)).ToList();
        if (usual == names.Count + 1)
        {
            // Either every record ends with a delimiter, or the first column holds row names (R's write.table).
            var trailing = rows.Skip(1).Where(r => r.Count == usual).All(r => r[r.Count - 1].Text.Length == 0);
            names.Insert(trailing ? names.Count : 0, "");
        }

        return Unique(names);
    }

    /// <summary>
    /// A first record that fits no other is a title, not a header; with it as header every record would be rejected. Returns the first
    /// record of the usual width where that is so.
    /// </summary>
    public static CsvSampleRow? FirstAfterTitle(List<CsvSampleRow> rows)
    {
        var width = rows[0].Count;
        var usual = Usual(rows.Skip(1));
        var fits = usual == width || usual == width + 1 || rows.Skip(1).Count(r => r.Count == width) * 10 > rows.Count || rows.Count(r => r.Count == usual) < 2;
        return fits ? null : rows.First(r => r.Count == usual);
    }

    /// <summary>A value that nobody names a column: a number, a date, a time, a truth.</summary>
    public static bool IsTyped(ReadOnlySpan<byte> text) =>
        ValueParser.TypeOf(text) != ColumnType.Text || ValueParser.DateFormatsOf(text) != TextFormats.None
        || (text.Length is 5 or 8 && text[2] == ':' && ValueParser.TryTimestamp([.. "2000-01-01T"u8, .. text], out _));

    public static string Shown(char c) => char.IsControl(c) ? c == '\t' ? "tab" : $"\\x{(int)c:x2}" : $"'{c}'";

    static int Vote(List<CsvSampleRow> rows, int column)
    {
        var first = rows[0][column].Text;
        var data = rows.Skip(1).Where(r => r.Count > column && r[column].Text.Length > 0).Select(r => r[column].Text).ToList();
        if (data.Count == 0 || first.Length == 0)
        {
            return 0;
        }

        var typed = data.Count(d => IsTyped(d)) * 10 >= data.Count * 9;
        if (IsTyped(first))
        {
            return typed ? -1 : 0;
        }

        return typed ? 1 : data.Any(d => d.AsSpan().SequenceEqual(first)) ? -1 : 0;
    }

    /// <summary>A wide table: a name or two, then 1990, 1991, 1992.</summary>
    static bool AreYears(List<CsvSampleField> first)
    {
        var years = first.Select(f => ValueParser.TryInt64(f.Text, out var year) && year is > 1000 and < 3000 ? year : 0).Where(y => y > 0).ToList();
        var typed = first.Count(f => IsTyped(f.Text));
        return years.Count > 1 && years.Count == typed && years.Count < first.Count && years.Zip(years.Skip(1)).All(p => p.First < p.Second);
    }

    static int Usual(IEnumerable<CsvSampleRow> rows) => rows.CountBy(r => r.Count).OrderByDescending(p => p.Value).FirstOrDefault().Key;

    static string Name(string file, byte[] text)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(text).Trim();
        }
        catch (ArgumentException cause)
        {
            throw new SourceException(
                $"The file \"{file}\" has a column name that is not valid UTF-8: \"{CsvTable.Found(text)}\". Expected UTF-8. "
                + "Set the option encoding to what the file has, for instance windows-1252.",
                cause);
        }
    }

    static List<string> Unique(List<string> names)
    {
        var taken = names.Where(n => n.Length > 0).ToHashSet(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var unique = new List<string>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            var wanted = names[i].Length > 0 ? names[i] : $"column_{(i + 1).ToString(CultureInfo.InvariantCulture)}";
            var name = wanted;
            for (var n = 2; (name != names[i] && taken.Contains(name)) || !used.Add(name); n++)
            {
                name = $"{wanted}_{n.ToString(CultureInfo.InvariantCulture)}";
            }

            unique.Add(name);
        }

        return unique;
    }
}
