using Sluice.VectorSpace;

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

    /// <summary>The rows' vectors in the order of this walk, each once, at the row's first key; null unless the step says what they are made of (<see cref="Step.Vectors"/>).</summary>
    public VectorRows? Vectors { get; init; }

    /// <summary>The state of all rows, not to be changed; null unless the step <see cref="Step.DecidesWithState"/>.</summary>
    public State? State { get; init; }

    /// <summary>Local copies of the step's <see cref="Step.SideFiles"/>, in their order.</summary>
    public IReadOnlyList<string> SideFiles { get; init; } = [];

    public abstract IEnumerator<KeyedRow> GetEnumerator();
}

/// <summary>What a keyed step decided: for each row of the dataset one byte, or as many as the step asks for (<see cref="Step.DecisionBytes"/>); 0 unless set.</summary>
public sealed class Decisions(IReadOnlyList<int> rowsPerBatch, int bytes = 1)
{
    readonly byte[]?[] batches = new byte[rowsPerBatch.Count][];

    public void Set(int batch, int row, byte decision) => Row(batch, row)[0] = decision;

    /// <summary>The bytes of one row, to be set.</summary>
    public Span<byte> Row(int batch, int row) => (batches[batch] ??= new byte[rowsPerBatch[batch] * bytes]).AsSpan(row * bytes, bytes);

    /// <summary>Sets bits of a row's decision, beside those that are set.</summary>
    public void Mark(int batch, int row, byte bits) => Row(batch, row)[0] |= bits;

    /// <summary>Rows of one batch.</summary>
    public int RowsOf(int batch) => rowsPerBatch[batch];

    /// <summary>Decisions of one batch; all zero when none was set.</summary>
    public byte[] Of(int batch) => batches[batch] ?? new byte[rowsPerBatch[batch] * bytes];
}
