using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>What makes a number an outlier.</summary>
public enum OutlierMethod
{
    /// <summary>Further than <c>iqr_multiplier</c> times the interquartile range outside the quartiles (Tukey's fences).</summary>
    Iqr,

    /// <summary>Further than <c>outlier_threshold</c> population standard deviations from the mean.</summary>
    ZScore,

    /// <summary>Not available in this version.</summary>
    IsolationForest,
}

/// <summary>What happens to an outlier.</summary>
public enum OutlierAction
{
    /// <summary>Rejects the row, with the reason <c>outlier</c>.</summary>
    Remove,

    /// <summary>Moves the value to the nearest limit.</summary>
    Clip,

    /// <summary>Makes the value missing.</summary>
    Missing,
}

/// <summary>
/// Finds numbers far from the others of their column; limits are learned from all rows. A column without spread (half of its values equal
/// for iqr, all equal for z_score) has no outliers. Quartiles are exact up to 16,384 different values, and within 1 % beyond.
/// </summary>
[Step("remove_outliers")]
public sealed class RemoveOutliers : Step
{
    readonly Options options;
    readonly ColumnChoice choice;

    public RemoveOutliers(Options options)
        : this(options, strict: true)
    {
    }

    internal RemoveOutliers(Options options, bool strict)
    {
        this.options = options;
        choice = new ColumnChoice(options.Columns, f => Numbers.IsNumber(f.Type), "numbers (int64, float64)", strict);
    }

    public sealed record Options
    {
        /// <summary>Number columns to work on. Default: all of them; name the ones where far values are wrong, and not identifiers.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary><c>iqr</c> or <c>z_score</c>. Default: iqr.</summary>
        public OutlierMethod OutlierMethod { get; init; } = OutlierMethod.Iqr;

        /// <summary>For z_score: limit in standard deviations. Default: 3, which is 0.3 % of a normal distribution; 2 would be 4.6 %.</summary>
        [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
        public double OutlierThreshold { get; init; } = 3;

        /// <summary>For iqr: limit in interquartile ranges beyond the quartiles. Default: 1.5, which is 0.7 % of a normal distribution.</summary>
        [Range(0.0, double.MaxValue)]
        public double IqrMultiplier { get; init; } = 1.5;

        /// <summary><c>remove</c> (rejects the row), <c>clip</c> (to the nearest limit) or <c>missing</c> (empties the cell). Default: remove.</summary>
        public OutlierAction OutlierAction { get; init; } = OutlierAction.Remove;
    }

    /// <summary>Limits of a column, both still inside.</summary>
    public sealed record Limits(string Column, double Low, double High);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (options.OutlierMethod == OutlierMethod.IsolationForest)
        {
            problems.Add("outlier_method", "'isolation_forest' is not in this version. Use iqr or z_score.");
        }

        choice.Plan(input, problems);
        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        options.OutlierAction == OutlierAction.Remove ? wanted.Union(choice.Names(input)).ToHashSet(StringComparer.Ordinal) : wanted;

    public override State? NewState(Schema input) => new ColumnStates<NumberSummary>(() => new NumberSummary());

    public override IReadOnlySet<string>? Observes(Schema input) => choice.PossibleNames(input);

    public override void Observe(Batch batch, State state)
    {
        var columns = (ColumnStates<NumberSummary>)state;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            if (choice.Has(batch.Schema[i]))
            {
                columns[batch.Schema[i].Name].Add(Numbers.Of(batch[i]));
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var columns = (ColumnStates<NumberSummary>)state!;
        return Fitted.Of(columns.Names.Select(name => LimitsOf(name, columns[name])).OfType<Limits>().ToArray());
    }

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

        return reach > 0 && double.IsFinite(low) && double.IsFinite(high) ? new Limits(column, low, high) : null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var limits in fitted.As<Limits[]>())
        {
            var at = batch.Schema.IndexOf(limits.Column);
            if (at < 0 || Outside(Numbers.Of(batch[at]), limits) is not { Count: > 0 } rows)
            {
                continue;
            }

            if (options.OutlierAction == OutlierAction.Remove)
            {
                var rule = verdicts.Rule("outlier", limits.Column, Severity.Medium, rejects: true);
                rows.ForEach(row => verdicts.Fail(rule, row));
                continue;
            }

            result = result.With(batch.Schema[at], options.OutlierAction == OutlierAction.Clip ? Clip(batch[at], limits) : WithNulls(batch[at], rows));
            verdicts.Change("remove_outliers", limits.Column, rows.Count);
        }

        return verdicts.Keep(result);
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
