using Sluice.Embedding;
using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>The rows that a deployed model was made from, by what they are compared by.</summary>
sealed class EarlierTable(Batch table, VectorSource features, VectorStore store)
{
    readonly RowKey[] keys = Keys(table, features);

    public static RowKey[] Keys(Batch batch, VectorSource features) => RowHash.Rows([.. features.Names.Select(name => batch[name])], batch.Rows);

    public HashSet<ulong> Contents() => [.. keys.Select(key => ReviewCandidate.ContentOf(key.High))];

    /// <summary>Vectors of a fair sample of the different rows.</summary>
    /// <param name="present">Contents that are left out.</param>
    /// <param name="scale">The scale to bring them to; null: none.</param>
    /// <param name="most">Rows at most.</param>
    public VectorRows Sample(IReadOnlySet<ulong> present, VectorScale? scale, int most)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => !present.Contains(ReviewCandidate.ContentOf(keys[row].High))).DistinctBy(row => keys[row]).OrderBy(row => keys[row]).Take(most)];
        var vectors = features.RawAsync(table.Take(rows), store, CancellationToken.None).GetAwaiter().GetResult();
        if (scale is null || vectors.Rows == 0)
        {
            return vectors;
        }

        var scaled = vectors.From(0, vectors.Rows).ToArray();
        for (var row = 0; row < vectors.Rows; row++)
        {
            scale.Apply(scaled.AsSpan(row * vectors.Dimensions, vectors.Dimensions));
        }

        return new VectorRows(scaled, vectors.Dimensions);
    }
}
