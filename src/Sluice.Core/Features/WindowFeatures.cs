using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using Sluice.Schemas;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>
/// Adds to each row what came before it: the number so many rows back (lags), and figures of the last rows (windows), by group and in the order of a
/// column. Only rows of an earlier moment count, never the row itself or one of the same moment, so the target may be looked back at too. Rows of one
/// moment stand in the order of their values: the order in which they are read makes no difference.
/// </summary>
[Step("window_features", Aliases = ["lag_features", "rolling_features"])]
public sealed class WindowFeatures(WindowFeatures.Options options) : Step
{
    const int Bytes = sizeof(double);

    public sealed record Options
    {
        /// <summary>Column that rows are in the order of: a date, a timestamp or a number. A row without one gets no features and is nobody's past.</summary>
        public required string OrderBy { get; init; }

        /// <summary>Columns whose values together make a group, each with its own past; a missing value is a value of its own. Default: none, all rows are one series.</summary>
        public IReadOnlyList<string> GroupBy { get; init; } = [];

        /// <summary>Number columns to look back at. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>How many rows back, each 1 to 1,000; each gives a column COLUMN_lag_N, without a value where the group has fewer. Default: none.</summary>
        public IReadOnlyList<int> Lags { get; init; } = [];

        /// <summary>Last rows to take figures of, each 1 to 1,000; each figure gives a column COLUMN_figure_N, of fewer rows where the group has fewer. Default: none.</summary>
        public IReadOnlyList<int> Windows { get; init; } = [];

        /// <summary>Figures of a window: <c>mean</c>, <c>sum</c>, <c>min</c>, <c>max</c>, <c>std</c>, <c>count</c>. Default: mean.</summary>
        [MinLength(1)]
        public IReadOnlyList<GroupFigure> Figures { get; init; } = [GroupFigure.Mean];
    }

    public override bool IsKeyed => true;

    public override int DecisionBytes => Bytes * Outputs().Length;

