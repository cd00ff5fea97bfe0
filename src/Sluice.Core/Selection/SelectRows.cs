using System.Buffers.Binary;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>How rows are chosen.</summary>
public enum SelectBy
{
    /// <summary>Always the row that is farthest from those chosen: covers everything, outliers too. For what to label next.</summary>
    KCenter,

    /// <summary>Rows that together are distributed as all rows are. For a test set, or a smaller table that behaves as the large one.</summary>
    KernelPoints,

    /// <summary>Rows that stand for those around them: covers what is common first.</summary>
    FacilityLocation,

    /// <summary>Covers dimensions evenly, two at a time, and avoids repetition: for training on less.</summary>
    Zcore,

    /// <summary>The most typical row of each cluster: for very small budgets.</summary>
    Typicality,

    /// <summary>The rows that stand most alone.</summary>
    Uniqueness,

    /// <summary>The rows nearest to those selected before, or to the mean.</summary>
    Closest,

    /// <summary>The rows farthest from those selected before, or from the mean.</summary>
    Farthest,
}

/// <summary>What becomes of the rows that are not chosen.</summary>
public enum SelectAction
{
    /// <summary>They leave the table.</summary>
    Keep,

    /// <summary>They stay; a column says which rows are chosen.</summary>
    Flag,
}

/// <summary>
/// Chooses the rows that are worth having: representative, and not repeating each other, by what they mean rather than at random. The choice depends on the
/// rows' content, the options and the seed alone, not on the order of the rows or the size of batches.
/// </summary>
[Step("select_rows", Aliases = ["select", "gold_selector"])]
public sealed partial class SelectRows(SelectRows.Options options) : StepOverVectors(options.Features)
{
    public override int DecisionBytes => sizeof(int);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        options.Features.Plan(input, problems);
        PlanBudget(problems);
        for (var i = 0; i < options.StratifyBy.Count; i++)
        {
            problems.Column(input, $"stratify_by[{i}]", options.StratifyBy[i]);
        }

        if (options.SelectedColumn is { } selected && problems.Column(input, "selected_column", selected)
            && input[selected].Type != ColumnType.Boolean && !Schemas.Unify.IsOpen(input[selected]))
        {
            problems.Add("selected_column", $"Column '{selected}' is {input[selected].Type}; expected Boolean: true for rows that are selected already.");
        }

        PlanWeight(input, problems);
        PlanOutput(input, problems, "output_column", options.Action == SelectAction.Flag ? options.OutputColumn : null);
        PlanOutput(input, problems, "rank_column", options.RankColumn);
        return Output(input);
    }

    /// <summary>All columns: rows that differ in any are different rows.</summary>
    public override IReadOnlySet<string>? Observes(Schema input) => null;

    /// <summary>First the stratum, so that its rows lie together; within it, the row. The last bit says that a row is selected already, the 16 before it what it weighs.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var keys = RowHash.Rows(batch.Columns, batch.Rows, unchecked((ulong)options.Seed));
        var strata = options.StratifyBy.Count == 0 ? null : RowHash.Rows([.. options.StratifyBy.Select(name => batch[name])], batch.Rows);
        var weights = options.WeightColumn is { } weight ? Numbers.Of(batch[weight]) : [];
        var selected = options.SelectedColumn is { } name ? (ValueColumn<bool>)batch[name] : null;
        for (var row = 0; row < keys.Length; row++)
        {
            var isSelected = selected is not null && !selected.IsNull(row) && selected.Values[row];
            var content = options.WeightColumn is null ? keys[row].Low & ~1UL : (keys[row].Low & ~Stratum.WeightBits & ~1UL) | Stratum.Bits(weights[row]);
            keys[row] = new RowKey(strata?[row].High ?? 0, content | (isSelected ? 1UL : 0));
        }

        return keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var strata = Stratum.Of(rows, options.StratifyBy.Count > 0);
        if (strata.Count > options.MaxStrata)
        {
            throw new DataException(
                $"select_rows found {strata.Count:N0} different values of {string.Join(", ", options.StratifyBy)}; the limit is max_strata = {options.MaxStrata}. "
                + "Raise max_strata, or stratify by a column with fewer values.");
        }

        var wanted = Budget(strata);
        var ranks = new int[rows.Vectors!.Rows];
        var reports = new List<SelectedStratum>();
        for (var i = 0; i < strata.Count; i++)
        {
            reports.Add(Choose(rows.Vectors.Slice(strata[i].First, strata[i].Count), strata[i], wanted[i], ranks));
        }

        var at = 0;
        foreach (var row in rows)
        {
            if (ranks[at] > 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(decisions.Row(row.Batch, row.Row), ranks[at]);
            }

            at++;
        }

        return new SelectionReport(
            options.Method, options.Seed, rows.Count, reports.Sum(r => r.Before), reports.Sum(r => r.Chosen),
            reports.Count == 1 && options.WeightColumn is null ? reports[0].Radius : null,
            reports.Count == 1 ? reports[0].Coverage : null, strata.Count);
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((SelectionReport)decided!);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var ranks = new long[batch.Rows];
        for (var row = 0; row < ranks.Length; row++)
        {
            ranks[row] = BinaryPrimitives.ReadInt32LittleEndian(fitted.Decisions[(row * sizeof(int))..]);
        }

        if (options.RankColumn is { } name)
        {
            var chosen = Column.NewValidity(batch.Rows);
            for (var row = 0; row < ranks.Length; row++)
            {
                chosen[row >> 6] |= ranks[row] is > 0 and < Anchor ? 1UL << (row & 63) : 0;
            }

            batch = batch.With(new Field(name, ColumnType.Int64), new ValueColumn<long>(ColumnType.Int64, [.. ranks.Select(r => r is > 0 and < Anchor ? r : 0)], chosen));
        }

        if (options.Action == SelectAction.Flag)
        {
            return batch.With(new Field(options.OutputColumn, ColumnType.Boolean, Nullable: false), new ValueColumn<bool>(ColumnType.Boolean, [.. ranks.Select(r => r > 0)]));
        }

        var rule = verdicts.Rule("not_selected", rejects: true);
        for (var row = 0; row < ranks.Length; row++)
        {
            if (ranks[row] == 0)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(batch);
    }
}
