using Sluice.Steps;
using Sluice.Storage;
using Sluice.VectorSpace;

namespace Sluice.Runs;

// Rows as vectors, for steps that compare them.
public sealed partial class RunEngine
{
    /// <summary>Stores the vectors of a batch by content; texts are embedded only where no earlier run did.</summary>
    async Task<string> WriteVectorsAsync(VectorSource source, Batch batch, CancellationToken cancellation)
    {
        using var npy = new MemoryStream();
        await source.WriteAsync(batch, vectors, npy, cancellation);
        return await WriteContentAsync("vectors", npy.ToArray(), cancellation);
    }

    /// <summary>The vectors of all rows in the order of a walk.</summary>
    async Task<VectorRows> GatherVectorsAsync(VectorSource source, KeyedRows walk, IReadOnlyList<ObserveMemo> memos, CancellationToken cancellation)
    {
        var files = new List<LocalFile>();
        try
        {
            foreach (var memo in memos)
            {
                files.Add(await store.LocalAsync(memo.Vectors!, cancellation));
            }

            return GatheredVectors.Of(walk, [.. files.Select(f => f.Path)], standardise: source.Cell is null, store.NewScratchFile(".npy"), cancellation);
        }
        finally
        {
            files.ForEach(f => f.Dispose());
        }
    }
}
