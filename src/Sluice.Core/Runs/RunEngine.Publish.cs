using System.Text;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Runs;

// From output batches to the files of a version, their quality, the commit, and the sinks.
public sealed partial class RunEngine
{
    async Task<Stage> OpenPublishAsync(Run run, CancellationToken cancellation)
    {
        if (await TryReadDocumentAsync<Gate>(GatePath(run), cancellation) is { } gate)
        {
            return await EndAsync(run, null, gate.Failure, cancellation);
        }

        if (options.EvidenceOnly)
        {
            return await EndAsync(run, null, null, cancellation);
        }

        var plan = await PublishPlanAsync(run, cancellation);
        return await OpenStageAsync(
            run, StageKind.Publish, 0, "publish", All(plan.Segments.Count),
            async segment => await HasAsync(run, await PublishKeyAsync(run, plan.Segments[segment], cancellation), cancellation), cancellation);
    }

    async Task<PublishPlan> PublishPlanAsync(Run run, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/publish.json";
        if (await TryReadDocumentAsync<PublishPlan>(path, cancellation) is { } known)
        {
            return known;
        }

        var batches = new List<(int, IReadOnlyList<int>)>();
        for (var batch = 0; batch < (await BaseAsync(run, cancellation)).Batches.Count; batch++)
        {
            var memo = await ApplyMemoAsync(run, batch, cancellation);
            batches.Add((memo.Output.Rows, memo.Borders));
        }

        return await WriteDocumentAsync(path, new PublishPlan(PublishPlanner.Segments(batches, options.PublishRows)), cancellation);
    }

    async Task<string> PublishKeyAsync(Run run, Segment segment, CancellationToken cancellation)
    {
        var key = new MemoKey("publish").Add((await OutputSchemaAsync(run, cancellation)).Id());
        foreach (var piece in segment.Pieces)
        {
            key.Add((await ApplyMemoAsync(run, piece.Batch, cancellation)).Output.Sha256).Add($"{piece.From}-{piece.To}");
        }

        return key.Value();
    }

    async Task<Schema> OutputSchemaAsync(Run run, CancellationToken cancellation) =>
        (await SchemasAsync(run, run.Steps.Count, cancellation))[^1];

    async Task<bool> PublishAsync(Run run, int index, CancellationToken cancellation)
    {
        var segment = (await PublishPlanAsync(run, cancellation)).Segments[index];
        var path = MemoKey.PathOf(await PublishKeyAsync(run, segment, cancellation));
        return await OnceAsync(run, path, () => PublishAsync(run, segment, path, cancellation), cancellation);
    }

    async Task PublishAsync(Run run, Segment segment, string path, CancellationToken cancellation)
    {
        var joined = await JoinAsync(run, segment, cancellation);
        var file = await files.PublishAsync(joined, cancellation);

        // While the rows are at hand: the stage that measures finds it done. First, so that a stop in between leaves it to that stage.
        await MeasureAsync(run, file, joined, cancellation);
        await WriteDocumentAsync(path, new PublishMemo(file), cancellation);
    }

    // On its own, so that the batches it is made of are let go before the rows are written and measured: together they are twice as large.
    async Task<Batch> JoinAsync(Run run, Segment segment, CancellationToken cancellation)
    {
        var schema = await OutputSchemaAsync(run, cancellation);
        var parts = new List<Batch>();
        foreach (var piece in segment.Pieces)
        {
            var memo = await ApplyMemoAsync(run, piece.Batch, cancellation);
            var rows = await files.ReadAsync(memo.Output, null, cancellation);
            var slice = piece.To - piece.From == rows.Rows ? rows : rows.Slice(piece.From, piece.To);
            parts.Add(new Batch(schema, slice.Columns, slice.Rows));
        }

        return Batch.Concat(parts);
    }

    async Task<List<BatchRef>> PublishedAsync(Run run, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/published";
        if (documents.TryGetValue(path, out var known))
        {
            return (List<BatchRef>)known;
        }

        var published = new List<BatchRef>();
        foreach (var segment in (await PublishPlanAsync(run, cancellation)).Segments)
        {
            var key = await PublishKeyAsync(run, segment, cancellation);
            published.Add((await ReadDocumentAsync<PublishMemo>(MemoKey.PathOf(key), cancellation)).File);
        }

        return Remember(path, published);
    }

    /// <summary>The checks that measured the rows as read, without gate, so that both scores mean the same.</summary>
    static Step QualityAfter(Run run) => run.Steps.OfType<QualityValidation>().LastOrDefault() is not { } checks ? QualityBefore
        : run.Plan.Earlier is { } earlier ? checks.WithoutGate().Against(earlier.Version, earlier.QualityAfter)
        : checks.WithoutGate();

    static string MeasureKey(Run run, BatchRef file) =>
        new MemoKey("measure").Add(file.Sha256).Add(
            Enumerable.Range(0, run.Steps.Count).LastOrDefault(i => run.Steps[i] is QualityValidation, PassPlan.Before) is var step && step >= 0
                ? run.Identity(step) : IdentityOf(run, PassPlan.Before)).Value();

