using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Outliers;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>What makes a number an outlier.</summary>
public enum OutlierMethod
{
    /// <summary>Further than <c>iqr_multiplier</c> times the interquartile range outside the quartiles (Tukey's fences).</summary>
    Iqr,

    /// <summary>Further than <c>outlier_threshold</c> population standard deviations from the mean.</summary>
    ZScore,

    /// <summary>Further than <c>outlier_threshold</c> robust deviations (1.4826 median absolute deviations) from the median.</summary>
    RobustZ,

    /// <summary>Rows that random splits of the number columns isolate early (isolation forest).</summary>
    IsolationForest,

    /// <summary>Rows far from their nearest neighbours over all number columns.</summary>
    Knn,

    /// <summary>Rows in a place much sparser than that of their neighbours (local outlier factor).</summary>
    Lof,
}

/// <summary>What happens to an outlier.</summary>
public enum OutlierAction
{
    /// <summary>Rejects the row, with the reason <c>outlier</c>.</summary>
    Remove,

    /// <summary>Keeps the row, with evidence.</summary>
    Flag,

    /// <summary>Moves the value to the nearest limit. Not for methods that judge whole rows.</summary>
    Clip,

    /// <summary>Makes the value missing. Not for methods that judge whole rows.</summary>
    Missing,
}

/// <summary>
/// Finds numbers far from the others of their column (iqr, z_score, robust_z) or rows far from the others (isolation_forest, knn, lof);
/// limits are learned from the training set, or from all rows where there are no sets, and hold for every row. A column without spread (half of its values equal for iqr and robust_z, all equal for z_score) has
/// no outliers. Quantiles are exact up to 16,384 different values, and within 1 % beyond. The methods for rows learn from 2,048 different
/// rows that their content picks, so the result does not depend on the order of rows or on batches. The same limits find nothing more in what they left;
/// a second such step may, because without the farthest values its limits are narrower.
/// </summary>
[Step("remove_outliers")]
public sealed partial class RemoveOutliers : Step
{
    readonly Options options;
    readonly ColumnChoice choice;
    readonly TrainSet train;

    public RemoveOutliers(Options options)
        : this(options, strict: true)
    {
    }

    internal RemoveOutliers(Options options, bool strict)
    {
        this.options = options;
        train = new TrainSet(options.SplitColumn, options.FitOn);
        choice = new ColumnChoice(options.Columns, f => Numbers.IsNumber(f.Type), "numbers (int64, float64)", strict);
    }

    public sealed record Options
    {
        /// <summary>Number columns to work on. Default: all of them (for rows, without identifiers); name the ones where far values are wrong.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>By column: <c>iqr</c>, <c>z_score</c>, <c>robust_z</c>. By row: <c>isolation_forest</c>, <c>knn</c>, <c>lof</c>. Default: iqr.</summary>
        public OutlierMethod OutlierMethod { get; init; } = OutlierMethod.Iqr;

