using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;

namespace Sluice.Runs;

/// <summary>
/// Every cell of a version that is not what was read: input row, column, the operations that changed cells of that column, the value as read
/// and the value in the version. Found by comparing the rows that a run read with those it left, which the store keeps, so it needs no log and
/// covers every step. Values of columns that hold personal data are left out: that they changed is said, what they were stays in the data.
/// </summary>
public sealed class ChangedCells : DatasetRows
{
    readonly Func<CancellationToken, IAsyncEnumerable<ComparedRows>> compared;
    readonly Dictionary<string, string> operations = new(StringComparer.Ordinal);
    readonly HashSet<string> personal;
    long rows;

    ChangedCells(Func<CancellationToken, IAsyncEnumerable<ComparedRows>> compared, VersionManifest manifest)
    {
        this.compared = compared;
        personal = PersonalColumns(manifest);
        foreach (var (step, operation, column) in Operations(manifest))
        {
            // A step of a group has its operation in its name already.
            var named = step.EndsWith(":" + operation, StringComparison.Ordinal) ? step : $"{step}:{operation}";
            operations[column] = operations.TryGetValue(column, out var before) ? $"{before}, {named}" : named;
        }
    }

    /// <summary>Columns whose values are not shown: those that hold personal data, and those in which a step changed some.</summary>
    internal static HashSet<string> PersonalColumns(VersionManifest manifest) =>
    [
        .. manifest.Sensitive?.Keys ?? Enumerable.Empty<string>(),
        .. Operations(manifest).Where(o => o.Operation.StartsWith("pii_", StringComparison.Ordinal) || o.Operation == "k_anonymity").Select(o => o.Column),
    ];

    // The operation is a name of ours; a column may have a colon.
    static IEnumerable<(string Step, string Operation, string Column)> Operations(VersionManifest manifest) =>
        from step in manifest.Steps
        from key in step.Counts.Changed.Keys
        let at = key.IndexOf(':', StringComparison.Ordinal)
        select (step.Counts.Step, key[..at], key[(at + 1)..]);

    public override Schema Schema { get; } = new(
    [
        new Field("row", ColumnType.Int64, false),
        new Field("column", ColumnType.Text, false),
        new Field("operations", ColumnType.Text),
        new Field("old_value", ColumnType.Text),
        new Field("new_value", ColumnType.Text),
    ]);

    public override long Rows => rows;

    /// <summary>Cells by column.</summary>
    public SortedDictionary<string, long> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts the cells of a run; memory is that of two batches.</summary>
    internal static async Task<ChangedCells> OfAsync(
        Func<CancellationToken, IAsyncEnumerable<ComparedRows>> compared, VersionManifest manifest, CancellationToken cancellation)
    {
        var cells = new ChangedCells(compared, manifest);
        await foreach (var pair in compared(cancellation))
        {
            foreach (var (_, column, _, _) in Differences(pair))
            {
                cells.Columns[column] = cells.Columns.GetValueOrDefault(column) + 1;
                cells.rows++;
            }
        }

        return cells;
    }

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var pair in compared(cancellation))
        {
            var found = Differences(pair).ToList();
            var number = new ValueBuilder<long>(ColumnType.Int64, found.Count);
            var texts = Enumerable.Range(0, 4).Select(_ => new TextBuilder(found.Count)).ToArray();
            foreach (var (row, column, before, after) in found)
            {
                var isPersonal = personal.Contains(column);
                number.Append(row + 1);
                Append(texts[0], column);
                Append(texts[1], operations.GetValueOrDefault(column));
                Append(texts[2], isPersonal ? null : before);
                Append(texts[3], isPersonal ? null : after);
            }

            if (found.Count > 0)
            {
                yield return new Batch(Schema, [number.Build(), .. texts.Select(t => t.Build())], found.Count);
            }
        }
    }

    static IEnumerable<(long Row, string Column, string? Before, string? After)> Differences(ComparedRows pair)
    {
        var (read, left) = (pair.Read, pair.Left);
        foreach (var field in left.Schema.Where(f => read.Schema.Has(f.Name)))
        {
            var (before, after) = (read[field.Name], left[field.Name]);
            if (ReferenceEquals(before, after))
            {
                continue;
            }

            for (var row = 0; row < left.Rows; row++)
            {
                var origin = pair.Origins is { } origins ? origins[row] : row;
                var (old, now) = (before.IsNull(origin) ? null : before.Display(origin), after.IsNull(row) ? null : after.Display(row));
                if (!string.Equals(old, now, StringComparison.Ordinal))
                {
                    yield return (pair.FirstRow + origin, field.Name, old, now);
                }
            }
        }
    }

    internal static void Append(TextBuilder builder, string? text)
    {
        if (text is null)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(Encoding.UTF8.GetBytes(text));
        }
    }
}

/// <summary>Rows of one batch as read, and those that are left of it.</summary>
/// <param name="FirstRow">Number of its first row among all rows read, 0-based.</param>
/// <param name="Read">As read.</param>
/// <param name="Left">After all steps.</param>
/// <param name="Origins">Row of <paramref name="Read"/> that each row left came from; null: the same.</param>
sealed record ComparedRows(long FirstRow, Batch Read, Batch Left, int[]? Origins);
