namespace Sluice.Connectors;

/// <summary>The committed rows, batch by batch, in order.</summary>
public abstract class DatasetRows
{
    public abstract Schema Schema { get; }

    public abstract long Rows { get; }

    public abstract IAsyncEnumerable<Batch> ReadAsync(CancellationToken cancellation);
}

/// <summary>
/// Writes a dataset somewhere. Runs in an activity and may run twice: write to a temporary name and replace at the end, so that a
/// reader never sees half a file and a second run gives the same bytes.
/// </summary>
public abstract class Sink
{
    /// <summary>Raise when the same rows and options give other bytes than before.</summary>
    public virtual int CodeVersion => 1;

    /// <summary>Refuses before any data is read what could never be written to <paramref name="outputs"/>. Writes nothing.</summary>
    /// <returns>The path it will write, or one such as it will write; null when it writes no files.</returns>
    /// <exception cref="SinkException">Says why and what to do.</exception>
    public virtual string? Check(OutputFiles outputs) => null;

    /// <summary>Whether a path is one that it writes.</summary>
    /// <exception cref="SinkException">Its own can never be written.</exception>
    public virtual bool Writes(OutputFiles outputs, string path) => Check(outputs) == path;

    /// <param name="rows">What to write.</param>
    /// <param name="outputs">Where files go.</param>
    /// <param name="cancellation">Stops between batches; nothing is left at the final name.</param>
    /// <returns>Paths written, as <see cref="OutputFiles.Place"/> gives them.</returns>
    /// <exception cref="SinkException">Cannot be written; says why and what to do.</exception>
    public abstract Task<IReadOnlyList<string>> WriteAsync(DatasetRows rows, OutputFiles outputs, CancellationToken cancellation);
}
