using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Sampling;

/// <summary>What happens when a group has no rows left.</summary>
public enum ExhaustedGroup
{
    /// <summary>Batches go on with the other groups.</summary>
    Exclude,

    /// <summary>No further batch is made: every batch has all groups. Rows that are left get no batch.</summary>
    Stop,
}

/// <summary>
/// Numbers the batches that a model is trained on, so that each has rows of every group in equal parts: a cluster of <c>cluster_rows</c>, a label, a source. Rows are dealt out
/// round the groups in an order that depends on their content and the seed alone. Nothing is removed and no row comes twice.
/// </summary>
[Step("deal_batches", Aliases = ["clustered_batch_sampler", "gold_batch_sampler"])]
public sealed class DealBatches(DealBatches.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Columns whose combinations are the groups; a missing value is one of its own.</summary>
        [Required]
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>Rows of a batch; the last one may have fewer. Default: 32.</summary>
        [Range(1, 1_000_000)]
        public int BatchSize { get; init; } = 32;

        /// <summary>When a group has no rows left: <c>exclude</c> (go on with the others) or <c>stop</c> (rows that are left get no batch). Default: exclude.</summary>
        public ExhaustedGroup WhenExhausted { get; init; } = ExhaustedGroup.Exclude;

        /// <summary>New column with the number of each row's batch, from 1; missing for a row in none. Default: batch.</summary>
        public string OutputColumn { get; init; } = "batch";

        /// <summary>Another seed deals rows out in another order: one for each epoch. Default: 42.</summary>
        public long Seed { get; init; } = 42;

        /// <summary>Most groups; more are an error. Default: 10000.</summary>
        [Range(1, 1_000_000)]
        public int MaxGroups { get; init; } = 10_000;
    }

    /// <summary>What was dealt out.</summary>
    /// <param name="Groups">Different groups.</param>
    /// <param name="Batches">Batches.</param>
    /// <param name="Complete">Batches, from the first, in which every group has its equal part, to a row.</param>
    /// <param name="Left">Rows in no batch.</param>
    public sealed record Found(int Groups, long Batches, long Complete, long Left);

    public override bool IsKeyed => true;

    public override int DecisionBytes => sizeof(int);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"columns[{i}]", options.Columns[i]);
        }

        if (string.IsNullOrWhiteSpace(options.OutputColumn) || input.Has(options.OutputColumn))
        {
            problems.Add("output_column", $"Column '{options.OutputColumn}' {(input.Has(options.OutputColumn) ? "is already there" : "has no name")}. Choose another output_column.");
            return input;
        }

        return input.With(Output);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(name => name != options.OutputColumn).ToHashSet(StringComparer.Ordinal);

    public override RowKey[] Keys(Batch batch)
    {
        var seed = unchecked((ulong)options.Seed);
        var groups = RowHash.Rows([.. options.Columns.Select(name => batch[name])], batch.Rows, seed);
        return [.. RowHash.Rows(batch.Columns, batch.Rows, seed).Select((key, row) => new RowKey(groups[row].High, key.High))];
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var order = new DealingOrder(Sizes(rows));
        var last = options.WhenExhausted == ExhaustedGroup.Stop ? order.Complete / options.BatchSize * options.BatchSize : rows.Count;
        if (rows.Count > 0 && last == 0)
        {
            throw new DataException(
                $"deal_batches makes no batch: the smallest of {order.Groups:N0} groups allows {order.Complete:N0} rows with equal parts; expected at least batch_size = {options.BatchSize}. "
                + "Make batch_size smaller, or choose when_exhausted: exclude.");
        }

        var (group, place) = (-1, 0L);
        ulong key = 0;
        foreach (var row in rows)
        {
            (group, place) = group < 0 || row.Key.High != key ? (group + 1, 0) : (group, place + 1);
            key = row.Key.High;
            var turn = order.TurnOf(group, place);
            BinaryPrimitives.WriteInt32LittleEndian(decisions.Row(row.Batch, row.Row), turn < last ? checked((int)(turn / options.BatchSize) + 1) : 0);
        }

        return new Found(order.Groups, (last + options.BatchSize - 1) / options.BatchSize, order.Complete / options.BatchSize, rows.Count - last);
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (numbers, validity) = (new long[batch.Rows], Column.NewValidity(batch.Rows));
        for (var row = 0; row < numbers.Length; row++)
        {
            numbers[row] = BinaryPrimitives.ReadInt32LittleEndian(fitted.Decisions[(row * sizeof(int))..]);
            validity[row >> 6] |= numbers[row] > 0 ? 1UL << (row & 63) : 0;
        }

        return batch.With(Output, new ValueColumn<long>(ColumnType.Int64, numbers, validity));
    }

    Field Output => new(options.OutputColumn, ColumnType.Int64);

    List<long> Sizes(KeyedRows rows)
    {
        var sizes = new List<long>();
        ulong key = 0;
        foreach (var row in rows)
        {
            if (sizes.Count == 0 || row.Key.High != key)
            {
                key = row.Key.High;
                sizes.Add(0);
                if (sizes.Count > options.MaxGroups)
                {
                    throw new DataException($"deal_batches found more than {options.MaxGroups:N0} groups; the limit is max_groups. Group by a column with fewer values, or raise it.");
                }
            }

            sizes[^1]++;
        }

        return sizes;
    }
}
