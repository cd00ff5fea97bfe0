using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Labels.Review;

/// <summary>Runs find_label_errors on a version by the vectors of a text, in memory: a step that sees all rows at once, outside of a run.</summary>
static class SuspectsByText
{
    // 1 GiB of vectors.
    const long MostNumbers = 1L << 28;

    /// <returns>Adds the step's columns to a batch; to be called with the batches of the version in their order.</returns>
    public static async Task<Func<Batch, Batch>> JudgeAsync(DatasetRows rows, FindLabelErrors step, VectorSource features, VectorStore store, CancellationToken cancellation)
    {
        var state = step.NewState(rows.Schema)!;
        var (found, vectors, sizes) = (new List<(KeyedRow Row, int At)>(), new List<VectorRows>(), new List<int>());
        var at = 0;
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            step.Observe(batch, state);
            var some = await features.RawAsync(batch, store, cancellation);
            Check(at + batch.Rows, some.Dimensions);
            vectors.Add(some);
            found.AddRange(step.Keys(batch).Select((key, row) => (new KeyedRow(key, sizes.Count, row), at + row)));
            sizes.Add(batch.Rows);
            at += batch.Rows;
        }

        found.Sort((left, right) => left.Row.Key != right.Row.Key ? left.Row.Key.CompareTo(right.Row.Key) : left.At.CompareTo(right.At));
        var table = VectorRows.Together(vectors);
        var dimensions = table.Dimensions;
        var sorted = new float[(long)found.Count * dimensions];
        for (var i = 0; i < found.Count; i++)
        {
            table[found[i].At].CopyTo(sorted.AsSpan(i * dimensions));
        }

        var decisions = new Decisions(sizes, step.DecisionBytes);
        var decided = step.Decide(new Walk([.. found.Select(f => f.Row)]) { Vectors = new VectorRows(sorted, dimensions), State = state }, decisions);
        var json = step.Fit(state, decided);
        var next = 0;
        return batch => step.Apply(batch, new Fitted(json, decisions.Of(next++)), new Verdicts(batch.Rows));
    }

    static void Check(long rows, int dimensions)
    {
        if (rows * dimensions > MostNumbers)
        {
            throw new DataException(
                $"The version has more than {MostNumbers / dimensions:N0} rows of {dimensions:N0} numbers, which are held in memory to find suspects by features. "
                + "Put find_label_errors into the pipeline and review the version that keeps only its suspects, or choose a model of fewer numbers.");
        }
    }

    sealed class Walk(List<KeyedRow> rows) : KeyedRows
    {
        public override long Count => rows.Count;

        public override IEnumerator<KeyedRow> GetEnumerator() => rows.GetEnumerator();
    }
}
