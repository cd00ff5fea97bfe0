using System.Globalization;
using System.Text.Json;
using Sluice.Matching;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Which of several similar rows stays.</summary>
static class SurvivorRank
{
    /// <summary>A rank for each row, all different; of two similar rows the one with the lower rank stays.</summary>
    /// <param name="rows">The rows as text, in the order of the input.</param>
    /// <param name="types">Types that their columns have.</param>
    /// <param name="options">Says what is best.</param>
    public static int[] Of(Batch rows, Schema types, RemoveDuplicates.Options options)
    {
        var order = Enumerable.Range(0, rows.Rows);
        int[] sorted = options.DuplicateKeep switch
        {
            DuplicateKeep.Best => [.. order.OrderBy(row => rows.Columns.Count(c => MissingCells.IsMissing(c, row)))],
            DuplicateKeep.Latest => [.. Latest(rows, types[options.LatestBy!].Type, options.LatestBy!)],
            _ => [.. order],
        };
        var ranks = new int[rows.Rows];
        for (var rank = 0; rank < sorted.Length; rank++)
        {
            ranks[sorted[rank]] = rank;
        }

        return ranks;
    }

    // Days and times are written so that later ones sort after earlier ones.
    static IEnumerable<int> Latest(Batch rows, ColumnType type, string by)
    {
        var column = rows[by];
        var order = Enumerable.Range(0, rows.Rows).OrderBy(row => MissingCells.IsMissing(column, row));
        return type switch
        {
            ColumnType.Int64 => order.ThenByDescending(row => column.IsNull(row) ? 0 : long.Parse(column.Display(row), CultureInfo.InvariantCulture)),
            ColumnType.Float64 => order.ThenByDescending(row => column.IsNull(row) ? 0 : double.Parse(column.Display(row), CultureInfo.InvariantCulture)),
            _ => order.ThenByDescending(column.Display, StringComparer.Ordinal),
        };
    }
}

/// <summary>Better cells for rows that stay, from the rows they stay for.</summary>
static class CellMerge
{
    /// <summary>
    /// The rows, with each cell of a row that stays as most of its duplicates have it; of several such the one that most rows have, then the longest, then the
    /// first. A value of an identifier, that is of a column in which no two are equal, is nobody else's.
    /// </summary>
    /// <param name="original">Cells that vote.</param>
    /// <param name="rows">The rows as they are now.</param>
    /// <param name="found">Who stays for whom.</param>
    public static Batch Of(Batch original, Batch rows, List<NearDuplicate> found)
    {
        var stands = NearDuplicates.Representatives(original.Rows, found);
        var groups = found.GroupBy(d => stands[d.Row]).Select(g => (Stays: g.Key, Members: g.Select(d => d.Row).Append(g.Key).Order().ToArray())).ToList();
        foreach (var (at, field) in original.Schema.Index())
        {
            var column = original[at];
            var counts = Enumerable.Range(0, column.Rows).Where(row => !MissingCells.IsMissing(column, row)).CountBy(column.Display, StringComparer.Ordinal)
                .ToDictionary(StringComparer.Ordinal);
            var isIdentifier = counts.Values.All(count => count == 1);
            var changes = groups.Where(g => !isIdentifier || MissingCells.IsMissing(column, g.Stays)).ToDictionary(g => g.Stays, g => Vote(column, g.Members, counts));
            rows = rows.With(field, CellPatch.Put(field, rows[at], changes));
        }

        return rows;
    }

    static string? Vote(Column column, int[] members, Dictionary<string, int> counts) => members
        .Where(row => !MissingCells.IsMissing(column, row)).Select(column.Display).GroupBy(value => value, StringComparer.Ordinal)
        .OrderByDescending(g => g.Count()).ThenByDescending(g => counts[g.Key]).ThenByDescending(g => g.Key.Length).FirstOrDefault()?.Key;

    /// <summary>What became of the cells of a row.</summary>
    public static IReadOnlyList<RemoveDuplicates.MergedCell> Changes(Batch original, Batch merged, int row) =>
    [
        .. from field in original.Schema
           let cell = (Old: Cell(original[field.Name], row), New: Cell(merged[field.Name], row))
           where cell.New is not null && cell.New != cell.Old
           select new RemoveDuplicates.MergedCell(field.Name, cell.Old, cell.New),
    ];

    /// <summary>The cells of a row that have a value.</summary>
    public static IReadOnlyDictionary<string, string> Cells(Batch rows, int row) =>
        rows.Schema.Where(f => !rows[f.Name].IsNull(row)).ToDictionary(f => f.Name, f => rows[f.Name].Display(row));

    static string? Cell(Column column, int row) => column.IsNull(row) ? null : column.Display(row);
}

/// <summary>Writes into the rows of one batch what was merged, and where it comes from.</summary>
static class SurvivorCells
{
    // A double holds every integer up to here.
    const long MaxExact = 1L << 53;

    sealed record Provenance(IEnumerable<RemoveDuplicates.Removed> Duplicates, IReadOnlyList<RemoveDuplicates.MergedCell> Merged);

    /// <param name="batch">Rows, removed ones among them.</param>
    /// <param name="survivors">Rows of the batch that stay for others.</param>
    /// <param name="found">All that was found.</param>
    /// <param name="provenance">Column to add, or null.</param>
    /// <param name="verdicts">Gets the count of changed cells.</param>
    public static Batch Put(
        Batch batch, Dictionary<int, RemoveDuplicates.Survivor> survivors, RemoveDuplicates.FoundSimilar found, Field? provenance, Verdicts verdicts)
    {
        var result = batch;
        foreach (var field in batch.Schema)
        {
            var changes = survivors.SelectMany(s => s.Value.Merged.Where(m => m.Column == field.Name && Fits(field, m.New)).Select(m => (s.Key, m.New)))
                .ToDictionary(c => c.Key, c => (string?)c.New);
            if (changes.Count > 0)
            {
                result = result.With(field, CellPatch.Put(field, batch[field.Name], changes));
                verdicts.Change("remove_duplicates", field.Name, changes.Count);
            }
        }

        return provenance is null ? result : result.With(provenance, Origins(batch.Rows, survivors, found));
    }

    /// <summary>Whether a column can hold the value to the last digit.</summary>
    internal static bool Fits(Field field, string value) =>
        CellPatch.Fits(field, value) && (field.Type != ColumnType.Int64 || Math.Abs(decimal.Parse(value, CultureInfo.InvariantCulture)) <= MaxExact);

    static TextColumn Origins(int rows, Dictionary<int, RemoveDuplicates.Survivor> survivors, RemoveDuplicates.FoundSimilar found)
    {
        var removed = found.Similar.ToDictionary(r => r.Row);
        var builder = new TextBuilder(rows);
        for (var row = 0; row < rows; row++)
        {
            if (survivors.TryGetValue(row, out var survivor))
            {
                builder.Append(JsonSerializer.SerializeToUtf8Bytes(new Provenance(survivor.Duplicates.Select(d => removed[d]), survivor.Merged), StepJson.Options));
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder.Build();
    }
}
