using System.Runtime.InteropServices;
using Sluice.Steps;

namespace Sluice.Runs;

// The last walk: every step applied, every verdict kept.
public sealed partial class RunEngine
{
    async Task<Stage> OpenApplyAsync(Run run, CancellationToken cancellation)
    {
        var rows = await BaseAsync(run, cancellation);
        var steps = await AppliedStepsAsync(run, cancellation);
        var title = steps < run.Steps.Count ? "evidence" : "apply";
        return await OpenStageAsync(
            run, StageKind.Apply, 0, title, All(rows.Batches.Count),
            async batch => await HasAsync(run, await ApplyKeyAsync(run, batch, cancellation), cancellation)
                && !(run.Plan.Request.ReplayQuarantine && await WasQuarantinedAsync(run, batch, cancellation)),
            cancellation);
    }

    /// <summary>All steps; or, when a gate refused, those up to it, so that its evidence is written.</summary>
    async Task<int> AppliedStepsAsync(Run run, CancellationToken cancellation) =>
        await TryReadDocumentAsync<Gate>(GatePath(run), cancellation) is { } gate ? gate.Step + 1 : run.Steps.Count;

    async Task<string> ApplyKeyAsync(Run run, int batch, CancellationToken cancellation)
    {
        var key = await ChainKeyAsync(run, "apply", batch, await AppliedStepsAsync(run, cancellation), cancellation);
        return key.Add(options.PublishBytes.ToString()).Add((run.Pipeline.Debug ? "debug" : "") + (run.Pipeline.Profile ? "profile" : "")).Value();
    }

    async Task<ApplyMemo> ApplyMemoAsync(Run run, int batch, CancellationToken cancellation) =>
        await ReadDocumentAsync<ApplyMemo>(MemoKey.PathOf(await ApplyKeyAsync(run, batch, cancellation)), cancellation);

    async Task<bool> WasQuarantinedAsync(Run run, int batch, CancellationToken cancellation) =>
        (await ApplyMemoAsync(run, batch, cancellation)).Quarantine is not null;

    async Task<bool> ApplyAsync(Run run, int batch, CancellationToken cancellation)
    {
        var path = MemoKey.PathOf(await ApplyKeyAsync(run, batch, cancellation));
        if (run.Plan.Request.ReplayQuarantine)
        {
            await ApplyAsync(run, batch, path, cancellation);
            return true;
        }

        return await OnceAsync(run, path, () => ApplyAsync(run, batch, path, cancellation), cancellation);
    }

    async Task ApplyAsync(Run run, int batch, string path, CancellationToken cancellation)
    {
        var steps = await AppliedStepsAsync(run, cancellation);
        var counts = new List<StepCounts>();
        var evidence = new EvidenceBuilder();
        var quarantine = new List<QuarantinedRow>();
        var debug = new List<(string Step, Batch Rows)>();
        var seconds = new List<double>();
        var wanted = run.Plan.Physical?.ReadsLess == true && steps == run.Steps.Count
            ? PassPlan.ColumnsOfVersion(run.Steps, await SchemasAsync(run, steps, cancellation))
            : null;
        var result = await ApplyChainAsync(run, batch, steps, null, Record, cancellation, wanted);
        var kept = new List<DebugRows>();
        foreach (var (step, rows) in debug)
        {
            kept.Add(new DebugRows(step, await files.WriteAsync(rows, cancellation)));
        }

        var memo = new ApplyMemo(
            await files.WriteAsync(result, cancellation),
            PublishPlanner.Borders(result, options.PublishBytes),
            counts,
            evidence.Rows == 0 ? null : await files.PublishAsync(evidence.Build(), cancellation),
            evidence.Rows == 0 ? null : evidence.Rules,
            quarantine.Count == 0 ? null : quarantine,
            result.Origin is null ? null : await WriteContentAsync("origins", Deflate(MemoryMarshal.AsBytes(result.Origin.AsSpan()).ToArray()), cancellation),
            kept.Count == 0 ? null : kept,
            run.Pipeline.Profile ? seconds : null);
        if (run.Plan.Request.ReplayQuarantine)
        {
            await ReplaceDocumentAsync(path, memo, cancellation);
        }
        else
        {
            await WriteDocumentAsync(path, memo, cancellation);
        }

        void Record(int step, Batch before, Batch judged, Batch after, Verdicts verdicts, IReadOnlyList<PoisonRow> aside, TimeSpan took)
        {
            seconds.Add(took.TotalSeconds);
            var id = run.Chain[step].Id;
            counts.Add(Count(id, before.Rows, verdicts, aside.Count));
            evidence.Add(id, judged, verdicts);
            quarantine.AddRange(aside.Select(p => new QuarantinedRow(id, p.Row, p.Error)));
            if (run.Pipeline.Debug)
            {
                debug.Add((id, after));
            }
        }
    }

    static StepCounts Count(string step, int rowsIn, Verdicts verdicts, int quarantined)
    {
        var counts = new StepCounts { Step = step, RowsIn = rowsIn, RowsOut = rowsIn + verdicts.MadeRows - verdicts.Rejected - quarantined };
        if (verdicts.MadeRows > 0)
        {
            counts.Made = new SortedDictionary<string, long>(verdicts.Made.ToDictionary(), StringComparer.Ordinal);
        }

        if (quarantined > 0)
        {
            counts.Rejected["quarantined"] = quarantined;
        }

        // A row that several rules reject is rejected once, for the first of them; evidence has them all.
        var rejected = new HashSet<int>();
        for (var rule = 0; rule < verdicts.Rules.Count; rule++)
        {
            var (reason, column, _, rejects) = verdicts.Rules[rule];
            var failing = verdicts.Failing(rule);
            var key = column is null ? reason : $"{reason}:{column}";
            counts.Failures[key] = counts.Failures.GetValueOrDefault(key) + failing.Count;
            var fresh = rejects ? failing.Count(rejected.Add) : 0;
            if (fresh > 0)
            {
                counts.Rejected[reason] = counts.Rejected.GetValueOrDefault(reason) + fresh;
            }
        }

        foreach (var (key, cells) in verdicts.Changed)
        {
            counts.Changed[key] = cells;
        }

        return counts;
    }
}
