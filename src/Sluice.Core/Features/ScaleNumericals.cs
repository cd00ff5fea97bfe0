using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>How a number is brought to a scale.</summary>
public enum ScalingMethod
{
    /// <summary>From the smallest and largest value to <c>range</c>.</summary>
    MinMax,

    /// <summary>Mean 0 and standard deviation 1 (z score).</summary>
    Standard,

    /// <summary>Median 0 and interquartile range 1.</summary>
    Robust,

    /// <summary>Divided by the largest absolute value.</summary>
    MaxAbs,

    /// <summary>ln(1 + x). Nothing is learned.</summary>
    Log1p,

    /// <summary>The share of values below: 0 to 1, evenly spread.</summary>
    Quantile,

    /// <summary>The number of the bin, from 0.</summary>
    Bins,
}

/// <summary>How bins are laid.</summary>
public enum BinStrategy
{
    /// <summary>Equally wide.</summary>
    Uniform,

    /// <summary>Equally full.</summary>
    Quantile,

    /// <summary>As given.</summary>
    Edges,
}

/// <summary>
/// Scales numbers with what it learned from the training set: min-max, standard, robust, max-abs, quantile; or ln(1 + x), or bins. Mean and deviation
/// are exact. Median and quantiles are exact up to 16,384 different values of a column, and beyond within the <c>relative_error</c> that is kept with
/// them. Missing values stay missing; infinite ones are not learned from.
/// </summary>
[Step("scale_numericals", Aliases = ["scale", "normalize"])]
public sealed class ScaleNumericals(ScaleNumericals.Options options) : Step
{
    readonly TrainSet train = new(options.SplitColumn, options.FitOn);
    readonly FittedCache<IReadOnlyDictionary<string, Scale>> learned = new(fitted => fitted.As<Scale[]>().ToDictionary(s => s.Column));

    public sealed record Options
    {
        /// <summary>Number columns to scale. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>
        /// <c>min_max</c>, <c>standard</c> (z score), <c>robust</c> (median and interquartile range), <c>max_abs</c>, <c>log1p</c>, <c>quantile</c> or
        /// <c>bins</c>. A column with one value only becomes 0. Default: standard.
        /// </summary>
        public ScalingMethod Method { get; init; } = ScalingMethod.Standard;

        /// <summary>For min_max: the values that the smallest and the largest become. Default: [0, 1].</summary>
        [MinLength(2)]
        [MaxLength(2)]
        public IReadOnlyList<double> Range { get; init; } = [0, 1];

        /// <summary>For min_max: a value outside of what was learned becomes the nearer end of <c>range</c>. Default: false.</summary>
        public bool Clip { get; init; }

        /// <summary>For quantile: number of landmarks between which the share is interpolated. Default: 1000.</summary>
        [Range(2, 10_000)]
        public int Quantiles { get; init; } = 1000;

        /// <summary>For bins: how many. Equal edges are one, so there can be fewer. Default: 5.</summary>
        [Range(2, 1000)]
        public int Bins { get; init; } = 5;

        /// <summary>For bins: <c>uniform</c> (equally wide), <c>quantile</c> (equally full) or <c>edges</c>. Default: quantile.</summary>
        public BinStrategy BinStrategy { get; init; } = BinStrategy.Quantile;

        /// <summary>For bin_strategy edges: values at which the next bin begins, ascending; n edges make n + 1 bins. Default: none.</summary>
        public IReadOnlyList<double> Edges { get; init; } = [];

        /// <summary>Keeps the scaled columns; results are then called NAME_scaled, or NAME_bin. Default: false.</summary>
        public bool KeepColumns { get; init; }

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    bool Learns => !(options.Method == ScalingMethod.Log1p || (options.Method == ScalingMethod.Bins && options.BinStrategy == BinStrategy.Edges));

    public override TrainSet? LearnsFrom => Learns ? train : null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => Numbers.IsNumber(f.Type), "int64 or float64", "Leave it out, or convert it first with fix_types.");
        train.Plan(input, problems);
        if (options.Range is [var low, var high] && !(double.IsFinite(low) && double.IsFinite(high) && low < high))
        {
            problems.Add("range", $"range is [{low}, {high}]; expected two numbers, the smaller first.");
        }

        var byEdges = options.Method == ScalingMethod.Bins && options.BinStrategy == BinStrategy.Edges;
        if (byEdges != options.Edges.Count > 0 || options.Edges.Zip(options.Edges.Skip(1)).Any(e => !(e.First < e.Second)) || options.Edges.Any(double.IsNaN))
        {
            problems.Add("edges", byEdges
                ? $"edges is [{string.Join(", ", options.Edges)}]; expected numbers in ascending order, at least one."
                : "edges are for method: bins with bin_strategy: edges. Remove them, or choose those.");
        }

        return problems.Items.Count > 0 ? input : options.Columns.Aggregate(input, (schema, name) => FeatureColumns.Plan(schema, name, [Output(name)], options.KeepColumns));
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => FeatureColumns.Needs(input, wanted, options.Columns);

    public override State? NewState(Schema input) =>
        Learns ? new TrainState<ColumnStates<NumberSummary>>(new ColumnStates<NumberSummary>(() => new NumberSummary())) : null;

    public override IReadOnlySet<string>? Observes(Schema input) => train.With(options.Columns, input);

    public override void Observe(Batch batch, State state)
    {
        var seen = (TrainState<ColumnStates<NumberSummary>>)state;
        var rows = seen.Add(batch, train);
        foreach (var name in options.Columns)
        {
            var values = FeatureColumns.Numbers(rows[name]);
            seen.Seen[name].Add(values.ContainsAny(double.PositiveInfinity, double.NegativeInfinity) ? values.ToArray().Where(double.IsFinite).ToArray() : values);
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (TrainState<ColumnStates<NumberSummary>>)state!;
        seen.Require(train, "scale_numericals");
        return Fitted.Of(options.Columns.Select(name => Scale.Of(name, seen.Seen[name], options)).ToArray());
    }

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(options.Columns),
        Writes = StepEffects.Names(options.Columns.Select(name => Output(name).Name).Concat(options.KeepColumns ? [] : options.Columns)),
        KeepsRows = true,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var name in options.Columns)
        {
            var scale = Learns ? learned.Of(fitted)[name] : new Scale(name, 0, 1, options.Edges);
            var values = FeatureColumns.Numbers(batch[name]).ToArray();
            for (var row = 0; row < values.Length; row++)
            {
                var value = values[row];
                values[row] = double.IsNaN(value) ? value : scale.Apply(value, options);
                if (options.Method == ScalingMethod.Log1p && value <= -1)
                {
                    verdicts.Fail(verdicts.Rule("out_of_domain", name), row);
                }
            }

            result = FeatureColumns.Apply(result, name, [(Output(name), options.Method == ScalingMethod.Bins ? Whole(values) : FeatureColumns.Float64(values))], options.KeepColumns);
        }

        return result;
    }

    Field Output(string name) => options.Method == ScalingMethod.Bins
        ? new(options.KeepColumns ? $"{name}_bin" : name, ColumnType.Int64)
        : new(options.KeepColumns ? $"{name}_scaled" : name, ColumnType.Float64);

    static ValueColumn<long> Whole(double[] values)
    {
        var builder = new ValueBuilder<long>(ColumnType.Int64, values.Length);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append((long)value);
            }
        }

        return builder.Build();
    }
}
