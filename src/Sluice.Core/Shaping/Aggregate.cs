using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Features;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>A figure of a group.</summary>
public enum AggregateFunction
{
    /// <summary>Rows with a value; with no column, all rows.</summary>
    Count,

    /// <summary>Sum, exact and rounded once.</summary>
    Sum,

    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Smallest number.</summary>
    Min,

    /// <summary>Largest number.</summary>
    Max,

    /// <summary>Population standard deviation.</summary>
    Std,

    /// <summary>Different values, exact.</summary>
    Distinct,
}

/// <summary>
/// Makes one row of every group: its keys and figures of its other columns. The group's first row stays and becomes it, the others are rejected as
/// <c>aggregated</c>; groups come out in the order of their first rows. Sums are exact, so the order of rows changes nothing.
/// </summary>
[Step("aggregate", Aliases = ["group_by"])]
public sealed class Aggregate(Aggregate.Options options) : Step
{
    const byte First = 1;
    readonly FittedCache<Known> learned = new(fitted => new Known(fitted.As<Found>()));

    public sealed record Options
    {
        /// <summary>Columns whose values together make a group; a missing value is a value of its own. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> GroupBy { get; init; }

        /// <summary>Figures, each a column that comes out. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<Figure> Figures { get; init; }

        /// <summary>Most different groups; more are an error. Each takes about a kilobyte of memory for each figure. Default: 100000.</summary>
        [Range(1, 1_000_000)]
        public int MaxGroups { get; init; } = 100_000;

        /// <summary>Most different values that <c>distinct</c> counts in one group; more are an error. Default: 100000.</summary>
        [Range(1, 10_000_000)]
        public int MaxDistinct { get; init; } = 100_000;
    }

    /// <summary>One figure.</summary>
    public sealed record Figure
    {
        /// <summary><c>count</c>, <c>sum</c>, <c>mean</c>, <c>min</c>, <c>max</c>, <c>std</c> or <c>distinct</c>.</summary>
        public required AggregateFunction Function { get; init; }

        /// <summary>Column it is taken of; numbers, but for count and distinct. Default: none, which only count can do without.</summary>
        public string? Column { get; init; }

        /// <summary>Name of the column that comes out. Default: COLUMN_function, or count.</summary>
        public string? Name { get; init; }
    }

    /// <summary>Figures of every group, NaN where there is no value.</summary>
    public sealed record Found(IReadOnlyList<string> Groups, IReadOnlyList<double[]> Figures);

    public override bool IsKeyed => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(input, problems, "group_by", options.GroupBy, _ => true, "any type", "");
        for (var i = 0; i < options.Figures.Count; i++)
        {
            CheckFigure(input, options.Figures[i], $"figures[{i}]", problems);
        }

        if (options.GroupBy.Concat(options.Figures.Select(NameOf)).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add("figures", $"Two columns would be called '{twice.Key}'. Give one of the figures a name.");
        }