        /// <summary>For z_score and robust_z: limit in standard deviations. Default: 3, which is 0.3 % of a normal distribution; 2 would be 4.6 %.</summary>
        [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
        public double OutlierThreshold { get; init; } = 3;

        /// <summary>For iqr: limit in interquartile ranges beyond the quartiles. Default: 1.5, which is 0.7 % of a normal distribution.</summary>
        [Range(0.0, double.MaxValue)]
        public double IqrMultiplier { get; init; } = 1.5;

        /// <summary>By row: share of the rows to find, 0 to 0.5. Default: those beyond Tukey's outer fence of the scores, few or none where nothing stands out.</summary>
        [Range(0.0, 0.5, MinimumIsExclusive = true)]
        public double? OutlierShare { get; init; }

        /// <summary>For knn and lof: neighbours to look at. Default: 0, a tenth of the rows that were learned from, 10 to 100.</summary>
        [Range(0, RowOutlierState.MaxSampleRows)]
        public int Neighbours { get; init; }

        /// <summary>For isolation_forest: number of trees. Default: 500.</summary>
        [Range(1, 1_000)]
        public int Trees { get; init; } = IsolationForest.DefaultTrees;

        /// <summary>For isolation_forest: another number gives another forest. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary><c>remove</c> (rejects the row), <c>flag</c> (keeps it, with evidence), <c>clip</c> (to the nearest limit) or <c>missing</c> (empties the cell). Default: remove.</summary>
        public OutlierAction OutlierAction { get; init; } = OutlierAction.Remove;

        /// <summary>Column to add with each row's score: above 1 it is an outlier. By column, the largest distance from the middle, as a share of the limit's. Default: none.</summary>
        public string? ScoreColumn { get; init; }

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    /// <summary>Limits of a column, both still inside.</summary>
    public sealed record Limits(string Column, double Low, double High);

    bool JudgesRows => options.OutlierMethod is OutlierMethod.IsolationForest or OutlierMethod.Knn or OutlierMethod.Lof;

    public override int CodeVersion => 2;

    public override bool IsPassive => options.OutlierAction == OutlierAction.Flag && options.ScoreColumn is null;

    // What is only flagged changes no row, so nothing can leak.
    public override bool Cleans => !IsPassive;

    public override TrainSet? LearnsFrom => IsPassive ? null : train;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (JudgesRows && options.OutlierAction is OutlierAction.Clip or OutlierAction.Missing)
        {
            problems.Add(
                "outlier_action",
                $"'{Word(options.OutlierAction)}' changes a cell, and '{Word(options.OutlierMethod)}' judges whole rows. Use remove or flag, or a method by column: iqr, z_score, robust_z.");
        }

        if (options.ScoreColumn is { } name && (name.Length == 0 || input.Has(name)))
        {
            problems.Add("score_column", name.Length == 0 ? "The name is empty. Give one, or leave it out." : $"Column '{name}' exists already. Choose a name that the table does not have.");
            return input;
        }

        choice.Plan(input, problems);
        train.Plan(input, problems);
        return options.ScoreColumn is null ? input : input.With(ScoreField);
    }

    Field ScoreField => new(options.ScoreColumn!, ColumnType.Float64, Nullable: false);

    static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        options.OutlierAction is OutlierAction.Remove || JudgesRows || wanted.Contains(options.ScoreColumn ?? "")
            ? wanted.Where(input.Has).Union(choice.Names(input)).ToHashSet(StringComparer.Ordinal)
            : wanted;

    public override State? NewState(Schema input) => JudgesRows
        ? new TrainState<RowOutlierState>(new RowOutlierState())
        : new NumbersSeen();

    public override IReadOnlySet<string>? Observes(Schema input) => train.With(choice.PossibleNames(input), input);

    public override void Observe(Batch batch, State state)
    {
        string[] names = [.. batch.Schema.Where(choice.Has).Select(f => f.Name)];
        if (state is TrainState<RowOutlierState> rows)
        {
            rows.Seen.Observe(rows.Add(batch, train), names);
            return;
        }

        ((NumbersSeen)state).Add(batch, train, names);
    }

    public override byte[] Fit(State? state, object? decided)
    {
        if (state is TrainState<RowOutlierState> rows)
        {
            rows.Require(train, "remove_outliers");
            return Fitted.Of(RowOutliers.Fit(rows.Seen, options));
        }

        var columns = (NumbersSeen)state!;
        columns.Training.Require(train, "remove_outliers");
        return Fitted.Of(columns.Training.Seen.Names.Select(name => LimitsOf(name, columns.Training.Seen[name])).OfType<Limits>().ToArray());
    }

    /// <summary>
    /// Limits that no row is beyond decide nothing. Those of a column of numbers that run on move with every row that comes or goes, and all batches would be applied again.
    /// </summary>
    public override string ApplyKey(Fitted fitted, State? state) => state is NumbersSeen seen && options.ScoreColumn is null
        ? Encoding.UTF8.GetString(Fitted.Of(fitted.As<Limits[]>().Where(l => seen.All[l.Column].Least < l.Low || seen.All[l.Column].Greatest > l.High).ToArray()))
        : base.ApplyKey(fitted, state);

    Limits? LimitsOf(string column, NumberSummary numbers)
    {
        var (center, reach) = (numbers.Mean, numbers.Deviation * options.OutlierThreshold);
        var (low, high) = (center - reach, center + reach);
        if (options.OutlierMethod == OutlierMethod.Iqr)
        {
            var (first, third) = (numbers.Values.Quantile(0.25), numbers.Values.Quantile(0.75));
            reach = third - first;
            (low, high) = (first - (reach * options.IqrMultiplier), third + (reach * options.IqrMultiplier));
        }
        else if (options.OutlierMethod == OutlierMethod.RobustZ)
        {
            // 1.4826 makes the median absolute deviation that of a normal distribution.
            (center, reach) = (numbers.Values.Quantile(0.5), 1.4826 * numbers.Values.MedianDeviation() * options.OutlierThreshold);
            (low, high) = (center - reach, center + reach);
        }

        return reach > 0 && double.IsFinite(low) && double.IsFinite(high) ? new Limits(column, low, high) : null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) =>
        JudgesRows ? ApplyToRows(batch, fitted.As<RowOutliers>(), verdicts) : ApplyToColumns(batch, fitted.As<Limits[]>(), verdicts);

