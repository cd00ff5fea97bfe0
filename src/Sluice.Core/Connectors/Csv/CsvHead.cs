using System.Text;

namespace Sluice.Connectors;

/// <summary>
/// What stands above the records of a table: titles and remarks, then the header. Programs that write sheets fill short lines up with
/// delimiters, and put group names above column names.
/// </summary>
/// <param name="SkipLines">Lines before the header or, without one, before the first record.</param>
/// <param name="HeaderRecords">Records that the header is made of: none, one, or groups and names with what is between them.</param>
/// <param name="Names">What the header says, as it stands; null: there is none.</param>
/// <param name="Preamble">Lines that are left out, but for blank ones.</param>
/// <param name="Repeated">The header's record, where one like it further down cannot be a row; else null.</param>
/// <param name="FirstRecord">First record of the sample that is a row.</param>
sealed record CsvHead(
    int SkipLines, int HeaderRecords, IReadOnlyList<byte[]>? Names, IReadOnlyList<CsvPreamble> Preamble, string? Repeated, int FirstRecord)
{
    public static readonly CsvHead None = new(0, 0, null, [], null, 0);

    /// <summary>Longer headers are not searched for among the records.</summary>
    const int MaxRepeatedBytes = 4 << 10;

    /// <param name="file">For messages.</param>
    /// <param name="text">The sample, after the lines that skip_rows leaves out.</param>
    /// <param name="rows">Its records.</param>
    /// <param name="dialect">How they were read.</param>
    /// <param name="settings">What is stated is not searched for.</param>
    /// <exception cref="SourceException">The first record fits no other, and nothing tells what it is.</exception>
    public static CsvHead Find(string file, ReadOnlySpan<byte> text, List<CsvSampleRow> rows, CsvDialect dialect, CsvSettings settings)
    {
        if (settings.Header is { } stated)
        {
            return Of(text, rows, 0, stated ? 1 : 0, stated ? [.. rows[0].Fields.Select(f => f.Text)] : null, settings);
        }

        var usual = CsvHeader.Usual(rows);
        var first = settings.SkipRows > 0 ? 0 : Titles(file, text, rows, usual, dialect);
        var table = rows[first..];
        if (CsvHeaderGroups.Find(table, usual) is { } groups)
        {
            return Of(text, rows, first, groups.Records, groups.Names, settings);
        }

        if (settings.SkipRows == 0 && IsTitleOfSameWidth(table))
        {
            first++;
            table = rows[first..];
        }

        return CsvHeader.IsHeader(table)
            ? Of(text, rows, first, 1, [.. table[0].Fields.Select(f => f.Text)], settings)
            : Of(text, rows, first, 0, null, settings);
    }

    static CsvHead Of(ReadOnlySpan<byte> text, List<CsvSampleRow> rows, int first, int headerRecords, IReadOnlyList<byte[]>? names, CsvSettings settings)
    {
        var preamble = new List<CsvPreamble>();
        var (line, at) = (settings.SkipRows, 0);
        foreach (var row in rows.Take(first))
        {
            line += CountLines(text[at..row.Start]);
            at = row.Start;
            preamble.Add(new CsvPreamble(line + 1, CsvTable.Found(text[row.Start..row.End])));
        }

        line += CountLines(text[at..rows[first].Start]);
        var header = rows[first];
        var repeats = headerRecords == 1 && header.Count > 1 && header.End - header.Start <= MaxRepeatedBytes && header.Fields.TrueForAll(f => !CsvHeader.IsTyped(f.Text));
        return new CsvHead(
            line, headerRecords, names, preamble, repeats ? Encoding.UTF8.GetString(text[header.Start..header.End]) : null, first + headerRecords);
    }

    /// <summary>Records above the table: of another width, or with no more than their first field.</summary>
    static int Titles(string file, ReadOnlySpan<byte> text, List<CsvSampleRow> rows, int usual, CsvDialect dialect)
    {
        // One column, or records that are all different: any line may be part of the table.
        if (usual < 2 || rows.Count(r => r.Count == usual) < 2)
        {
            return 0;
        }

        var first = 0;
        while (first < rows.Count && (rows[first].Filled < 2 || !Fits(rows, first, usual) || IsShortTitle(rows, first, usual)))
        {
            first++;
        }

        if (first == 0 || first == rows.Count)
        {
            return 0;
        }

        var table = rows[first..];
        var hasGroups = CsvHeaderGroups.Find(table, usual) is not null;
        var hasHeader = hasGroups || (table.Count > 1 && CsvHeader.IsHeader(table));
        var isCertain = hasGroups || (hasHeader && CsvHeader.Votes(table) > 0);
        if (Fits(rows, 0, usual) && !IsShortTitle(rows, 0, usual))
        {
            // Titles that are filled up look like sparse records: a header after them, or a record of nothing between, tells them apart.
            return isCertain || (hasHeader && usual > 2) ? first : rows.FindLastIndex(first - 1, r => r.Filled == 0) + 1;
        }

        if (isCertain || rows[..first].TrueForAll(r => r.Filled < 2))
        {
            return first;
        }

        var better = rows.First(r => r.Count == usual);
        throw new SourceException(
            $"The file \"{file}\" has {rows[0].Count} field(s) in its first record, as no other record has; most have {usual} "
            + $"(delimiter {CsvHeader.Shown(dialect.Delimiter)}). Expected a header that fits the records. If what comes before line {CountLines(text[..better.Start]) + 1} is "
            + $"a title, set skip_rows: {CountLines(text[..better.Start])}; if it is a remark, set comment; if it is the header, set header: true.");
    }

    /// <summary>As wide as the records, but for a name of the rows or an empty field; or as some other records are.</summary>
    static bool Fits(List<CsvSampleRow> rows, int row, int usual)
    {
        var width = rows[row].Count;
        return width == usual || width == usual - 1 || (width > usual && rows[row].Fields.Count(f => !f.IsBlank) == usual)
            || rows.Skip(row + 1).Count(r => r.Count == width) * 10 > rows.Count;
    }

    /// <summary>A field short, which a header over unnamed row names is too; but types say that the header comes next.</summary>
    static bool IsShortTitle(List<CsvSampleRow> rows, int row, int usual) =>
        rows[row].Count == usual - 1 && row + 2 < rows.Count && rows[row + 1].Count == usual && CsvHeader.Votes(rows[(row + 1)..]) > 0;

    /// <summary>
    /// Two full records of text above records that have none in any column: the lower one names the columns. With fewer records below than
    /// that, or a value that comes again, the lower one may as well be a row of words for missing values, or of units.
    /// </summary>
    static bool IsTitleOfSameWidth(List<CsvSampleRow> rows)
    {
        const int Enough = 5;
        if (rows.Count < Enough + 2 || !IsFullText(rows[0]) || !IsFullText(rows[1]) || rows[0].Count != rows[1].Count)
        {
            return false;
        }

        var below = rows.Skip(2).Where(r => r.Count == rows[0].Count).ToList();
        var distinct = rows[1].Fields.Select(f => Convert.ToHexString(f.Text)).Distinct(StringComparer.Ordinal).Count() == rows[1].Count;
        return distinct && below.Count >= Enough && below.TrueForAll(r => r.Fields.TrueForAll(f => f.IsBlank || CsvHeader.IsTyped(f.Text)));
    }

    static bool IsFullText(CsvSampleRow row) => row.Fields.TrueForAll(f => !f.IsBlank && !CsvHeader.IsTyped(f.Text));

    static int CountLines(ReadOnlySpan<byte> text)
    {
        var (lines, at) = (0, 0);
        while (CsvRows.SkipLine(text, ref at))
        {
            lines++;
        }

        return lines;
    }
}
