using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Sluice.Batches;
using Sluice.Steps;

namespace Sluice.Tests.Runs;

/// <summary>A keyed step that throws on rows whose text has a word in it, until the word is healed.</summary>
[Step("blow_up")]
public sealed class BlowUpStep(BlowUpStep.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>A text column.</summary>
        [Required]
        public required string Column { get; init; }

        /// <summary>The word.</summary>
        [Required]
        public required string Word { get; init; }

        /// <summary>Whether it throws when it looks, too.</summary>
        public bool Looking { get; init; }
    }

    public static ConcurrentDictionary<string, bool> Healed { get; } = [];

    public override bool IsKeyed => options.Looking;

    public override Schema Plan(Schema input, StepProblems problems) => input;

    public override RowKey[] Keys(Batch batch)
    {
        Refuse(batch);
        return RowHash.Rows([batch[options.Column]], batch.Rows);
    }

    // Marks every row of an even key, so that a decision that moved to another row shows.
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        foreach (var row in rows)
        {
            decisions.Set(row.Batch, row.Row, (byte)(1 + (row.Key.Low & 1)));
        }

        return null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        Refuse(batch);
        if (options.Looking)
        {
            var keys = RowHash.Rows([batch[options.Column]], batch.Rows);
            for (var row = 0; row < batch.Rows; row++)
            {
                if (fitted.Decisions[row] != 1 + (keys[row].Low & 1))
                {
                    throw new OperationCanceledException($"The decision of row {row} is that of another row.");
                }
            }
        }

        return batch;
    }

    void Refuse(Batch batch)
    {
        for (var row = 0; row < batch.Rows && !Healed.ContainsKey(options.Word); row++)
        {
            if (batch[options.Column].Display(row).Contains(options.Word, StringComparison.Ordinal))
            {
                throw new FormatException($"cannot bear '{options.Word}'");
            }
        }
    }
}