    Batch ApplyToColumns(Batch batch, Limits[] all, Verdicts verdicts)
    {
        var result = batch;
        var scores = options.ScoreColumn is null ? null : new double[batch.Rows];
        foreach (var limits in all)
        {
            var at = batch.Schema.IndexOf(limits.Column);
            if (at < 0)
            {
                continue;
            }

            Score(Numbers.Of(batch[at]), limits, scores);
            if (Outside(Numbers.Of(batch[at]), limits) is not { Count: > 0 } rows)
            {
                continue;
            }

            if (options.OutlierAction is OutlierAction.Remove or OutlierAction.Flag)
            {
                Fail(verdicts, limits.Column, rows);
                continue;
            }

            result = result.With(batch.Schema[at], options.OutlierAction == OutlierAction.Clip ? Clip(batch[at], limits) : WithNulls(batch[at], rows));
            verdicts.Change("remove_outliers", limits.Column, rows.Count);
        }

        return verdicts.Keep(WithScores(result, scores));
    }

    Batch ApplyToRows(Batch batch, RowOutliers model, Verdicts verdicts)
    {
        var scores = model.Score(batch);
        Fail(verdicts, null, [.. Enumerable.Range(0, batch.Rows).Where(row => scores[row] > model.Limit)]);
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = model.Limit > 0 && double.IsFinite(model.Limit) ? scores[row] / model.Limit : scores[row];
        }

        return verdicts.Keep(WithScores(batch, scores));
    }

    void Fail(Verdicts verdicts, string? column, List<int> rows)
    {
        if (rows.Count > 0)
        {
            var rule = verdicts.Rule("outlier", column, Severity.Medium, rejects: options.OutlierAction == OutlierAction.Remove);
            rows.ForEach(row => verdicts.Fail(rule, row));
        }
    }

    Batch WithScores(Batch batch, double[]? scores) =>
        options.ScoreColumn is null || scores is null ? batch : batch.With(ScoreField, new ValueColumn<double>(ColumnType.Float64, scores));

    static void Score(ReadOnlySpan<double> numbers, Limits limits, double[]? scores)
    {
        if (scores is not null)
        {
            var (center, reach) = ((limits.Low / 2) + (limits.High / 2), (limits.High / 2) - (limits.Low / 2));
            for (var row = 0; row < numbers.Length; row++)
            {
                // NaN is missing, and no distance.
                var score = Math.Abs(numbers[row] - center) / reach;
                scores[row] = score > scores[row] ? score : scores[row];
            }
        }
    }

    static List<int> Outside(ReadOnlySpan<double> numbers, Limits limits)
    {
        var rows = new List<int>();
        for (var row = 0; row < numbers.Length; row++)
        {
            // NaN is missing and compares as neither.
            if (numbers[row] < limits.Low || numbers[row] > limits.High)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    static Column Clip(Column column, Limits limits)
    {
        if (column is ValueColumn<long> integers)
        {
            var (low, high) = ((long)Math.Ceiling(limits.Low), (long)Math.Floor(limits.High));
            return new ValueColumn<long>(column.Type, Map(integers, v => low > high ? v : Math.Clamp(v, low, high)), column.Validity);
        }

        return new ValueColumn<double>(column.Type, Map((ValueColumn<double>)column, v => Math.Clamp(v, limits.Low, limits.High)), column.Validity);
    }

    // A missing row keeps its default value, so that equal columns have equal bytes.
    static T[] Map<T>(ValueColumn<T> column, Func<T, T> map)
        where T : unmanaged
    {
        var values = column.Values.ToArray();
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = column.IsNull(row) ? default : map(values[row]);
        }

        return values;
    }

    static Column WithNulls(Column column, List<int> rows) => column is ValueColumn<long> integers
        ? ValueColumns.WithNulls(integers, rows)
        : ValueColumns.WithNulls((ValueColumn<double>)column, rows);
}
