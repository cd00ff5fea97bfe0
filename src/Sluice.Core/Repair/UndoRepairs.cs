using System.Text.Json;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Repair;

/// <summary>
/// Puts back the values that <c>repair_errors</c> changed, as its <c>provenance_column</c> tells: all, or those of single operators or columns. A
/// cell that was changed again since is left, with the reason <c>changed_since_repair</c>.
/// </summary>
[Step("undo_repairs")]
public sealed class UndoRepairs(UndoRepairs.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Column that tells of the repairs. It stays, without what was undone. Default: repairs.</summary>
        public string ProvenanceColumn { get; init; } = "repairs";

        /// <summary>Operators to undo: dependency, slip, rewrite, replacement, label. Default: all.</summary>
        public IReadOnlyList<string> Operators { get; init; } = [];

        /// <summary>Columns to undo. Default: all.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "provenance_column", options.ProvenanceColumn);
        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"columns[{i}]", options.Columns[i]);
        }

        return input;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var column = batch.Text(options.ProvenanceColumn);
        var old = new SortedDictionary<string, Dictionary<int, string?>>(StringComparer.Ordinal);
        var left = new Dictionary<int, string?>();
        for (var row = 0; row < batch.Rows; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            var changes = JsonSerializer.Deserialize<RepairErrors.Change[]>(column[row], StepJson.Options) ?? [];
            var undone = changes.Where(c => Undoes(batch, row, c, verdicts)).ToList();
            foreach (var change in undone)
            {
                (old.TryGetValue(change.Column, out var values) ? values : old[change.Column] = [])[row] = change.Old;
            }

            if (undone.Count > 0)
            {
                left[row] = undone.Count == changes.Length ? null : JsonSerializer.Serialize(changes.Except(undone), StepJson.Options);
            }
        }

        var result = batch;
        foreach (var (name, values) in old)
        {
            result = result.With(batch.Schema[name], CellPatch.Put(batch.Schema[name], batch[name], values));
            verdicts.Change("undo_repairs", name, values.Count);
        }

        return left.Count == 0 ? result : result.With(batch.Schema[options.ProvenanceColumn], CellPatch.Put(batch.Schema[options.ProvenanceColumn], column, left));
    }

    bool Undoes(Batch batch, int row, RepairErrors.Change change, Verdicts verdicts)
    {
        if ((options.Operators.Count > 0 && !options.Operators.Contains(change.Operator))
            || (options.Columns.Count > 0 && !options.Columns.Contains(change.Column)) || !batch.Schema.Has(change.Column))
        {
            return false;
        }

        var field = batch.Schema[change.Column];
        var found = batch[change.Column].IsNull(row) ? null : batch[change.Column].Display(row);
        if (found == change.New || (found is not null && FillValue.Parse(field.Name, field.Type, found) is { } value && value == FillValue.Parse(field.Name, field.Type, change.New)))
        {
            return true;
        }

        verdicts.Fail(verdicts.Rule("changed_since_repair", change.Column, Severity.Low), row);
        return false;
    }
}
