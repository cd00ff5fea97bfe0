using System.Runtime.CompilerServices;
using Sluice.Connectors;
using Sluice.Repair;

namespace Sluice.Runs;

/// <summary>
/// Every cell that one step of a run changed: input row, column, the value before the step and after it, the value in the version, and what an undo of the step
/// would come to. The steps are applied again to the rows as read, so nothing was logged for it. Values of columns that hold personal data are left out.
/// </summary>
public sealed class StepChanges : DatasetRows
{
    readonly Func<CancellationToken, IAsyncEnumerable<FollowedRows>> followed;
    readonly HashSet<string> personal;
    long rows;

    StepChanges(Func<CancellationToken, IAsyncEnumerable<FollowedRows>> followed, HashSet<string> personal) => (this.followed, this.personal) = (followed, personal);

    public override Schema Schema { get; } = new(
    [
        new Field("row", ColumnType.Int64, false),
        new Field("column", ColumnType.Text, false),
        new Field("old_value", ColumnType.Text),
        new Field("new_value", ColumnType.Text),
        new Field("value_now", ColumnType.Text),
        new Field("undo", ColumnType.Text, false),
    ]);

    public override long Rows => rows;

    /// <summary>Cells by column.</summary>
    public SortedDictionary<string, long> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Cells by what an undo would come to: <c>undoable</c>, <c>changed_since</c>…</summary>
    public SortedDictionary<string, long> Undo { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts the cells; memory is that of one batch.</summary>
    internal static async Task<StepChanges> OfAsync(
        Func<CancellationToken, IAsyncEnumerable<FollowedRows>> followed, HashSet<string> personal, CancellationToken cancellation)
    {
        var changes = new StepChanges(followed, personal);
        await foreach (var batch in followed(cancellation))
        {
            foreach (var (_, column, state, _, _, _) in Lines(batch))
            {
                changes.Columns[column] = changes.Columns.GetValueOrDefault(column) + 1;
                changes.Undo[Name(state)] = changes.Undo.GetValueOrDefault(Name(state)) + 1;
                changes.rows++;
            }
        }

        return changes;
    }

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in followed(cancellation))
        {
            var number = new ValueBuilder<long>(ColumnType.Int64, 0);
            var texts = Enumerable.Range(0, 5).Select(_ => new TextBuilder(0)).ToArray();
            var count = 0;
            foreach (var (row, column, state, old, made, now) in Lines(batch))
            {
                var isPersonal = personal.Contains(column);
                number.Append(row + 1);
                string?[] values = [column, isPersonal ? null : old, isPersonal ? null : made, isPersonal ? null : now, Name(state)];
                foreach (var (text, value) in texts.Zip(values))
                {
                    ChangedCells.Append(text, value);
                }

                count++;
            }

            if (count > 0)
            {
                yield return new Batch(Schema, [number.Build(), .. texts.Select(t => t.Build())], count);
            }
        }
    }

    static IEnumerable<(long Row, string Column, UndoState State, string? Old, string? Made, string? Now)> Lines(FollowedRows rows)
    {
        foreach (var name in rows.Here.Columns)
        {
            foreach (var (row, state) in rows.Here.Judge(name, rows.Now))
            {
                var now = rows.Now.Schema.Has(name) ? Cell(rows.Now[name], row) : null;
                yield return (rows.FirstRow + rows.Here.Before.OriginOf(row), name, state, Cell(rows.Here.Before[name], row), Cell(rows.Here.After[name], row), now);
            }

            foreach (var row in rows.Gone.Changed(name))
            {
                yield return (
                    rows.FirstRow + rows.Gone.Before.OriginOf(row), name, UndoState.RowGone, Cell(rows.Gone.Before[name], row), Cell(rows.Gone.After[name], row), null);
            }
        }
    }

    static string Name(UndoState state) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    static string? Cell(Column column, int row) => column.IsNull(row) ? null : column.Display(row);
}

/// <summary>One batch of a run, followed from a step to the end.</summary>
/// <param name="FirstRow">Number of its first row among all rows read, 0-based.</param>
/// <param name="Now">The rows that are left.</param>
/// <param name="Here">What the step did to these.</param>
/// <param name="Gone">What it did to rows that later steps took out.</param>
sealed record FollowedRows(long FirstRow, Batch Now, StepCells Here, StepCells Gone);
