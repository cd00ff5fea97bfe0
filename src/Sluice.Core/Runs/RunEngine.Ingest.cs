using System.Security.Cryptography;
using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Pipelines.Optimise;
using Sluice.Quality;
using Sluice.Schemas;

namespace Sluice.Runs;

// From input files to typed batches.
public sealed partial class RunEngine
{
    async Task<Stage> StartAsync(RunRequest request, CancellationToken cancellation)
    {
        await Register.CheckOpenAsync((await PipelineAsync(request, cancellation)).Dataset, cancellation);
        var plan = await TryReadDocumentAsync<RunPlan>(PlanPath(request.RunId), cancellation) ?? await PlanAsync(request, cancellation);
        var run = await OpenAsync(request.RunId, cancellation);
        if (request.Forecast)
        {
            RequireAsking(run);
        }
        else if (await IsUpToDateAsync(run, cancellation))
        {
            await ConfirmAsync(run, cancellation);
            return await OpenExportAsync(run, cancellation);
        }
        else
        {
            await Register.BeginAsync(run.Pipeline.Dataset, run.Id, cancellation);
        }

        return await OpenStageAsync(
            run, StageKind.Ingest, 0, "read", All(plan.Shards.Count), i => HasAsync(run, IngestKey(run, plan.Shards[i], null), cancellation), cancellation);
    }

    /// <summary>The input is again what the newest version was made of: a failure or a refusal in between is over. A dataset that is Ready stays so.</summary>
    async Task ConfirmAsync(Run run, CancellationToken cancellation)
    {
        var dataset = run.Pipeline.Dataset;
        if ((await Register.FindAsync(dataset, cancellation))?.Record.State is DatasetState.Failed or DatasetState.Quarantined)
        {
            await Register.BeginAsync(dataset, run.Id, cancellation);
            await Register.ValidatedAsync(dataset, run.Id, cancellation);
        }
    }

    /// <summary>Whether the version was there before this run did anything. Decided once a run: its own commit does not make it up to date.</summary>
    async Task<bool> IsUpToDateAsync(Run run, CancellationToken cancellation)
    {
        if (await TryReadDocumentAsync<Committed>(CommittedPath(run), cancellation) is { } known)
        {
            return known.UpToDate;
        }

        return !run.Plan.Request.ReplayQuarantine && run.Pipeline.Optimization.Caching
            && await TryReadDocumentAsync<Pending>(PendingPath(run.Id, StageKind.Ingest, 0), cancellation) is null
            && await Catalogue.FindByRunKeyAsync(run.Pipeline.Dataset, run.Plan.Key, cancellation) is { } version
            && await Catalogue.IsHeadAsync(run.Pipeline.Dataset, version, cancellation)
            && (await WriteDocumentAsync(CommittedPath(run), new Committed(version, true), cancellation)).UpToDate;
    }

    /// <summary>Notes on the dataset that a run failed or was stopped. A pipeline that cannot be read names no dataset.</summary>
    public async Task FailAsync(RunRequest request, string reason, CancellationToken cancellation)
    {
        string dataset;
        try
        {
            dataset = (await PipelineAsync(request, cancellation)).Dataset;
        }
        catch (PipelineException)
        {
            return;
        }

        await CancelBatchesAsync(request.RunId, cancellation);
        await Register.FailedAsync(dataset, request.RunId, reason, cancellation);
    }