    async Task<Stage> OpenMeasureAsync(Run run, CancellationToken cancellation)
    {
        var published = await PublishedAsync(run, cancellation);
        return await OpenStageAsync(
            run, StageKind.Measure, 0, "look: quality after", All(published.Count),
            file => HasAsync(run, MeasureKey(run, published[file]), cancellation), cancellation);
    }

    async Task<bool> MeasureAsync(Run run, int index, CancellationToken cancellation)
    {
        var file = (await PublishedAsync(run, cancellation))[index];
        return await OnceAsync(
            run, MemoKey.PathOf(MeasureKey(run, file)), async () => await MeasureAsync(run, file, await files.ReadAsync(file, null, cancellation), cancellation), cancellation);
    }

    async Task MeasureAsync(Run run, BatchRef file, Batch rows, CancellationToken cancellation)
    {
        var schema = await OutputSchemaAsync(run, cancellation);
        var memo = await LookAsync(QualityAfter(run), new Batch(schema, rows.Columns, rows.Rows), schema, cancellation);
        await WriteDocumentAsync(MemoKey.PathOf(MeasureKey(run, file)), memo, cancellation);
    }

    /// <summary>The report on the published rows.</summary>
    async Task<string> QualityAfterAsync(Run run, IReadOnlyList<BatchRef> published, CancellationToken cancellation)
    {
        var memos = new List<ObserveMemo>();
        foreach (var file in published)
        {
            memos.Add(await ReadDocumentAsync<ObserveMemo>(MemoKey.PathOf(MeasureKey(run, file)), cancellation));
        }

        var step = QualityAfter(run);
        var (state, _, decided) = await GatherAsync(step, await OutputSchemaAsync(run, cancellation), memos, cancellation);
        return Encoding.UTF8.GetString(step.Fit(state, decided));
    }

    async Task<Stage> OpenExportAsync(Run run, CancellationToken cancellation)
    {
        var committed = await TryReadDocumentAsync<Committed>(CommittedPath(run), cancellation)
            ?? await WriteDocumentAsync(CommittedPath(run), new Committed(await CommitAsync(run, cancellation), false), cancellation);
        return await OpenStageAsync(
            run, StageKind.Export, 0, "export", All(options.WithoutSinks ? 0 : run.Pipeline.Sinks.Count), sink => IsExportedAsync(run, committed.Version, sink, cancellation), cancellation);
    }

    static string ExportPath(Run run, string version, int sink)
    {
        var (type, instance, optionsJson) = (run.Pipeline.Sinks[sink].Type, run.Pipeline.Sinks[sink].Sink, run.Pipeline.Sinks[sink].OptionsJson);
        return $"exports/{new MemoKey("export").Add(version).Add($"{type}@{instance.CodeVersion}{optionsJson}").Add(run.Plan.Request.InputFolder).Value()}.json";
    }

    // A sink writes outside the store, where a user may delete or change what it wrote: it is done only while its files are there.
    async Task<bool> IsExportedAsync(Run run, string version, int sink, CancellationToken cancellation)
    {
        var path = ExportPath(run, version, sink);
        if (await store.StatAsync(path, cancellation) is null)
        {
            return false;
        }

        foreach (var file in DocumentJson.Parse<ExportReceipt>(await store.ReadAsync(path, cancellation)).Files)
        {
            if (await run.Outputs.BytesAsync(file.Path, cancellation) != file.Bytes)
            {
                return false;
            }
        }

        return true;
    }

    async Task<bool> ExportAsync(Run run, int index, CancellationToken cancellation)
    {
        var (version, _) = await ReadDocumentAsync<Committed>(CommittedPath(run), cancellation);
        if (await IsExportedAsync(run, version, index, cancellation))
        {
            return false;
        }

        var rows = await Catalogue.OpenAsync(run.Pipeline.Dataset, version, cancellation);
        var exported = new List<ExportedFile>();
        foreach (var file in await run.Pipeline.Sinks[index].Sink.WriteAsync(rows, run.Outputs, cancellation))
        {
            // Gone already: the receipt then says that it is to be written again.
            exported.Add(new ExportedFile(file, await run.Outputs.BytesAsync(file, cancellation) ?? -1));
        }

        var path = ExportPath(run, version, index);
        await store.DeleteAsync(path, cancellation);
        await store.CreateAsync(path, DocumentJson.Bytes(new ExportReceipt(exported)), cancellation);
        return true;
    }

    async Task<Stage> FinishAsync(Run run, CancellationToken cancellation)
    {
        var (version, upToDate) = await ReadDocumentAsync<Committed>(CommittedPath(run), cancellation);
        await Register.ReadyAsync(run.Pipeline.Dataset, run.Id, cancellation);
        return upToDate
            ? new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome(version, run.Pipeline.Dataset, true, null, null))
            : await EndAsync(run, version, null, cancellation);
    }

    static string CommittedPath(Run run) => $"runs/{run.Id}/version.json";

    /// <summary>The version of a run: the one it committed, or the one it found before it did anything.</summary>
    sealed record Committed(string Version, bool UpToDate);

    sealed record ExportReceipt(IReadOnlyList<ExportedFile> Files);

    sealed record ExportedFile(string Path, long Bytes);
}
