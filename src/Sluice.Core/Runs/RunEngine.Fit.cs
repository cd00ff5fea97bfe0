using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Sluice.Steps;
using Sluice.Storage;
using Sluice.VectorSpace;

namespace Sluice.Runs;

// The end of a pass: merge what was seen, decide, fit.
public sealed partial class RunEngine
{
    async Task<Stage> FinishPassAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var pass = (await PassesAsync(run, cancellation))[passNumber];
        var schema = (await SchemasAsync(run, pass.Prefix, cancellation))[^1];
        foreach (var observer in pass.Observers)
        {
            if (observer != PassPlan.Before && run.Steps[observer] is Llm.AskingStep)
            {
                return await OpenAskAsync(run, passNumber, cancellation);
            }

            var fit = await TryReadDocumentAsync<StepFit>(FitPath(run, observer), cancellation)
                ?? await WriteDocumentAsync(FitPath(run, observer), await FitStepAsync(run, pass, observer, schema, cancellation), cancellation);
            if (fit.GateFailure is not null)
            {
                await WriteDocumentAsync(GatePath(run), new Gate(observer, $"Step '{run.Chain[observer].Id}': {fit.GateFailure}"), cancellation);
                return await OpenApplyAsync(run, cancellation);
            }
        }

        return await OpenPassAsync(run, passNumber + 1, cancellation);
    }

    async Task<StepFit> FitStepAsync(Run run, Pass pass, int observer, Schema schema, CancellationToken cancellation)
    {
        var count = (await BaseAsync(run, cancellation)).Batches.Count;
        var memos = new List<ObserveMemo>(count);
        for (var batch = 0; batch < count; batch++)
        {
            var key = await ObserveKeyAsync(run, pass, observer, batch, cancellation);
            memos.Add(await ReadDocumentAsync<ObserveMemo>(MemoKey.PathOf(key), cancellation));
        }

        var step = StepOf(run, observer);
        var (state, decisions, decided) = await GatherAsync(step, schema, memos, cancellation, run);
        var json = step.Fit(state, decided);
        var rows = step.IsKeyed || memos.Any(m => m.Poison is not null) ? memos.Select(m => m.Rows).ToArray() : null;
        var poison = Enumerable.Range(0, count).Where(i => memos[i].Poison is not null).ToDictionary(i => i, i => memos[i].Poison!);
        var fit = new StepFit(Encoding.UTF8.GetString(json), decisions, poison.Count == 0 ? null : poison, rows, step.GateFailure(new Fitted(json)))
        {
            ApplyKey = step.ApplyKey(new Fitted(json), state) is var applies && applies == step.ApplyKey(new Fitted(json)) ? null : applies,
        };
        return step is SchemaDetection.SchemaDetectionStep { Asked: not null } asking ? await RefinedAsync(run, observer, asking, state!, fit, cancellation) : fit;
    }

    /// <summary>What all batches showed together: the merged states, and what the walk over all keys decided; both at once.</summary>
    async Task<(State? State, IReadOnlyList<string>? Decisions, object? Decided)> GatherAsync(
        Step step, Schema schema, IReadOnlyList<ObserveMemo> memos, CancellationToken cancellation, Run? run = null)
    {
        var merging = Task.Run(() => MergeAsync(step, schema, memos, cancellation), cancellation);
        var (decisions, decided) = step.IsKeyed
            ? await DecideAsync(step, step.Vectors(schema), step.DecidesWithState ? await merging : null, memos, run, cancellation)
            : (null, null);
        return (await merging, decisions, decided);
    }

    /// <summary>Merges on all cores: the order of merging never shows in the result.</summary>
    async Task<State?> MergeAsync(Step step, Schema schema, IReadOnlyList<ObserveMemo> memos, CancellationToken cancellation)
    {
        var total = step.NewState(schema);
        if (total is null)
        {
            return null;
        }

        var cores = Math.Min(Environment.ProcessorCount, memos.Count);
        var shares = Enumerable.Range(0, cores).Select(core => Task.Run(
            async () =>
            {
                var share = step.NewState(schema)!;
                for (var i = core; i < memos.Count; i += cores)
                {
                    if (memos[i].State is { } path)
                    {
                        var part = step.NewState(schema)!;
                        part.FromBytes(await store.ReadAsync(path, cancellation));
                        share.Merge(part);
                    }
                }

                return share;
            },
            cancellation));
        foreach (var share in await Task.WhenAll(shares))
        {
            total.Merge(share);
        }

        return total;
    }

    /// <summary>Walks all keys in order; decisions of each batch are stored by content, so unchanged ones keep their name.</summary>
    async Task<(IReadOnlyList<string> Decisions, object? Decided)> DecideAsync(
        Step step, VectorSource? source, State? state, IReadOnlyList<ObserveMemo> memos, Run? run, CancellationToken cancellation)
    {
        var runs = new List<LocalFile>();
        var sideFiles = run is null ? [] : await SideFilesAsync(run, step, cancellation);
        try
        {
            foreach (var memo in memos)
            {
                runs.Add(await store.LocalAsync(memo.Keys!, cancellation));
            }

            var decisions = new Decisions([.. memos.Select(m => m.Rows)], step.DecisionBytes);
            string[] keys = [.. runs.Select(r => r.Path)];
            using var vectors = source is null ? null : await GatherVectorsAsync(source, KeyRuns.Open(keys), memos, cancellation);
            var decided = step.Decide(KeyRuns.Open(keys, vectors, state, [.. sideFiles.Select(f => f.Path)]), decisions);
            var paths = new string[memos.Count];
            for (var batch = 0; batch < paths.Length; batch++)
            {
                var bytes = decisions.Of(batch);
                paths[batch] = bytes.AsSpan().ContainsAnyExcept((byte)0) ? await WriteContentAsync("decisions", Deflate(bytes), cancellation) : "";
            }

            return (paths, decided);
        }
        finally
        {
            runs.ForEach(r => r.Dispose());
            sideFiles.ForEach(f => f.Dispose());
        }
    }

    /// <summary>Local copies of a step's files beside the source; they must be what they were when the run began, because the version names them by content.</summary>
    static async Task<List<LocalFile>> SideFilesAsync(Run run, Step step, CancellationToken cancellation)
    {
        var files = new List<LocalFile>();

        // A table is open already.
        foreach (var path in step is Joins.StepOverTable ? [] : step.SideFiles)
        {
            foreach (var file in await run.Inputs.ListAsync(path, cancellation))
            {
                files.Add(await run.Inputs.OpenAsync(file.Path, cancellation));
                await using var stream = File.OpenRead(files[^1].Path);
                var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
                if (!run.Plan.Inputs.Any(i => i.File == file.Path && i.Sha256 == found))
                {
                    throw new SourceException($"The file \"{file.Path}\" has changed since the run began. Expected the content that the version will name. Start the run again.");
                }
            }
        }

        return files;
    }

    static byte[] Deflate(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            deflate.Write(bytes);
        }

        return packed.ToArray();
    }

    static string GatePath(Run run) => $"runs/{run.Id}/gate.json";

    /// <summary>A gate that refused: the run goes on only to write the evidence of the steps up to it.</summary>
    sealed record Gate(int Step, string Failure);
}
