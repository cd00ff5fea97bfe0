namespace Sluice.Steps;

/// <summary>One row among all rows of the dataset, by its key.</summary>
/// <param name="Key">What <see cref="Step.Keys"/> gave.</param>
/// <param name="Batch">Number of its batch.</param>
/// <param name="Row">Row in that batch, as the step sees it.</param>
public readonly record struct KeyedRow(RowKey Key, int Batch, int Row);

/// <summary>All rows of the dataset sorted by (key, batch, row); can be walked more than once. Memory is bounded whatever the number of rows.</summary>
public abstract class KeyedRows
{
    public abstract long Count { get; }

    public abstract IEnumerator<KeyedRow> GetEnumerator();
}

/// <summary>One byte per row of the dataset, 0 unless set: what a keyed step decided.</summary>
public sealed class Decisions(IReadOnlyList<int> rowsPerBatch)
{
    readonly byte[]?[] batches = new byte[rowsPerBatch.Count][];

    public void Set(int batch, int row, byte decision) => (batches[batch] ??= new byte[rowsPerBatch[batch]])[row] = decision;

    /// <summary>Sets bits of a row's decision, beside those that are set.</summary>
    public void Mark(int batch, int row, byte bits) => (batches[batch] ??= new byte[rowsPerBatch[batch]])[row] |= bits;

    /// <summary>Rows of one batch.</summary>
    public int RowsOf(int batch) => rowsPerBatch[batch];

    /// <summary>Decisions of one batch; all zero when none was set.</summary>
    public byte[] Of(int batch) => batches[batch] ?? new byte[rowsPerBatch[batch]];
}
