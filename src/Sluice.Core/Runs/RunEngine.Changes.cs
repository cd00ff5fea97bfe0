using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Runs;

// What a run changed, cell by cell.
public sealed partial class RunEngine
{
    /// <summary>The cells that a run changed on the way to its version.</summary>
    /// <exception cref="DataException">The run is not known, or made no version.</exception>
    public async Task<ChangedCells> ChangesAsync(string runId, CancellationToken cancellation)
    {
        var record = await RunRecord.FindAsync(store, runId, cancellation) ?? throw new DataException($"There is no record of a run '{runId}' in this store.");
        if (record.Version is null)
        {
            throw new DataException($"Run '{runId}' made no version, so nothing was changed. Its evidence says why: 'sluice evidence {runId}'.");
        }

        var manifest = await Catalogue.ManifestAsync(record.Dataset, record.Version, cancellation);
        return await ChangedCells.OfAsync(token => CompareAsync(runId, token), manifest, cancellation);
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