    async Task<RunPlan> PlanAsync(RunRequest request, CancellationToken cancellation)
    {
        var inputs = inputsOf(request);
        var written = await PipelineAsync(request, cancellation);
        var versions = request.RowsOf is { } of ? (await OpenAsync(of, cancellation)).Plan.Versions : await InputVersions.OfAsync(written, Catalogue, request.Versions, cancellation);
        var pipeline = await tables.OpenAsync(request.RunId, written, inputs, Catalogue, versions, null, cancellation);
        await NoteTablesAsync(pipeline, versions, cancellation);
        if (request.RowsOf is { } earlier)
        {
            return await PlanOnRowsOfAsync(earlier, request, pipeline, cancellation);
        }

        pipeline.CheckSinks(OutputsOf(request), inputs);
        var asked = pipeline.CheckModels(Models);
        var cheap = pipeline.CheapModels(Models);
        var cut = pipeline.Optimization.Cut();
        cut = request.BatchBytes > 0 ? cut with { TargetBytes = request.BatchBytes } : cut;

        // The files are hashed whole on another core while they are cut: the version names its inputs by content, whatever the cut.
        var digests = Task.Run(() => DigestAsync(pipeline, inputs, options.Trial is null, cancellation), cancellation);
        var shards = new List<Shard>();
        await foreach (var shard in pipeline.Source.Source.ListShardsAsync(inputs, cut, cancellation))
        {
            shards.Add(shard);
        }

        if (shards.Count == 0)
        {
            throw NoRecords(pipeline);
        }

        var columns = await CheckColumnsAsync(pipeline, inputs, shards[0], cancellation);
        var physical = options.Trial is { } trial ? trial.Plan : await FindPlanAsync(Asking(pipeline, asked, cheap), columns, inputs, cancellation);
        var files = await digests;
        var plan = new RunPlan(
            request, KeyOf(pipeline, files, asked, cheap), files, shards, await EarlierAsync(pipeline, cancellation), asked, physical, cheap, versions);
        return await WriteDocumentAsync(PlanPath(request.RunId), plan, cancellation);
    }

    /// <summary>The plan of a run on the rows that another one read: the same files and shards, whose finished work is in the store.</summary>
    async Task<RunPlan> PlanOnRowsOfAsync(string earlier, RunRequest request, Pipelines.Pipeline pipeline, CancellationToken cancellation)
    {
        var run = await OpenAsync(earlier, cancellation);
        if ($"{pipeline.Source.Type}@{pipeline.Source.Source.CodeVersion}{pipeline.Source.OptionsJson}" != run.SourceIdentity)
        {
            throw new DataException($"Run '{earlier}' read its rows with another source than step '{pipeline.Source.Id}' of this pipeline. Take the pipeline of that run.");
        }

        pipeline.CheckColumns(SampleRows.Open(new Schema((await BaseAsync(run, cancellation)).Schema)));
        var (files, asked, cheap) = (run.Plan.Inputs, run.Plan.Models, run.Plan.CheapModels);
        var plan = new RunPlan(request, KeyOf(pipeline, files, asked, cheap), files, run.Plan.Shards, await EarlierAsync(pipeline, cancellation), asked, null, cheap, run.Plan.Versions);
        return await WriteDocumentAsync(PlanPath(request.RunId), plan, cancellation);
    }

    string KeyOf(Pipelines.Pipeline pipeline, IReadOnlyList<InputDigest> files, IReadOnlyDictionary<int, string>? asked, IReadOnlyDictionary<int, string>? cheap)
    {
        var key = new MemoKey("run").Add(pipeline.Hash).Add($"{options.PublishBytes}/{options.PublishRows}").Add($"{QualityBefore.CodeVersion}")
            .Add($"{pipeline.Source.Type}@{pipeline.Source.Source.CodeVersion}");
        for (var i = 0; i < pipeline.Steps.Count; i++)
        {
            var step = pipeline.Steps[i].Step is Llm.IAskModels asking ? asking.For(asked?.GetValueOrDefault(i), cheap?.GetValueOrDefault(i)) : pipeline.Steps[i].Step;
            key.Add($"{pipeline.Steps[i].Type}@{step.CodeVersion}{step.DependsOn}");
        }

        foreach (var file in files)
        {
            key.Add(file.Sha256).Add(file.File);
        }

        // Only rewrites that may change what steps say make another version; for all others the key stays, and so does finished work.
        if (pipeline.Optimize == RewriteLevel.Rows)
        {
            key.Add($"rows@{Optimiser.Version}");
        }

        return key.Value();
    }

    /// <summary>The pipeline with what is done where no model is.</summary>
    static Pipelines.Pipeline Asking(Pipelines.Pipeline pipeline, IReadOnlyDictionary<int, string>? models, IReadOnlyDictionary<int, string>? cheap) => pipeline with
    {
        Steps = [.. pipeline.Steps.Select((s, i) => s.Step is Llm.IAskModels asking ? s with { Step = asking.For(models?.GetValueOrDefault(i), cheap?.GetValueOrDefault(i)) } : s)],
    };

