using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.VectorSpace;

/// <summary>
/// Puts the vectors of all batches into the order of their rows' keys, once: what an algorithm then does in the order of the vectors depends on the rows alone,
/// not on the order in which they came. Small ones go to memory, large ones to a file that is mapped.
/// </summary>
static class GatheredVectors
{
    const long MostBytesInMemory = 256L << 20;

    /// <param name="walk">All rows in key order; of several keys of a row, its first has the place of its vector.</param>
    /// <param name="files">Vectors of each batch, by batch number.</param>
    /// <param name="standardise">Whether each dimension is brought to mean 0 and deviation 1, and missing numbers to 0.</param>
    /// <param name="scratch">File to write, when they are many; deleted with the result.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static VectorRows Of(KeyedRows walk, IReadOnlyList<string> files, bool standardise, string scratch, CancellationToken cancellation)
    {
        var batches = new List<VectorRows>();
        try
        {
            batches.AddRange(files.Select(file => VectorRows.Open([file])));
            var dimensions = VectorRows.CommonDimensions(batches);
            var scale = standardise ? VectorScale.Of(dimensions, use =>
            {
                foreach (var row in Own(walk, batches))
                {
                    use(batches[row.Batch][row.Row]);
                }
            }) : null;
            var rows = batches.Sum(b => (long)b.Rows);
            if (rows * dimensions * sizeof(float) <= MostBytesInMemory)
            {
                var vectors = new float[rows * dimensions];
                var at = 0;
                foreach (var row in Own(walk, batches))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var vector = vectors.AsSpan(at, dimensions);
                    batches[row.Batch][row.Row].CopyTo(vector);
                    scale?.Apply(vector);
                    at += dimensions;
                }

                return new VectorRows(vectors, dimensions) { Scale = scale };
            }

            using (var stream = new FileStream(scratch, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20))
            {
                NpyFile.WriteHeader(stream, checked((int)rows), dimensions);
                var vector = new float[dimensions];
                foreach (var row in Own(walk, batches))
                {
                    cancellation.ThrowIfCancellationRequested();
                    vector.AsSpan().Clear();
                    batches[row.Batch][row.Row].CopyTo(vector);
                    scale?.Apply(vector);
                    NpyFile.WriteRows(stream, vector);
                }
            }

            var mapped = VectorRows.OpenScratch(scratch);
            mapped.Scale = scale;
            return mapped;
        }
        catch (IOException cause)
        {
            File.Delete(scratch);
            throw StoreException.From(scratch, cause);
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    static IEnumerable<KeyedRow> Own(KeyedRows walk, List<VectorRows> batches)
    {
        foreach (var row in walk)
        {
            if (row.Row < batches[row.Batch].Rows)
            {
                yield return row;
            }
        }
    }
}
