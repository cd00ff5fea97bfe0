using System.Text;
using Sluice.Schemas;
using Sluice.Splits.Units;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Splits;

/// <summary>
/// Puts every row into one set, whose name is in a new column. Equal rows are always in the same set, so that a model is never tested on a row that it
/// was trained on, and the set of a row depends on its content and the seed alone, not on the order of the rows or the size of batches.
/// Sets have exactly the rows they should, except where equal rows, groups or times must stay together; the report has the deviation. Near-duplicates, shared values
/// of several columns and variants of one row can be kept together too, all at once.
/// </summary>
[Step("split", Aliases = ["train_test_split"])]
public sealed partial class Split(Split.Options options) : Step
{
    readonly SplitSets sets = new(options);
    readonly NearTexts? nearTexts = options.NearDuplicates is { } near ? new NearTexts(near) : null;
    readonly byte[][] names = [.. new SplitSets(options).Names.Select(Encoding.UTF8.GetBytes)];

    internal Options Given => options;

    public override bool IsKeyed => true;

    /// <summary>Column that it writes the name of each row's set to.</summary>
    public string OutputColumn => options.OutputColumn;

    /// <summary>Names of its sets.</summary>
    public IReadOnlyList<string> SetNames => sets.Names;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        sets.Plan(problems);
        PlanColumns(input, problems);
        if (string.IsNullOrWhiteSpace(options.OutputColumn))
        {
            problems.Add("output_column", "The output column has no name. Give it one, for example split.");
        }
        else if (input.Has(options.OutputColumn))
        {
            problems.Add("output_column", $"Column '{options.OutputColumn}' is already there. Choose another output_column, or remove that column before the split.");
        }

        PlanUnits(input, problems);
        return input.With(Output);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Where(name => name != options.OutputColumn).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) =>
        ByUnits || options.Strategy is SplitStrategy.Random or SplitStrategy.Stratified ? null : Columns.ToHashSet(StringComparer.Ordinal);

    public override State? NewState(Schema input) =>
        ByUnits ? NewUnitState(input) : options.Strategy == SplitStrategy.Stratified ? new StratumNames(options.MaxStrata) : null;

    public override void Observe(Batch batch, State state)
    {
        if (state is SplitState own)
        {
            ObserveUnits(batch, own);
            return;
        }

        var columns = Chosen(batch);
        ((StratumNames)state).Observe(columns, Hash(columns, batch.Rows));
    }

    public override RowKey[] Keys(Batch batch) => ByUnits ? UnitKeys.Of(batch, options, Strata(batch), nearTexts?.Ids(batch)) : options.Strategy switch
    {
        SplitStrategy.Random => Hash(batch.Columns, batch.Rows),
        SplitStrategy.Stratified => StratifiedKeys(batch),
        SplitStrategy.Group => Hash(Chosen(batch), batch.Rows),
        _ => TimeKeys.Of(Columns[0], batch[Columns[0]]),
    };

    public override byte[] Fit(State? state, object? decided)
    {
        var (report, strata) = (Decided)decided!;
        var names = state as StratumNames ?? (state as SplitState)?.Names;
        return Fitted.Of(names is not null && strata is not null ? WithDeviation(strata.AddTo(report, names), strata) : report);
    }

    /// <summary>Apply names the sets that were decided for the batch's own rows; how many rows other batches have is nothing to it.</summary>
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch.With(Output, SetColumn.Of(names, fitted.Decisions, batch.Rows));

    string[] Columns => options.Column is { } one ? [one, .. options.Columns] : [.. options.Columns];

    string ColumnWords => string.Join(", ", Columns.Select(name => $"'{name}'"));

    Field Output => new(options.OutputColumn, ColumnType.Text, Nullable: false);

    Column[] Chosen(Batch batch) => [.. Columns.Select(name => batch[name])];

    RowKey[] Hash(IReadOnlyList<Column> columns, int rows) => RowHash.Rows(columns, rows, unchecked((ulong)options.Seed));

    /// <summary>First the stratum, so that its rows lie together; within it, the row.</summary>
    RowKey[] StratifiedKeys(Batch batch)
    {
        var keys = Hash(batch.Columns, batch.Rows);
        var strata = Hash(Chosen(batch), batch.Rows);
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = new RowKey(strata[row].High, keys[row].Low);
        }

        return keys;
    }

    void PlanColumns(Schema input, StepProblems problems)
    {
        var columns = Columns;
        var strategy = Words(options.Strategy);
        var path = options.Column is null && options.Columns.Count > 0 ? "columns" : "column";
        if (options.Strategy == SplitStrategy.Random)
        {
            if (columns.Length > 0)
            {
                problems.Add(path, $"Strategy random uses no column, but {path} is {ColumnWords}. Remove it, or choose the strategy stratified, group or time.");
            }

            return;
        }

        if (columns.Length == 0 && !ByVectors)
        {
            problems.Add("column", $"Strategy {strategy} needs a column; it has: {input.Names}. Give column.");
        }
        else if (options.Column is not null && options.Columns.Count > 0)
        {
            problems.Add("columns", "Both column and columns are given. Keep one of them.");
        }
        else if (options.Strategy == SplitStrategy.Time && columns.Length > 1)
        {
            problems.Add("columns", $"Strategy time orders by one column, found {columns.Length}: {ColumnWords}. Give the one with the time as column.");
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var place = options.Column is not null && i == 0 ? "column" : $"columns[{i - (options.Column is null ? 0 : 1)}]";
            if (problems.Column(input, place, columns[i]) && options.Strategy == SplitStrategy.Time && !Unify.IsOpen(input[columns[i]])
                && TimeKeys.Refusal(columns[i], input[columns[i]].Type) is { } refusal)
            {
                problems.Add(place, refusal);
            }
        }
    }
}
