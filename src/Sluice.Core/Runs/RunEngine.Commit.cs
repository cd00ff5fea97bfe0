using System.Text;
using System.Text.Json;
using Sluice.Datasets;
using Sluice.Privacy;
using Sluice.Steps;

namespace Sluice.Runs;

// The only commit point, and the record of the run.
public sealed partial class RunEngine
{
    DatasetCatalogue Catalogue { get; } = new(store, ledger, files, time);

    DatasetRegister Register => new(ledger, Catalogue, time);

    async Task<string> CommitAsync(Run run, CancellationToken cancellation)
    {
        var published = await PublishedAsync(run, cancellation);
        var after = await QualityAfterAsync(run, published, cancellation);
        var (before, steps, rejects) = await TotalsAsync(run, cancellation);
        var segments = (await PublishPlanAsync(run, cancellation)).Segments;
        var offsets = Offsets(await BaseAsync(run, cancellation));
        var versionFiles = new List<VersionFile>();
        for (var i = 0; i < published.Count; i++)
        {
            versionFiles.Add(await LineageAsync(run, offsets, segments[i], published[i], cancellation));
        }

        var (schema, versionSteps) = (await OutputSchemaAsync(run, cancellation), await FittedStepsAsync(run, steps, cancellation));
        var sensitive = SensitiveColumns.Of(versionSteps, schema, await VersionsReadAsync(run, cancellation));
        var manifest = new VersionManifest
        {
            Dataset = run.Pipeline.Dataset,
            Schema = [.. schema],
            Sensitive = sensitive,
            Rows = published.Sum(f => (long)f.Rows),
            RowsRead = (await BaseAsync(run, cancellation)).RowsRead,
            Rejected = rejects,
            Made = StepCounts.AllMade(steps),
            Files = versionFiles,
            Inputs = run.Plan.Inputs,
            InputSchema = (await BaseAsync(run, cancellation)).Schema,
            Pipeline = new PipelineDigest(run.Pipeline.Name, run.Pipeline.Hash, JsonDocument.Parse(run.Pipeline.CanonicalJson).RootElement),
            Engine = MemoKey.Engine,
            Steps = versionSteps,
            QualityBefore = await WithoutPersonalAsync(run, before, versionSteps, cancellation),
            QualityAfter = SensitiveReport.WithoutValues(after, [.. (sensitive ?? []).Where(c => !c.Value.IsProtected).Select(c => c.Key)]),
        };
        manifest.CheckTotals();
        await Register.ValidatedAsync(manifest.Dataset, run.Id, cancellation);
        var version = await Catalogue.CommitAsync(manifest, await CommitKeyAsync(run, cancellation), run.Id, cancellation);
        await EndScopeAsync(run, cancellation);
        return version;
    }

    /// <summary>The versions of datasets that the run reads.</summary>
    async Task<IReadOnlyList<VersionManifest>> VersionsReadAsync(Run run, CancellationToken cancellation)
    {
        var read = new List<VersionManifest>();
        foreach (var (dataset, version) in run.Plan.Versions ?? new Dictionary<string, string>())
        {
            read.Add(await Catalogue.ManifestAsync(dataset, version, cancellation));
        }

        return read;
    }

    /// <summary>A version with unanswered questions is not what the next run of the same pipeline and files should find: that run asks for them again.</summary>
    async Task<string> CommitKeyAsync(Run run, CancellationToken cancellation)
    {
        for (var i = 0; i < run.Steps.Count; i++)
        {
            if (run.Steps[i] is Llm.IAskModels && (await ReadDocumentAsync<StepFit>(FitPath(run, i), cancellation)).Unanswered is not null)
            {
                return new MemoKey("incomplete").Add(run.Plan.Key).Add(run.Id).Value();
            }
        }

        return run.Plan.Key;
    }

    /// <summary>The report on the rows as read, where personal data is in the clear whatever a step did to it later.</summary>
    async Task<JsonElement> WithoutPersonalAsync(Run run, string report, IReadOnlyList<VersionStep> steps, CancellationToken cancellation)
    {
        var found = SensitiveColumns.Of(steps, (await BaseAsync(run, cancellation)).Schema, await VersionsReadAsync(run, cancellation));
        return SensitiveReport.WithoutValues(report, [.. found?.Keys ?? Enumerable.Empty<string>()]);
    }