    public override Step ForNewRows => new NoPast();

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(input, problems, "group_by", options.GroupBy, _ => true, "any type", "");
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => Numbers.IsNumber(f.Type) || f.Type == ColumnType.Boolean, "int64, float64 or boolean",
            "Leave it out, or convert it first with fix_types.");
        if (problems.Column(input, "order_by", options.OrderBy) && !Unify.IsOpen(input[options.OrderBy]) && TimeKeys.Refusal(options.OrderBy, input[options.OrderBy].Type) is { } refusal)
        {
            problems.Add("order_by", refusal);
        }

        PlanSizes("lags", options.Lags, problems);
        PlanSizes("windows", options.Windows, problems);
        if (options.Lags.Count + options.Windows.Count == 0)
        {
            problems.Add("lags", "Neither lags nor windows are given. Say how many rows to look back: lags: [1, 7], windows: [28].");
        }

        return problems.Items.Count > 0 ? input : FeatureColumns.Plan(input, options.Columns[0], Outputs(), keep: true);
    }

    static void PlanSizes(string path, IReadOnlyList<int> sizes, StepProblems problems)
    {
        for (var i = 0; i < sizes.Count; i++)
        {
            if (sizes[i] is < 1 or > LookBack.MaxRows)
            {
                problems.Add($"{path}[{i}]", $"Found {sizes[i]}; expected a number of rows, 1 to {LookBack.MaxRows:N0}.");
            }
            else if (sizes.Take(i).Contains(sizes[i]))
            {
                problems.Add($"{path}[{i}]", $"{sizes[i]} is given twice. Give it once.");
            }
        }
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => options.GroupBy.Concat(options.Columns).Append(options.OrderBy).ToHashSet(StringComparer.Ordinal);

    /// <summary>First where each row stands, by group and moment; then the values of each column, in its turn.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var moments = TimeKeys.Of(options.OrderBy, batch[options.OrderBy]);
        var groups = new GroupKeys(batch, options.GroupBy);
        var keys = new RowKey[batch.Rows * (1 + options.Columns.Count)];
        for (var row = 0; row < batch.Rows; row++)
        {
            // The last bit of a group says that the row has no moment, so that none has its key.
            var group = RowHash.Bytes(groups.Of(row)) & ~1UL;
            keys[row] = moments[row] == TimeKeys.Missing ? new RowKey(group | 1, 0) : new RowKey(group, moments[row].High);
        }

        for (var i = 0; i < options.Columns.Count; i++)
        {
            var values = FeatureColumns.Numbers(batch[options.Columns[i]]);
            for (var row = 0; row < batch.Rows; row++)
            {
                keys[((i + 1) * batch.Rows) + row] = double.IsNaN(values[row]) ? new RowKey(0, 1) : new RowKey(ValueHistogram.ToKey(values[row]), 0);
            }
        }

        return keys;
    }

    // A row's decision is its features. Until its turn comes it holds the row's own values, so nothing else is kept of all rows.
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        foreach (var row in rows)
        {
            var (column, at) = Math.DivRem(row.Row, decisions.RowsOf(row.Batch));
            if (column > 0)
            {
                Put(decisions.Row(row.Batch, at), column - 1, row.Key.Low == 1 ? double.NaN : ValueHistogram.FromKey(row.Key.High));
            }
        }

        LookBack[] pasts = [.. options.Columns.Select(_ => new LookBack(options.Lags, options.Windows, options.Figures))];
        var (moment, rowsOfMoment) = (default(RowKey), new List<KeyedRow>());
        foreach (var row in rows)
        {
            if (row.Row >= decisions.RowsOf(row.Batch))
            {
                continue;
            }

            if (rowsOfMoment.Count > 0 && row.Key != moment)
            {
                Pass(rowsOfMoment, pasts, decisions);
                if (row.Key.High != moment.High)
                {
                    Array.ForEach(pasts, past => past.Clear());
                }

                rowsOfMoment.Clear();
            }

            moment = row.Key;
            rowsOfMoment.Add(row);
        }

        Pass(rowsOfMoment, pasts, decisions);
        return null;
    }

    /// <summary>All rows of a moment get the same features; then they are the past of the next moment.</summary>
    static void Pass(List<KeyedRow> rows, LookBack[] pasts, Decisions decisions)
    {
        var values = new double[pasts.Length][];
        for (var i = 0; i < pasts.Length; i++)
        {
            values[i] = [.. rows.Select(row => Get(decisions.Row(row.Batch, row.Row), i))];
        }

        var hasMoment = rows.Count > 0 && (rows[0].Key.High & 1) == 0;
        var features = pasts.SelectMany(past => past.Features()).ToArray();
        foreach (var row in rows)
        {
            var slots = decisions.Row(row.Batch, row.Row);
            for (var i = 0; i < features.Length; i++)
            {
                Put(slots, i, hasMoment ? features[i] : double.NaN);
            }
        }

        for (var i = 0; i < pasts.Length && hasMoment; i++)
        {
            Array.Sort(values[i]);
            Array.ForEach(values[i], pasts[i].Add);
        }
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var outputs = Outputs();
        var columns = outputs.Select(_ => new double[batch.Rows]).ToArray();
        for (var row = 0; row < batch.Rows; row++)
        {
            var slots = fitted.Decisions[(row * outputs.Length * Bytes)..];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i][row] = Get(slots, i);
            }
        }

        return FeatureColumns.Apply(batch, options.Columns[0], [.. outputs.Zip(columns, (field, values) => (field, (Column)FeatureColumns.Float64(values)))], keep: true);
    }

    Field[] Outputs() =>
    [
        .. options.Columns.SelectMany(column => options.Lags.Select(lag => $"{column}_lag_{lag}")
            .Concat(options.Windows.SelectMany(window => options.Figures.Select(figure => $"{column}_{figure.ToString().ToLowerInvariant()}_{window}"))))
            .Select(name => new Field(name, ColumnType.Float64)),
    ];

    static double Get(ReadOnlySpan<byte> slots, int slot) => BinaryPrimitives.ReadDoubleLittleEndian(slots[(slot * Bytes)..]);

    static void Put(Span<byte> slots, int slot, double value) => BinaryPrimitives.WriteDoubleLittleEndian(slots[(slot * Bytes)..], value);

    /// <summary>The step as new rows meet it: they come without their past.</summary>
    sealed class NoPast : Step
    {
        public override Schema Plan(Schema input, StepProblems problems)
        {
            problems.Add("columns", "It looks back at earlier rows, which new rows do not bring along. Run the pipeline over the earlier rows and the new ones together.");
            return input;
        }

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => throw new InvalidOperationException("A step whose plan is refused is not applied.");
    }
}
