using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Pipelines;

namespace Sluice.Runs;

// What a run changed, cell by cell.
public sealed partial class RunEngine
{
    /// <summary>The cells that a run changed on the way to its version.</summary>
    /// <exception cref="DataException">The run is not known, or made no version.</exception>
    public async Task<ChangedCells> ChangesAsync(string runId, CancellationToken cancellation) =>
        await ChangedCells.OfAsync(token => CompareAsync(runId, token), await ManifestOfAsync(runId, cancellation), cancellation);

    /// <summary>The cells that one step of a run changed, and what an undo of it would come to.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">Id of a step or of a group, as the run's record has it.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="DataException">The run is not known, made no version, or has no such step.</exception>
    public async Task<StepChanges> ChangesAsync(string runId, string step, CancellationToken cancellation)
    {
        var manifest = await ManifestOfAsync(runId, cancellation);
        var run = await OpenAsync(runId, cancellation);
        if (StepRange.Of(run.Chain, run.Chain.Count, step) is { } range)
        {
            return await StepChanges.OfAsync(token => FollowAsync(run, range, token), ChangedCells.PersonalColumns(manifest), cancellation);
        }

        // A step that the plan passed over changed nothing.
        return run.Written.Steps.Any(s => s.Id == step) && run.Chain.All(s => s.Id != step)
            ? await StepChanges.OfAsync(_ => AsyncEnumerable.Empty<FollowedRows>(), [], cancellation)
            : throw new DataException($"Run '{runId}' has no step '{step}'. It has: {(run.Written.Steps.Count == 0 ? "none" : string.Join(", ", run.Written.Steps.Select(s => s.Id)))}.{Repair.StepUndo.MadeOf(manifest)}");
    }

    /// <summary>What a run was started with.</summary>
    /// <exception cref="DataException">The store has no such run.</exception>
    public async Task<RunRequest> RequestAsync(string runId, CancellationToken cancellation) =>
        (await ReadDocumentAsync<RunPlan>(PlanPath(runId), cancellation)).Request;

    async Task<Datasets.VersionManifest> ManifestOfAsync(string runId, CancellationToken cancellation)
    {
        var record = await RunRecord.FindAsync(store, runId, cancellation) ?? throw new DataException($"There is no record of a run '{runId}' in this store.");
        if (record.Version is null)
        {
            throw new DataException($"Run '{runId}' made no version, so nothing was changed. Its evidence says why: 'sluice evidence {runId}'.");
        }

        return await Catalogue.ManifestAsync(record.Dataset, record.Version, cancellation);
    }

    async IAsyncEnumerable<FollowedRows> FollowAsync(Run run, StepRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var offsets = Offsets(await BaseAsync(run, cancellation));
        for (var batch = 0; batch < offsets.Length; batch++)
        {
            var trail = RowTrail.Of(run.Chain, run.Steps.Count, range)!;
            var now = await ApplyChainAsync(run, batch, run.Steps.Count, null, null, cancellation, follow: trail);
            yield return new FollowedRows(offsets[batch], now, trail.Cells(range, now.Rows), trail.Gone(range, now.Rows));
        }
    }

    async IAsyncEnumerable<ComparedRows> CompareAsync(string runId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var run = await OpenAsync(runId, cancellation);
        var rows = await BaseAsync(run, cancellation);
        var offsets = Offsets(rows);
        for (var batch = 0; batch < offsets.Length; batch++)
        {
            var memo = await ApplyMemoAsync(run, batch, cancellation);
            if (memo.Steps.Any(step => step.Changed.Count > 0) || memo.Output.Sha256 != rows.Batches[batch].Batch.Sha256)
            {
                yield return new ComparedRows(
                    offsets[batch],
                    await files.ReadAsync(rows.Batches[batch].Batch, null, cancellation),
                    await files.ReadAsync(memo.Output, null, cancellation),
                    await OriginsAsync(memo, cancellation));
            }
        }
    }

    async Task<int[]?> OriginsAsync(ApplyMemo memo, CancellationToken cancellation)
    {
        if (memo.Origins is null)
        {
            return null;
        }

        var origins = new int[memo.Output.Rows];
        using var unpacked = new DeflateStream(new MemoryStream(await store.ReadAsync(memo.Origins, cancellation)), CompressionMode.Decompress);
        unpacked.ReadExactly(MemoryMarshal.AsBytes(origins.AsSpan()));
        return origins;
    }
}
