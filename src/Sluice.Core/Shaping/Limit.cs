using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>Keeps the first rows, in the order they come; the others are rejected as <c>over_limit</c>. For a look at a pipeline; a fair part of the rows is drawn by <c>sample</c>.</summary>
[Step("limit", Aliases = ["head"])]
public sealed class Limit(Limit.Options options) : Step
{
    const byte Over = 1;

    public sealed record Options
    {
        /// <summary>Rows to keep; all when there are fewer.</summary>
        [Range(1L, long.MaxValue)]
        public required long Rows { get; init; }
    }

    /// <summary>What was kept.</summary>
    public sealed record Found(long Rows, long Kept);

    public override Schema Plan(Schema input, StepProblems problems) => input;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    // A batch without columns has no rows: one is read to count them.
    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(input.Take(1).Select(f => f.Name));

    public override bool IsKeyed => true;

    // All alike: then the order of keys is that of batches and rows.
    public override RowKey[] Keys(Batch batch) => new RowKey[batch.Rows];

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        long seen = 0;
        foreach (var row in rows)
        {
            if (++seen > options.Rows)
            {
                decisions.Set(row.Batch, row.Row, Over);
            }
        }

        return new Found(seen, Math.Min(seen, options.Rows));
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    public override string ApplyKey(Fitted fitted) => "";

    public override StepEffects? Effects(Schema input) => new() { Reads = StepEffects.Names([]), Writes = StepEffects.Names([]), Filters = true };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule("over_limit", rejects: true);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] == Over)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(batch);
    }
}
