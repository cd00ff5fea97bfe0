using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>A figure of the values of a group.</summary>
public enum GroupFigure
{
    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Smallest value.</summary>
    Min,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>Population standard deviation.</summary>
    Std,

    /// <summary>Number of rows with a value.</summary>
    Count,
}

/// <summary>What a row gets whose group was not learned.</summary>
public enum UnknownGroup
{
    /// <summary>The figure of all rows together.</summary>
    Overall,

    /// <summary>No value.</summary>
    Missing,
}

/// <summary>
/// Adds to each row figures of its group (mean, sum, min, max, standard deviation, count of a number), learned from the training set: the mean price
/// of the row's product, the number of its customer's orders. Sums are exact, so the order of rows changes nothing. A training row's own value is
/// in its group's figures: do not aggregate the target; <c>encode_categoricals</c> with method target leaves it out.
/// </summary>
[Step("group_features", Aliases = ["group_aggregates"])]
public sealed class GroupFeatures(GroupFeatures.Options options) : Step
{
    readonly TrainSet train = new(options.SplitColumn, options.FitOn);
    readonly FittedCache<Known> learned = new(fitted => new Known(fitted.As<LearnedGroups>()));

    public sealed record Options
    {
        /// <summary>Columns whose values together make a group; a missing value is a value of its own. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> GroupBy { get; init; }

        /// <summary>Number columns to take figures of. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary><c>mean</c>, <c>sum</c>, <c>min</c>, <c>max</c>, <c>std</c>, <c>count</c>: each gives a column COLUMN_figure_by_GROUP. Default: mean.</summary>
        [MinLength(1)]
        public IReadOnlyList<GroupFigure> Figures { get; init; } = [GroupFigure.Mean];

        /// <summary>A row whose group was not learned: <c>overall</c> (the figure of all rows) or <c>missing</c>. It is evidence (<c>unknown_group</c>). Default: overall.</summary>
        public UnknownGroup Unknown { get; init; } = UnknownGroup.Overall;

        /// <summary>Most different groups; more are an error. Each takes about a kilobyte of memory for each column. Default: 10000.</summary>
        [Range(1, 1_000_000)]
        public int MaxGroups { get; init; } = 10_000;

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    public override TrainSet? LearnsFrom => train;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(input, problems, "group_by", options.GroupBy, _ => true, "any type", "");
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => Numbers.IsNumber(f.Type) || f.Type == ColumnType.Boolean, "int64, float64 or boolean",
            "Leave it out, or convert it first with fix_types.");
        train.Plan(input, problems);
        if (options.GroupBy.ToList().IndexOf(options.SplitColumn) is var split and >= 0)
        {
            problems.Add($"group_by[{split}]", $"Column '{options.SplitColumn}' is the split: new rows do not have it. Group by another column.");
        }

        return problems.Items.Count > 0 ? input : FeatureColumns.Plan(input, options.GroupBy[0], Outputs(), keep: true);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => FeatureColumns.Needs(input, wanted, options.GroupBy);

    public override IReadOnlySet<string>? Observes(Schema input) => train.With(options.GroupBy.Concat(options.Columns), input);

    public override State? NewState(Schema input) => new TrainState<CategoryStates<ColumnFigures>>(NewGroups());

    public override void Observe(Batch batch, State state)
    {
        var seen = (TrainState<CategoryStates<ColumnFigures>>)state;
        var rows = seen.Add(batch, train);
        var values = options.Columns.Select(name => FeatureColumns.Numbers(rows[name]).ToArray()).ToArray();
        var keys = new GroupKeys(rows, options.GroupBy);
        for (var row = 0; row < rows.Rows; row++)
        {
            seen.Seen.Of(keys.Of(row))?.Add(values, row);
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (TrainState<CategoryStates<ColumnFigures>>)state!;
        seen.Require(train, "group_features");
        if (seen.Seen.IsOver)
        {
            throw new DataException(
                $"There are more than {options.MaxGroups:N0} different groups of {string.Join(", ", options.GroupBy)}, or one of more than "
                + $"{CategoryStates<State>.MaxBytes:N0} bytes; that is max_groups. Raise it, or group by a coarser column.");
        }

        var all = new ColumnFigures(options.Columns.Count);
        var groups = seen.Seen.InOrder().ToList();
        groups.ForEach(group => all.Merge(group.State));
        return Fitted.Of(new LearnedGroups(all.Of(options.Figures), [.. groups.Select(g => Encoding.UTF8.GetString(g.Value))], [.. groups.Select(g => g.State.Of(options.Figures))]));
    }

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(options.GroupBy),
        Writes = StepEffects.Names(Outputs().Select(f => f.Name)),
        KeepsRows = true,
        Cost = 10,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var known = learned.Of(fitted);
        var keys = new GroupKeys(batch, options.GroupBy);
        var outputs = Outputs();
        var values = outputs.Select(_ => new double[batch.Rows]).ToArray();
        for (var row = 0; row < batch.Rows; row++)
        {
            var group = known.Find(keys.Of(row));
            if (group is null)
            {
                verdicts.Fail(verdicts.Rule("unknown_group", options.GroupBy[0]), row);
                group = options.Unknown == UnknownGroup.Overall ? known.Overall : null;
            }

            for (var i = 0; i < values.Length; i++)
            {
                values[i][row] = group is null ? double.NaN : group[i];
            }
        }

        return FeatureColumns.Apply(batch, options.GroupBy[0], [.. outputs.Zip(values, (f, v) => (f, (Column)FeatureColumns.Float64(v)))], keep: true);
    }