    /// <summary>A cheaper way to do the same; null where the pipeline wants none, or keeps the rows after every step as written.</summary>
    async Task<PhysicalPlan?> FindPlanAsync(Pipelines.Pipeline pipeline, Schema columns, InputFiles inputs, CancellationToken cancellation)
    {
        // Most pipelines have nothing to gain, which their columns show; only the others are worth a sample.
        // What is undone is told from the steps as written.
        var level = pipeline.Debug || pipeline.Steps.Any(s => s.Step is Repair.UndoChanges) ? RewriteLevel.Off : pipeline.Optimize;
        if (level == RewriteLevel.Off || level == RewriteLevel.Exact && Optimiser.Plan(pipeline, columns, level, PlanFacts.None).Plan is null)
        {
            return null;
        }

        var sample = await SampleRows.ReadAsync(pipeline.Source.Source, inputs, pipeline.Optimization, SampleRows.Default, cancellation);
        return (await PlanSearch.FindAsync(pipeline, sample, inputs, level, catalog, cancellation)).Plan;
    }

    /// <summary>The head of the dataset, where a rule compares with it. It is kept in the plan: the run compares with it also when it is resumed later.</summary>
    async Task<EarlierVersion?> EarlierAsync(Pipelines.Pipeline pipeline, CancellationToken cancellation)
    {
        if (!pipeline.Steps.Any(s => s.Step is QualityValidation { LooksBack: true })
            || await Catalogue.VersionsAsync(pipeline.Dataset, cancellation) is not [.., var head])
        {
            return null;
        }

        var manifest = await Catalogue.ManifestAsync(pipeline.Dataset, head.Version, cancellation);
        return new EarlierVersion(head.Version, manifest.QualityBefore, manifest.QualityAfter);
    }

    /// <summary>Wrong column names stop a run before it starts: the first shard's columns are checked against every step.</summary>
    static async Task<Schema> CheckColumnsAsync(Pipelines.Pipeline pipeline, InputFiles inputs, Shard first, CancellationToken cancellation)
    {
        var rows = await pipeline.Source.Source.ReadAsync(inputs, first, null, cancellation);

        // What the first shard holds says nothing certain about the types of the rest: only a non-text type is a promise worth checking.
        var columns = SampleRows.Open(rows.Batch.Schema);
        pipeline.CheckColumns(columns);
        return columns;
    }

    static async Task<List<InputDigest>> DigestAsync(Pipelines.Pipeline pipeline, InputFiles inputs, bool sourceToo, CancellationToken cancellation)
    {
        var digests = new List<InputDigest>();
        var sideFiles = pipeline.Steps.Where(s => sourceToo || s.Step is not StepOverTable).SelectMany(s => s.Step.SideFiles);
        var paths = (sourceToo && pipeline.Source.Source.FilePath is { } read ? sideFiles.Prepend(read) : sideFiles).Distinct(StringComparer.Ordinal);
        var files = new List<InputFile>();
        foreach (var path in paths)
        {
            files.AddRange(await inputs.ListAsync(path, cancellation));
        }

        foreach (var file in files.DistinctBy(f => f.Path))
        {
            using var local = await inputs.OpenAsync(file.Path, cancellation);
            await using var stream = new FileStream(local.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
            digests.Add(new InputDigest(file.Path, file.Bytes, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation))));
        }

        if (sourceToo && pipeline.Source.Source is DatasetSource source)
        {
            digests.InsertRange(0, await source.DigestsAsync(cancellation));
        }

