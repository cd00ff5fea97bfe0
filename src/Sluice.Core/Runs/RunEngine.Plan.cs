using Sluice.Pipelines.Optimise;

namespace Sluice.Runs;

// What a run that went another way says of the way that was written.
public sealed partial class RunEngine
{
    /// <summary>
    /// Counts of the steps as written, from those of the steps as they ran. A step that was passed says nothing of any row and keeps them all, so as written
    /// it had those that came before it.
    /// </summary>
    static StepCounts[] AsWritten(Run run, StepCounts[] ran, long rows)
    {
        var last = ran.Length == run.Steps.Count ? run.Written.Steps.Count - 1 : run.Plan.Physical!.Order[ran.Length - 1];
        var written = new StepCounts[last + 1];
        for (var number = 0; number < written.Length; number++)
        {
            var place = run.PlaceOf(number);
            var counts = place < 0 ? null : ran[place];
            if (counts is null || run.Plan.Physical!.Level == RewriteLevel.Exact && IsQuiet(counts))
            {
                counts = new StepCounts { Step = run.Written.Steps[number].Id, RowsIn = rows, RowsOut = rows };
            }
            else if (run.Plan.Physical!.Level == RewriteLevel.Exact && counts.RowsIn != rows)
            {
                throw new InvalidOperationException(
                    $"Step '{counts.Step}' was given {counts.RowsIn:N0} rows; as written it would have had {rows:N0}. A step before it does not keep what it promises "
                    + "the optimiser. Nothing was committed; run the pipeline with 'optimize: false'.");
            }

            written[number] = counts;
            rows = counts.RowsOut;
        }

        return written;
    }

    static bool IsQuiet(StepCounts counts) =>
        counts.RowsIn == counts.RowsOut && counts.Made is null && counts.Rejected.Count == 0 && counts.Failures.Count == 0 && counts.Changed.Count == 0;

    /// <summary>Rows that each step was given, in the order they ran.</summary>
    async Task<IReadOnlyList<RowsOfStep>> PhysicalRowsAsync(Run run, CancellationToken cancellation)
    {
        var applied = await AppliedStepsAsync(run, cancellation);
        var rows = new long[applied];
        for (var batch = 0; batch < (await BaseAsync(run, cancellation)).Batches.Count; batch++)
        {
            var memo = await ApplyMemoAsync(run, batch, cancellation);
            for (var i = 0; i < applied; i++)
            {
                rows[i] += memo.Steps[i].RowsIn;
            }
        }

        var schemas = await SchemasAsync(run, applied, cancellation);
        return [.. rows.Select((count, i) => new RowsOfStep(run.Chain[i].Id, count, run.Steps[i].Effects(schemas[i])?.Cost ?? 1))];
    }
}