    CategoryStates<ColumnFigures> NewGroups() => new(options.MaxGroups, () => new ColumnFigures(options.Columns.Count));

    Field[] Outputs() =>
    [
        .. options.Columns.SelectMany(column => options.Figures.Select(figure =>
            new Field($"{column}_{figure.ToString().ToLowerInvariant()}_by_{string.Join('_', options.GroupBy)}", ColumnType.Float64))),
    ];

    sealed class Known
    {
        readonly ByteTable table = new();
        readonly double[][] figures;

        public Known(LearnedGroups groups)
        {
            (Overall, figures) = (groups.Overall, groups.Figures);
            foreach (var group in groups.Groups)
            {
                table.Add(Encoding.UTF8.GetBytes(group));
            }
        }

        public double[] Overall { get; }

        public double[]? Find(ReadOnlySpan<byte> key) => table.Find(key) is var at and >= 0 ? figures[at] : null;
    }
}

/// <summary>Figures by column and then figure: of all rows, and of each group. A group is named by its values, each with its length before it; - is missing.</summary>
sealed record LearnedGroups(double[] Overall, string[] Groups, double[][] Figures);

/// <summary>The bytes that name a row's group.</summary>
sealed class GroupKeys(Batch rows, IReadOnlyList<string> columns)
{
    readonly Column[] keys = [.. columns.Select(name => rows[name])];
    readonly byte[] scratch = new byte[CellText.MaxLength];
    byte[] key = new byte[256];

    public ReadOnlySpan<byte> Of(int row)
    {
        var used = 0;
        foreach (var column in keys)
        {
            var there = FeatureColumns.TryCategory(column, row, scratch, out var value);
            if (key.Length < used + value.Length + 16)
            {
                Array.Resize(ref key, (used + value.Length + 16) * 2);
            }

            if (!there)
            {
                key[used++] = (byte)'-';
                continue;
            }

            value.Length.TryFormat(key.AsSpan(used), out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
            used += digits;
            key[used++] = (byte)':';
            value.CopyTo(key.AsSpan(used));
            used += value.Length;
        }

        return key.AsSpan(0, used);
    }
}

/// <summary>Exact figures of some columns over the rows of a group.</summary>
sealed class ColumnFigures(int columns) : State
{
    readonly long[] counts = new long[columns];
    readonly double[] least = Filled(columns, double.PositiveInfinity), most = Filled(columns, double.NegativeInfinity);
    readonly ExactSum?[] sums = new ExactSum?[columns], squares = new ExactSum?[columns];

    public void Add(double[][] values, int row)
    {
        for (var i = 0; i < columns; i++)
        {
            Add(i, values[i][row]);
        }
    }

    /// <summary>Adds one value; one that is not finite is left out.</summary>
    public void Add(int column, double value)
    {
        if (double.IsFinite(value))
        {
            counts[column]++;
            (least[column], most[column]) = (Math.Min(least[column], value), Math.Max(most[column], value));
            (sums[column] ??= new ExactSum()).Add(value);
            (squares[column] ??= new ExactSum()).AddSquare(value);
        }
    }

    public double Of(int column, GroupFigure figure) => Figure(column, figure);

    /// <summary>By column and then figure; NaN where there is no value.</summary>
    public double[] Of(IReadOnlyList<GroupFigure> figures) => [.. Enumerable.Range(0, columns).SelectMany(i => figures.Select(figure => Figure(i, figure)))];

    public override void Merge(State other)
    {
        var theirs = (ColumnFigures)other;
        for (var i = 0; i < columns; i++)
        {
            if (theirs.counts[i] > 0)
            {
                counts[i] += theirs.counts[i];
                (least[i], most[i]) = (Math.Min(least[i], theirs.least[i]), Math.Max(most[i], theirs.most[i]));
                (sums[i] ??= new ExactSum()).Add(theirs.sums[i]!);
                (squares[i] ??= new ExactSum()).Add(theirs.squares[i]!);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        for (var i = 0; i < columns; i++)
        {
            writer.Write7BitEncodedInt64(counts[i]);
            if (counts[i] > 0)
            {
                writer.Write(least[i]);
                writer.Write(most[i]);
                sums[i]!.Write(writer);
                squares[i]!.Write(writer);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var i = 0; i < columns; i++)
        {
            counts[i] = reader.Read7BitEncodedInt64();
            if (counts[i] > 0)
            {
                (least[i], most[i]) = (reader.ReadDouble(), reader.ReadDouble());
                (sums[i] = new ExactSum()).Read(reader);
                (squares[i] = new ExactSum()).Read(reader);
            }
        }
    }

    double Figure(int column, GroupFigure figure) => (figure, counts[column]) switch
    {
        (GroupFigure.Count, var count) => count,
        (_, 0) => double.NaN,
        (GroupFigure.Mean, var count) => sums[column]!.Value / count,
        (GroupFigure.Sum, _) => sums[column]!.Value,
        (GroupFigure.Min, _) => least[column],
        (GroupFigure.Max, _) => most[column],
        (_, var count) => ExactSum.Deviation(sums[column]!, squares[column]!, count),
    };

    static double[] Filled(int count, double value)
    {
        var values = new double[count];
        Array.Fill(values, value);
        return values;
    }
}