        digests.AddRange(pipeline.Steps.Select(s => s.Step).OfType<StepOverTable>().Where(s => s.ReadsNewest).SelectMany(s => s.Digests));
        return [.. digests.Distinct()];
    }

    static string IngestKey(Run run, Shard shard, IReadOnlyList<Field>? schema)
    {
        var key = new MemoKey("ingest").Add(run.SourceIdentity).Add(shard.Sha256).Add(shard.Detail ?? "");
        return (schema is null ? key : key.Add(new Schema(schema).Id())).Value();
    }

    Task<bool> IngestAsync(Run run, int index, IReadOnlyList<Field>? schema, CancellationToken cancellation)
    {
        var shard = run.Plan.Shards[index];
        var path = MemoKey.PathOf(IngestKey(run, shard, schema));
        return OnceAsync(run, path, () => IngestAsync(run, shard, schema, path, cancellation), cancellation);
    }

    async Task IngestAsync(Run run, Shard shard, IReadOnlyList<Field>? schema, string path, CancellationToken cancellation)
    {
        var rows = await run.Source.ReadAsync(run.Inputs, shard, schema is null ? null : new Schema(schema), cancellation);
        if (rows.Batch.Rows + rows.Rejected.Count != shard.Records)
        {
            throw new InvalidOperationException(
                $"The source was given {shard.Records} records of '{shard.File}' and gave {rows.Batch.Rows} rows and {rows.Rejected.Count} rejected: some are lost.");
        }

        var batch = await files.WriteAsync(rows.Batch, cancellation);
        var rejects = rows.Rejected.Count == 0 ? null : await WriteContentAsync("rejects", Rejects(rows.Rejected, shard.FirstLine), cancellation);
        var memo = new IngestMemo(batch, [.. rows.Batch.Schema], rows.Rejected.Count, rejects);
        await WriteDocumentAsync(path, memo, cancellation);
    }

    // Lines are kept relative to the shard, so that an inserted line elsewhere does not make this work new.
    static byte[] Rejects(IReadOnlyList<RejectedRecord> rejected, long firstLine)
    {
        var text = new StringBuilder();
        foreach (var record in rejected)
        {
            text.Append(Encoding.UTF8.GetString(DocumentJson.Bytes(record with { Line = record.Line - firstLine }))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Joins the types of all shards; shards that were read with other types are read again.</summary>
    async Task<Stage> OpenRetypeAsync(Run run, CancellationToken cancellation)
    {
        var unified = await UnifiedAsync(run, cancellation);
        return await OpenStageAsync(
            run, StageKind.Retype, 0, "retype", unified.Retype,
            shard => HasAsync(run, IngestKey(run, run.Plan.Shards[shard], unified.Schema), cancellation), cancellation);
    }

    async Task<Unified> UnifiedAsync(Run run, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/schema.json";
        if (await TryReadDocumentAsync<Unified>(path, cancellation) is { } known)
        {
            return known;
        }

        var schemas = new List<Schema>();
        foreach (var shard in run.Plan.Shards)
        {
            schemas.Add(new Schema((await ReadDocumentAsync<IngestMemo>(MemoKey.PathOf(IngestKey(run, shard, null)), cancellation)).Schema));
        }

        var schema = Unify.Of(schemas);
        var retype = Enumerable.Range(0, schemas.Count).Where(i => !SameShape(schemas[i], schema)).ToArray();
        return await WriteDocumentAsync(path, new Unified([.. schema], retype), cancellation);
    }

    // Nullable and Format describe the dataset, not the bytes: a batch read on its own is right when names and types agree.
    static bool SameShape(Schema left, Schema right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && pair.First.Type == pair.Second.Type);

    async Task<BaseRows> BaseAsync(Run run, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/base.json";
        if (await TryReadDocumentAsync<BaseRows>(path, cancellation) is { } known)
        {
            return known;
        }

        var unified = await UnifiedAsync(run, cancellation);
        var retyped = unified.Retype.ToHashSet();
        var batches = new List<BaseBatch>();
        for (var i = 0; i < run.Plan.Shards.Count; i++)
        {
            var key = IngestKey(run, run.Plan.Shards[i], retyped.Contains(i) ? unified.Schema : null);
            var memo = await ReadDocumentAsync<IngestMemo>(MemoKey.PathOf(key), cancellation);
            batches.Add(new BaseBatch(memo.Batch, memo.Rejected, memo.Rejects));
        }

        return await WriteDocumentAsync(path, new BaseRows(unified.Schema, batches), cancellation);
    }

    sealed record Unified(IReadOnlyList<Field> Schema, IReadOnlyList<int> Retype);
}