    async Task<IReadOnlyList<VersionStep>> FittedStepsAsync(Run run, IReadOnlyList<StepCounts> counts, CancellationToken cancellation)
    {
        var schemas = await SchemasAsync(run, await AppliedStepsAsync(run, cancellation), cancellation);
        var steps = new List<VersionStep>();
        for (var i = 0; i < counts.Count; i++)
        {
            var (written, place) = (run.Written.Steps[i], run.PlaceOf(i));
            var fit = place < 0 ? null : await FitAsync(run, place, schemas[place], cancellation);

            // Quality reports are in the manifest once, under their own name.
            var json = fit is null || written.Step is Quality.QualityValidation ? null : run.Steps[place].ForManifest(new Fitted(Encoding.UTF8.GetBytes(fit.Json)));
            var version = place < 0 ? written.Step.CodeVersion : run.Steps[place].CodeVersion;
            steps.Add(new VersionStep(written.Type, counts[i], json is null ? null : JsonDocument.Parse(json).RootElement, version));
        }

        return steps;
    }

    /// <summary>Which input rows the first and the last row of a published file came from: the same however the input was cut.</summary>
    async Task<VersionFile> LineageAsync(Run run, long[] offsets, Segment segment, BatchRef file, CancellationToken cancellation)
    {
        var (first, last) = (segment.Pieces[0], segment.Pieces[^1]);
        return new VersionFile(
            file,
            offsets[first.Batch] + await OriginAsync(run, first.Batch, first.From, cancellation),
            offsets[last.Batch] + await OriginAsync(run, last.Batch, last.To - 1, cancellation));
    }

    async Task<int> OriginAsync(Run run, int batch, int row, CancellationToken cancellation)
    {
        var memo = await ApplyMemoAsync(run, batch, cancellation);
        return await OriginsAsync(memo, cancellation) is { } origins ? origins[row] : row;
    }

    /// <summary>Number of the first row of each base batch among all rows read.</summary>
    static long[] Offsets(BaseRows rows)
    {
        var offsets = new long[rows.Batches.Count];
        for (var i = 1; i < offsets.Length; i++)
        {
            offsets[i] = offsets[i - 1] + rows.Batches[i - 1].Batch.Rows;
        }

        return offsets;
    }

    /// <summary>Counts over all batches: quality as read, each step, and why rows are gone.</summary>
    async Task<(string Before, IReadOnlyList<StepCounts> Steps, SortedDictionary<string, long> Rejected)> TotalsAsync(Run run, CancellationToken cancellation)
    {
        var rows = await BaseAsync(run, cancellation);
        var applied = await AppliedStepsAsync(run, cancellation);
        var totals = run.Chain.Take(applied).Select(s => new StepCounts { Step = s.Id }).ToArray();
        for (var batch = 0; batch < rows.Batches.Count; batch++)
        {
            var memo = await ApplyMemoAsync(run, batch, cancellation);
            for (var i = 0; i < totals.Length; i++)
            {
                totals[i].Add(memo.Steps[i]);
            }
        }

        var rejected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (rows.Batches.Sum(b => (long)b.Rejected) is > 0 and var unreadable)
        {
            rejected["unreadable"] = unreadable;
        }

        foreach (var (reason, count) in totals.SelectMany(t => t.Rejected))
        {
            rejected[reason] = rejected.GetValueOrDefault(reason) + count;
        }

        var checks = Enumerable.Range(0, applied).FirstOrDefault(i => run.Steps[i] is Quality.QualityValidation, PassPlan.Before);
        var before = (await ReadDocumentAsync<StepFit>(FitPath(run, checks), cancellation)).Json;
        return (before, run.Plan.Physical is null ? totals : AsWritten(run, totals, rows.Batches.Sum(b => (long)b.Batch.Rows)), rejected);
    }

