using System.Globalization;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Folding;

/// <summary>One column of folds: a split into sets of equal size, which are numbered.</summary>
public sealed class Folds(CrossValidation.Options options) : Step
{
    readonly Split split = new(Equal(options));

    /// <summary>What this column is made by, as the run records it.</summary>
    /// <param name="Folds">Options of the step, with those of this repeat.</param>
    public sealed record Options(CrossValidation.Options Folds);

    public Options Shown => new(options);

    public override bool IsKeyed => true;

    public override bool DecidesWithState => split.DecidesWithState;

    bool IsPurged => options.Strategy == FoldStrategy.Time && (options.Purge > 0 || options.Embargo > 0);

    string PurgedColumn => options.OutputColumn + "_purged";

    public override Schema Plan(Schema input, StepProblems problems)
    {
        split.Plan(input, problems);
        PlanOptions(problems);
        if (IsPurged && input.Has(PurgedColumn))
        {
            problems.Add("output_column", $"Column '{PurgedColumn}' is already there. Choose another output_column, or remove that column before.");
        }

        var output = input.With(new Field(options.OutputColumn, ColumnType.Int64, Nullable: false));
        return IsPurged ? output.With(new Field(PurgedColumn, ColumnType.Text)) : output;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Where(name => name != options.OutputColumn && name != PurgedColumn)
            .Concat(IsPurged ? CrossValidation.Chosen(options) : []).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => split.Observes(input);

    public override State? NewState(Schema input) => split.NewState(input);

    public override void Observe(Batch batch, State state) => split.Observe(batch, state);

    public override RowKey[] Keys(Batch batch) => split.Keys(batch);

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        if (options.Strategy == FoldStrategy.LeaveOneGroupOut)
        {
            return new Decided(null, EachGroup(rows, decisions), null);
        }

        var decided = split.Decide(rows, decisions);
        return new Decided(decided, null, IsPurged ? FoldTimes.Of(rows, decisions, options.NSplits) : null);
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var (ofSplit, groups, times) = (Decided)decided!;
        var report = groups ?? new Fitted(split.Fit(state, ofSplit)).As<SplitReport>();
        return Fitted.Of(new Learned(report, times));
    }

    public override string ApplyKey(Fitted fitted) => fitted.As<Learned>().Times is { } times ? System.Text.Encoding.UTF8.GetString(Fitted.Of(times)) : "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var folds = new long[batch.Rows];
        for (var row = 0; row < folds.Length; row++)
        {
            folds[row] = fitted.Decisions[row] > 0
                ? fitted.Decisions[row]
                : throw new InvalidOperationException($"Row {row} of the batch was placed in no fold.");
        }

        var result = batch.With(new Field(options.OutputColumn, ColumnType.Int64, Nullable: false), new ValueColumn<long>(ColumnType.Int64, folds));
        if (!IsPurged)
        {
            return result;
        }

        var times = batch[CrossValidation.Chosen(options)[0]];
        return result.With(new Field(PurgedColumn, ColumnType.Text), fitted.As<Learned>().Times!.Purged(times, folds, options.Purge, options.Embargo));
    }

    void PlanOptions(StepProblems problems)
    {
        if (options.Strategy != FoldStrategy.Time && (options.Purge > 0 || options.Embargo > 0))
        {
            problems.Add(options.Purge > 0 ? "purge" : "embargo", "Only strategy time has a before and after to purge. Remove it, or choose the strategy time.");
        }

        if (options.Strategy == FoldStrategy.Time && options.InnerSplits > 0)
        {
            problems.Add("inner_splits", "Inner folds would mix the times within a block. Remove inner_splits, or run cross_validation again on each block.");
        }

        if (options.Strategy == FoldStrategy.LeaveOneGroupOut && (options.NearDuplicates is not null || options.Together.Count > 0 || options.Parent is not null))
        {
            problems.Add("strategy", "leave_one_group_out makes each group a fold, so rows cannot stay together across groups. Choose the strategy group.");
        }
    }

    SplitReport EachGroup(KeyedRows rows, Decisions decisions)
    {
        var sizes = new List<long>();
        Ties.Place(rows, decisions, (_, size) =>
        {
            sizes.Add(size);
            return sizes.Count <= SplitSets.Max ? sizes.Count - 1 : throw new DataException(
                $"cross_validation found more than {SplitSets.Max} groups to leave out one by one; expected 2 to {SplitSets.Max}. Choose the strategy group.");
        });
        if (sizes.Count < 2)
        {
            throw new DataException($"cross_validation found {sizes.Count} groups to leave out one by one; expected at least 2. Name another column.");
        }

        var check = new LeakCheck(rows, decisions, sizes.Count);
        var sets = sizes.Select((size, i) => new SplitSet(Number(i + 1), check.Rows[i], (double)check.Rows[i] / rows.Count, size, check.Rows[i] - size));
        return new SplitReport(
            SplitStrategy.Group, options.RandomState, [.. sets], new SplitGroups(sizes.Count, sizes.Max(), [.. sizes.Select(_ => 1L)]), null, null,
            new SplitCertificate("equal values of the columns (128-bit hash)", check.Keys, check.Crossing, check.Crossing));
    }

    static Split.Options Equal(CrossValidation.Options options)
    {
        var names = Enumerable.Range(1, options.NSplits).Select(Number).ToArray();
        return new Split.Options
        {
            Strategy = options.Strategy switch
            {
                FoldStrategy.Random => SplitStrategy.Random,
                FoldStrategy.Stratified => SplitStrategy.Stratified,
                FoldStrategy.MultiLabel => SplitStrategy.MultiLabel,
                FoldStrategy.Time => SplitStrategy.Time,
                _ => SplitStrategy.Group,
            },
            Column = options.Column,
            Columns = options.Columns,
            Ratios = names.ToDictionary(name => name, _ => 1.0 / options.NSplits),
            Order = names,
            Seed = options.RandomState,
            OutputColumn = options.OutputColumn,
            NearDuplicates = options.NearDuplicates,
            Together = options.Together,
            Parent = options.Parent,
            Id = options.Id,
            LabelSeparator = options.LabelSeparator,
        };
    }

    static string Number(int fold) => fold.ToString(CultureInfo.InvariantCulture);

    sealed record Decided(object? OfSplit, SplitReport? Groups, FoldTimes? Times);

    /// <summary>What was learned.</summary>
    /// <param name="Report">The folds, as a split reports its sets.</param>
    /// <param name="Times">Where the folds begin and end; null unless rows near a border are named.</param>
    internal sealed record Learned(SplitReport Report, FoldTimes? Times);
}
