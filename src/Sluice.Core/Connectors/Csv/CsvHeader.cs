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

        var votes = Votes(rows);
        return votes > 0 || (votes == 0 && first.All(f => !IsTyped(f.Text)));
    }

    /// <summary>Columns whose types speak for the first record being a header, less those that speak against it.</summary>
    public static int Votes(List<CsvSampleRow> rows)
    {
        // A header that comes again, as above a second table, is no value that comes again; but it takes types to tell it from one.
        var others = rows.FindAll(r => ReferenceEquals(r, rows[0]) || !IsRepeated(rows[0], r));
        var without = rows.Count - others.Count <= Math.Max(1, rows.Count / 10) ? Sum(others) : 0;
        return without > 0 ? without : Sum(rows);

        static int Sum(List<CsvSampleRow> rows) => Enumerable.Range(0, rows.Count == 0 ? 0 : rows[0].Count).Sum(column => Vote(rows, column));
    }

    /// <summary>Unique names: trimmed, <c>column_3</c> where there is none, <c>name_2</c> where one comes again.</summary>
    /// <exception cref="SourceException">A name is not valid UTF-8.</exception>
    public static IReadOnlyList<string> Names(string file, CsvHead head, List<CsvSampleRow> rows)
    {
        var data = rows.Skip(head.FirstRecord);
        var usual = Usual(data);
        if (head.Names is null)
        {
            return Unique([.. Enumerable.Repeat("", usual)]);
        }

        var names = head.Names.Select(f => Name(file, f)).ToList();
        if (usual == names.Count + 1 && data.Count(r => r.Count == usual) * 2 > data.Count())
        {
            // Either every record ends with a delimiter, or the first column holds row names (R's write.table).
            var trailing = data.Where(r => r.Count == usual).All(r => r[r.Count - 1].Text.Length == 0);
            names.Insert(trailing ? names.Count : 0, "");
        }
        else if (usual > 0 && usual < names.Count && names.Count(n => n.Length > 0) == usual)
        {
            names.RemoveAll(n => n.Length == 0);
        }

        return Unique(names);
    }

    /// <summary>A value that nobody names a column: a number, a date, a time, a truth.</summary>
    public static bool IsTyped(ReadOnlySpan<byte> text) =>
        ValueParser.TypeOf(text) != ColumnType.Text || ValueParser.DateFormatsOf(text) != TextFormats.None
        || (text.Length is 5 or 8 && text[2] == ':' && ValueParser.TryTimestamp([.. "2000-01-01T"u8, .. text], out _));

    public static string Shown(char c) => char.IsControl(c) ? c == '\t' ? "tab" : $"\\x{(int)c:x2}" : $"'{c}'";

    static bool IsRepeated(CsvSampleRow header, CsvSampleRow row)
    {
        var names = header.Fields.Count(f => f.Text.Length > 0);
        return header.Fields.Zip(row.Fields).Count(p => p.First.Text.Length > 0 && p.First.Text.AsSpan().SequenceEqual(p.Second.Text)) * 2 > names;
    }

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

    /// <summary>Fields that most records have; the larger number where two are as frequent.</summary>
    public static int Usual(IEnumerable<CsvSampleRow> rows) =>
        rows.CountBy(r => r.Count).OrderByDescending(p => p.Value).ThenByDescending(p => p.Key).FirstOrDefault().Key;

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
