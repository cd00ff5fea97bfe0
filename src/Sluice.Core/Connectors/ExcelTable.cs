using System.Globalization;
using ExcelDataReader;

namespace Sluice.Connectors;

/// <summary>The table in a sheet: where its names are, and what merged cells hold.</summary>
static class ExcelTable
{
    public const string SheetColumn = "sheet";

    /// <summary>Rows among which the names are looked for.</summary>
    const int HeaderRows = 25;

    /// <summary>Rows of the current sheet, merged cells filled.</summary>
    public static IEnumerable<(int Number, ExcelCell[] Cells)> Filled(ExcelBook book, MergedCells merged)
    {
        if (merged == MergedCells.First || book.Merged is not { Length: > 0 } ranges)
        {
            return book.Rows();
        }

        return Fill(book, ranges);
    }

    public static bool IsBlank(ExcelCell[] cells) => Array.TrueForAll(cells, cell => cell.Kind == ExcelKind.Missing);

    /// <summary>The row with the names, from 1, or 0: the first that is all text and more than half as wide as the widest.</summary>
    /// <param name="rows">The first rows that are not blank, as the file has them: a merged title is one cell, not a row of equal names.</param>
    public static int FindHeader(IReadOnlyList<(int Number, ExcelCell[] Cells)> rows)
    {
        var widest = rows.Count == 0 ? 0 : rows.Max(row => Width(row.Cells));
        foreach (var (number, cells) in rows)
        {
            if (Width(cells) * 2 > widest)
            {
                // A wide row that is not all text is data, and names do not come after data.
                return Array.TrueForAll(cells, cell => cell.Kind is ExcelKind.Missing or ExcelKind.Text) ? number : 0;
            }
        }

        return 0;
    }

    /// <summary>The rows that <see cref="FindHeader"/> looks at, copied.</summary>
    public static List<(int Number, ExcelCell[] Cells)> FirstRows(ExcelBook book) =>
        [.. book.Rows().Where(row => !IsBlank(row.Cells)).Take(HeaderRows).Select(row => (row.Number, (ExcelCell[])row.Cells.Clone()))];

    /// <summary>One unique name per column. A column without one is named by its position, a repeated name gets a number.</summary>
    public static string[] Names(ExcelCell[]? header, int[] columns, bool withSheet = false)
    {
        var wanted = columns.Select(at => header is null || header[at].Display().Trim() is not { Length: > 0 } name ? $"column_{(at + 1).ToString(CultureInfo.InvariantCulture)}" : name).ToArray();
        var all = wanted.ToHashSet(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        if (withSheet)
        {
            used.Add(SheetColumn);
        }

        return [.. wanted.Select(name =>
        {
            var unique = name;
            for (var number = 2; (unique != name && all.Contains(unique)) || !used.Add(unique); number++)
            {
                unique = $"{name}_{number}";
            }

            return unique;
        })];
    }

    static int Width(ExcelCell[] cells) => cells.Count(cell => cell.Kind != ExcelKind.Missing);

    static IEnumerable<(int Number, ExcelCell[] Cells)> Fill(ExcelBook book, CellRange[] ranges)
    {
        var starting = ranges.ToLookup(range => range.FromRow);
        var open = new List<(CellRange Range, ExcelCell Value)>();
        foreach (var (number, cells) in book.Rows())
        {
            var row = number - 1;
            open.RemoveAll(range => range.Range.ToRow < row);
            open.AddRange(starting[row].Where(range => range.FromColumn < cells.Length).Select(range => (range, cells[range.FromColumn])));
            foreach (var (range, value) in open)
            {
                cells.AsSpan(range.FromColumn..Math.Min(range.ToColumn + 1, cells.Length)).Fill(value);
            }

            yield return (number, cells);
        }
    }
}
