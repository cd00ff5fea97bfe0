using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Repair;

/// <summary>
/// Takes back what one step before it did to cells: each has its old value again, unless a later step changed it since (reason <c>changed_since</c>) or its column has another
/// type now (<c>other_type</c>). Rows that the step took out stay out, and columns that it made stay: leave the step out of the pipeline for those.
/// </summary>
[Step("undo_changes")]
public sealed class UndoChanges(UndoChanges.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Id of the step to undo, as <c>sluice changes</c> shows it: <c>fill</c>, <c>clean/0:strip_whitespace</c>; of a group, all its operations.</summary>
        [Required(AllowEmptyStrings = false)]
        public required string Step { get; init; }

        /// <summary>Columns to undo. Default: all.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];
    }

    readonly StepCells? cells;

    UndoChanges(Options options, StepCells cells)
        : this(options) => this.cells = cells;

    /// <summary>Id of the step that is undone.</summary>
    internal string Target => options.Step;

    // It undoes what was done to the rows of a run; a new row has no such past.
    public override Step? ForNewRows => null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"columns[{i}]", options.Columns[i]);
        }

        // A cell that was filled is missing again.
        return new Schema(input.Select(f => Means(f.Name) ? f with { Nullable = true } : f));
    }

    /// <summary>The step with the cells of one batch.</summary>
    internal UndoChanges On(StepCells changed) => new(options, changed);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (cells is null || cells.After.Rows != batch.Rows)
        {
            throw new InvalidOperationException($"undo_changes was not given what step '{options.Step}' did to these {batch.Rows} rows; a run gives it.");
        }

        var result = new Batch(Plan(batch.Schema, new StepProblems()), batch.Columns, batch.Rows, batch.Origin);
        foreach (var name in cells.Columns.Where(n => Means(n) && batch.Schema.Has(n)))
        {
            var back = new List<int>();
            foreach (var (row, state) in cells.Judge(name, batch))
            {
                if (state == UndoState.Undoable)
                {
                    back.Add(row);
                }
                else if (state is UndoState.ChangedSince or UndoState.OtherType)
                {
                    verdicts.Fail(verdicts.Rule(state == UndoState.OtherType ? "other_type" : "changed_since", name, Severity.Low), row);
                }
            }

            if (back.Count > 0)
            {
                result = result.With(result.Schema[name], Put(batch[name], cells.Before[name], back));
                verdicts.Change("undo", name, back.Count);
            }
        }

        return result;
    }

    bool Means(string column) => options.Columns.Count == 0 || options.Columns.Contains(column);

    static Column Put(Column now, Column before, List<int> back)
    {
        int[] rows = [.. Enumerable.Range(0, now.Rows)];
        foreach (var row in back)
        {
            rows[row] += now.Rows;
        }

        return now.Concat([now, before], now.Rows * 2).Take(rows);
    }
}