    /// <summary>Writes the record of the run and closes it.</summary>
    async Task<Stage> EndAsync(Run run, string? version, string? gateFailure, CancellationToken cancellation)
    {
        var path = RunRecord.PathOf(run.Id);
        if (await TryReadDocumentAsync<RunRecord>(path, cancellation) is null)
        {
            var rows = await BaseAsync(run, cancellation);
            var (before, steps, rejected) = await TotalsAsync(run, cancellation);
            var evidence = new List<EvidenceFile>();
            var quarantine = new List<QuarantinedRow>();
            var debug = new List<DebugRows>();
            IReadOnlyList<double> seconds = [];
            long offset = 0;
            for (var batch = 0; batch < rows.Batches.Count; batch++)
            {
                var memo = await ApplyMemoAsync(run, batch, cancellation);
                if (memo.Evidence is not null)
                {
                    evidence.Add(new EvidenceFile(rows.Batches[batch].Batch, offset, memo.Evidence, memo.Rules!));
                }

                debug.AddRange(memo.Debug ?? []);
                seconds = seconds.Count == 0 ? [.. memo.Seconds ?? []] : [.. seconds.Zip(memo.Seconds ?? [], (sum, more) => sum + more)];
                quarantine.AddRange((memo.Quarantine ?? []).Select(q => q with { Row = offset + q.Row }));
                offset += rows.Batches[batch].Batch.Rows;
            }

            var fitted = await FittedStepsAsync(run, steps, cancellation);
            var rejects = rows.Batches.Select((b, i) => (b, i)).Where(x => x.b.Rejects is not null)
                .Select(x => new RejectsFile(run.Plan.Shards[x.i].File, run.Plan.Shards[x.i].FirstLine, x.b.Rejects!, x.b.Rejected)).ToArray();
            var now = time.GetUtcNow();
            var record = new RunRecord
            {
                RunId = run.Id,
                Trace = run.Plan.Request.Trace,
                Dataset = run.Pipeline.Dataset,
                Pipeline = run.Pipeline.Name,
                Version = version,
                GateFailure = gateFailure,
                FinishedAt = now,
                RowsRead = rows.RowsRead,
                Rejected = rejected,
                Made = StepCounts.AllMade(steps),
                Steps = steps,
                QualityBefore = await WithoutPersonalAsync(run, before, fitted, cancellation),
                Evidence = evidence,
                Rejects = rejects,
                Quarantine = quarantine,
                Debug = debug.Count == 0 ? null : debug,
                Cost = await Llm.RunCost.FindAsync(store, run.Id, cancellation),
                Approvals = await new Llm.Approvals(store, run.Id).AllAsync(cancellation) is { Count: > 0 } approvals ? approvals : null,
                Validations = Validations(run, fitted, now),
                Profile = seconds.Count == 0 ? null : [.. seconds.Select((sum, i) => new StepTime(run.Chain[i].Id, sum))],
                Plan = run.Plan.Physical is { } plan ? new PlanOutcome(plan, await PhysicalRowsAsync(run, cancellation), await KeptOutcomesAsync(run, cancellation)) : null,
            };

            // Of two deliveries the one whose record it is counts.
            if (await store.CreateAsync(path, DocumentJson.Bytes(record), cancellation) && options.Trial is null)
            {
                RunMetrics.Ended(record);
                RunMetrics.Found(record.Dataset, fitted);
            }
        }

        if (gateFailure is not null)
        {
            await Register.QuarantinedAsync(run.Pipeline.Dataset, run.Id, gateFailure, cancellation);
        }

        return new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome(version, run.Pipeline.Dataset, false, gateFailure is null ? null : Cut(gateFailure, MaxGateFailure), path));
    }

    static SortedDictionary<string, Examples.SetResult>? Validations(Run run, IReadOnlyList<VersionStep> fitted, DateTimeOffset now)
    {
        var results = fitted.Zip(run.Written.Steps).Where(s => s.First.Fitted is not null && s.Second.Step is Examples.ValidateLlmData)
            .ToDictionary(s => s.Second.Id, s => ((Examples.ValidateLlmData)s.Second.Step).Result(new Fitted(Encoding.UTF8.GetBytes(s.First.Fitted!.Value.GetRawText())), now));
        return results.Count == 0 ? null : new(results, StringComparer.Ordinal);
    }
}
