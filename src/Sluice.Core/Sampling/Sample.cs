using System.ComponentModel.DataAnnotations;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Sampling;

/// <summary>
/// Keeps a random part of the rows, without replacement; the others are rejected as <c>not_sampled</c>. Which rows are drawn depends on their content and the seed
/// alone, as if every row carried a fixed lot: the same rows in any order, from any number of batches, and a larger sample holds the smaller one. So it is
/// also what a reservoir would hold at the end of a stream. Equal rows carry equal lots and are drawn one after another.
/// </summary>
[Step("sample")]
public sealed class Sample(Sample.Options options) : Step
{
    const byte Drawn = 1;

    public sealed record Options
    {
        /// <summary>Share of the rows to keep, more than 0 to 1. Rounded to whole rows. Give it or <c>count</c>. Default: none.</summary>
        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public double? Share { get; init; }

        /// <summary>Rows to keep; all when there are fewer. Default: none.</summary>
        [Range(1L, long.MaxValue)]
        public long? Count { get; init; }

        /// <summary>Columns whose combinations keep their proportion in the sample, exact to a row. Default: none.</summary>
        public IReadOnlyList<string> Stratify { get; init; } = [];

        /// <summary>
        /// Column of weights: a row of twice the weight is drawn twice as readily (Efraimidis and Spirakis 2006). A row whose weight is missing, 0 or less is
        /// never drawn. Not together with <c>stratify</c>. Default: none.
        /// </summary>
        public string? Weight { get; init; }

        /// <summary>Another seed draws other rows. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary>Most different strata; more are an error. Default: 10000.</summary>
        [Range(1, 100_000)]
        public int MaxStrata { get; init; } = 10_000;
    }

    /// <summary>What was drawn.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Kept">Rows kept.</param>
    /// <param name="Strata">Different strata; null unless stratified.</param>
    public sealed record Found(long Rows, long Kept, int? Strata);

    public override bool IsKeyed => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (options.Share is null == options.Count is null)
        {
            var found = options.Share is null ? "Neither share nor count is" : "Both share and count are";
            problems.Add(options.Share is null ? "share" : "count", $"{found} given. Give one of them.");
        }

        for (var i = 0; i < options.Stratify.Count; i++)
        {
            problems.Column(input, $"stratify[{i}]", options.Stratify[i]);
        }

        if (options.Weight is { } weight && problems.Column(input, "weight", weight))
        {
            if (input[weight].Type is not (ColumnType.Float64 or ColumnType.Int64) && !Schemas.Unify.IsOpen(input[weight]))
            {
                problems.Add("weight", $"Column '{weight}' is {input[weight].Type}; expected a number. Convert it before with data_cleaning, operation fix_types.");
            }

            if (options.Stratify.Count > 0)
            {
                problems.Add("weight", "Both stratify and weight are given. Keep one of them: rows in proportion, or rows by weight.");
            }
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override RowKey[] Keys(Batch batch)
    {
        var keys = RowHash.Rows(batch.Columns, batch.Rows, unchecked((ulong)options.Seed));
        if (options.Stratify.Count > 0)
        {
            var strata = RowHash.Rows([.. options.Stratify.Select(name => batch[name])], batch.Rows);
            return [.. keys.Select((key, row) => new RowKey(strata[row].High, key.High))];
        }

        return options.Weight is { } weight ? Weighted(keys, batch[weight]) : keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions) => options.Stratify.Count > 0 ? Stratified(rows, decisions) : First(rows, decisions);

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule("not_sampled", rejects: true);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] != Drawn)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(batch);
    }

    long Wanted(long rows) => options.Count is { } count ? Math.Min(count, rows) : (long)Math.Round((decimal)options.Share!.Value * rows, MidpointRounding.AwayFromZero);

    Found First(KeyedRows rows, Decisions decisions)
    {
        var (wanted, kept) = (Wanted(rows.Count), 0L);
        foreach (var row in rows)
        {
            if (kept == wanted || (options.Weight is not null && row.Key.High == ulong.MaxValue))
            {
                break;
            }

            decisions.Set(row.Batch, row.Row, Drawn);
            kept++;
        }

        return new Found(rows.Count, kept, null);
    }

    Found Stratified(KeyedRows rows, Decisions decisions)
    {
        var sizes = new List<long>();
        ulong last = 0;
        foreach (var row in rows)
        {
            if (sizes.Count == 0 || row.Key.High != last)
            {
                last = row.Key.High;
                sizes.Add(0);
                if (sizes.Count > options.MaxStrata)
                {
                    throw new DataException(
                        $"sample found more than {options.MaxStrata:N0} different strata; the limit is max_strata = {options.MaxStrata}. "
                        + "Raise max_strata, or stratify by fewer columns.");
                }
            }

            sizes[^1]++;
        }

        var wanted = Wanted(rows.Count);
        var plan = new StratifiedPlan(sizes, [wanted, rows.Count - wanted]);
        var (stratum, left, kept) = (-1, 0L, 0L);
        foreach (var row in rows)
        {
            if (stratum < 0 || row.Key.High != last)
            {
                last = row.Key.High;
                left = plan.Of(++stratum)[0];
            }

            if (left-- > 0)
            {
                decisions.Set(row.Batch, row.Row, Drawn);
                kept++;
            }
        }

        return new Found(rows.Count, kept, sizes.Count);
    }

    /// <summary>An exponential waiting time at the rate of the weight: the first to come are the sample. Positive doubles sort as their bits do.</summary>
    static RowKey[] Weighted(RowKey[] keys, Column weights)
    {
        for (var row = 0; row < keys.Length; row++)
        {
            var weight = weights.IsNull(row) ? 0 : weights is ValueColumn<double> numbers ? numbers.Values[row] : ((ValueColumn<long>)weights).Values[row];

            // More than 0, at most 1.
            var uniform = ((keys[row].High >> 11) + 1) * (1.0 / (1L << 53));
            var time = weight > 0 ? -Math.Log(uniform) / weight : double.PositiveInfinity;
            keys[row] = new RowKey(weight > 0 ? BitConverter.DoubleToUInt64Bits(time) : ulong.MaxValue, keys[row].Low);
        }

        return keys;
    }
}