        return problems.Items.Count > 0 ? input : new Schema(options.GroupBy.Select(name => input[name]).Concat(options.Figures.Select(Output)));
    }

    static void CheckFigure(Schema input, Figure figure, string path, StepProblems problems)
    {
        if (figure.Column is null)
        {
            if (figure.Function != AggregateFunction.Count)
            {
                problems.Add(path, $"{figure.Function.ToString().ToLowerInvariant()} needs a column. Name it with 'column'.");
            }
        }
        else if (problems.Column(input, $"{path}.column", figure.Column)
            && figure.Function is not (AggregateFunction.Count or AggregateFunction.Distinct)
            && input[figure.Column] is var field && !Numbers.IsNumber(field.Type) && field.Type != ColumnType.Boolean && !Unify.IsOpen(field))
        {
            problems.Add(
                $"{path}.column", $"Column '{field.Name}' is {field.Type.ToString().ToLowerInvariant()}; expected int64, float64 or boolean. Convert it first with fix_types.");
        }
    }

    static string NameOf(Figure figure) => figure.Name ?? (figure.Column is null ? "count" : $"{figure.Column}_{figure.Function.ToString().ToLowerInvariant()}");

    static Field Output(Figure figure) => IsCount(figure) ? new(NameOf(figure), ColumnType.Int64, false) : new(NameOf(figure), ColumnType.Float64);

    static bool IsCount(Figure figure) => figure.Function is AggregateFunction.Count or AggregateFunction.Distinct;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(options.GroupBy);

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.GroupBy.Concat(options.Figures.Select(f => f.Column).OfType<string>()));

    public override RowKey[] Keys(Batch batch)
    {
        var groups = new GroupKeys(batch, options.GroupBy);
        var keys = new RowKey[batch.Rows];
        for (var row = 0; row < keys.Length; row++)
        {
            var name = groups.Of(row);
            keys[row] = new RowKey(RowHash.Bytes(name), RowHash.Bytes(name, 1));
        }

        return keys;
    }

    /// <summary>Rows come in the order of keys, and of equal keys in their own: the first of each is the group's.</summary>
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        RowKey? last = null;
        foreach (var row in rows)
        {
            if (last != row.Key)
            {
                decisions.Set(row.Batch, row.Row, First);
                last = row.Key;
            }
        }

        return null;
    }

    public override State? NewState(Schema input) => new CategoryStates<GroupState>(options.MaxGroups, () => new GroupState(options.Figures.Count, options.MaxDistinct));

    public override void Observe(Batch batch, State state)
    {
        var groups = (CategoryStates<GroupState>)state;
        var keys = new GroupKeys(batch, options.GroupBy);
        var numbers = options.Figures.Select(f => f.Column is null || IsCount(f) ? null : FeatureColumns.Numbers(batch[f.Column]).ToArray()).ToArray();
        var hashes = options.Figures.Select(f => f.Function == AggregateFunction.Distinct ? RowHash.Rows([batch[f.Column!]], batch.Rows) : null).ToArray();
        for (var row = 0; row < batch.Rows; row++)
        {
            if (groups.Of(keys.Of(row)) is not { } group)
            {
                continue;
            }

            for (var i = 0; i < options.Figures.Count; i++)
            {
                var column = options.Figures[i].Column is { } name ? batch[name] : null;
                if (column?.IsNull(row) != true)
                {
                    group.Add(i, numbers[i]?[row], hashes[i]?[row]);
                }
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (CategoryStates<GroupState>)state!;
        if (seen.IsOver)
        {
            throw new DataException(
                $"There are more than {options.MaxGroups:N0} different groups of {string.Join(", ", options.GroupBy)}, or one of more than "
                + $"{CategoryStates<State>.MaxBytes:N0} bytes; that is max_groups. Raise it, or group by a coarser column.");
        }

        var groups = seen.InOrder().ToList();
        return Fitted.Of(new Found([.. groups.Select(g => Encoding.UTF8.GetString(g.Value))], [.. groups.Select(g => Figures(g.State))]));
    }

    double[] Figures(GroupState group) => [.. options.Figures.Select((f, i) => f.Function == AggregateFunction.Distinct && group.IsOver(i)
        ? throw new DataException(
            $"A group has more than {options.MaxDistinct:N0} different values of '{f.Column}'; that is max_distinct. Raise it, or count another column.")
        : group.Of(i, f.Function))];

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule("aggregated", rejects: true);
        var kept = new List<int>();
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] == First)
            {
                kept.Add(row);
            }
            else
            {
                verdicts.Fail(rule, row);
            }
        }

        var known = learned.Of(fitted);
        var rows = verdicts.Keep(batch);
        var keys = new GroupKeys(rows, options.GroupBy);
        var figures = new double[rows.Rows][];
        for (var row = 0; row < rows.Rows; row++)
        {
            figures[row] = known.Of(keys.Of(row));
        }

        var columns = options.Figures.Select((f, i) => Values(f, [.. figures.Select(values => values[i])]));
        return new Batch(
            new Schema(options.GroupBy.Select(name => batch.Schema[name]).Concat(options.Figures.Select(Output))),
            options.GroupBy.Select(name => rows[name]).Concat(columns), rows.Rows, rows.Origin);
    }

    static Column Values(Figure figure, double[] values) => IsCount(figure)
        ? new ValueColumn<long>(ColumnType.Int64, [.. values.Select(v => (long)v)], null)
        : FeatureColumns.Float64(values);

    sealed class Known
    {
        readonly ByteTable table = new();
        readonly IReadOnlyList<double[]> figures;

        public Known(Found found)
        {
            figures = found.Figures;
            foreach (var group in found.Groups)
            {
                table.Add(Encoding.UTF8.GetBytes(group));
            }
        }

        public double[] Of(ReadOnlySpan<byte> group) => figures[table.Find(group)];
    }
}
