namespace Sluice.Pipelines.Optimise;

/// <summary>What limits a batch.</summary>
public sealed record BatchLimits
{
    /// <summary>Bytes that one row takes while it is in work.</summary>
    public required double RowBytes { get; init; }

    /// <summary>Seconds that one row takes.</summary>
    public required double RowSeconds { get; init; }

    /// <summary>Seconds that a batch takes whatever its rows: a call, a file, a lease.</summary>
    public double OverheadSeconds { get; init; } = 0.05;

    /// <summary>Seconds that a batch should take: as much is done again when one is lost.</summary>
    public double TargetSeconds { get; init; } = 60;

    /// <summary>Bytes that a batch may take.</summary>
    public double MemoryBytes { get; init; } = 256 << 20;

    /// <summary>Rows there are; null: unknown.</summary>
    public long? Rows { get; init; }

    /// <summary>Batches there should be at least, so that all workers have one and a failure costs a part.</summary>
    public int LeastBatches { get; init; } = 10;
}

/// <summary>How many rows to do at a time.</summary>
public static class BatchSize
{
    // An item of a language model in work: prompt, answer and their JSON.
    const double ItemBytes = 8 << 20;

    /// <summary>The most rows that fit the memory, take no longer than wanted, and leave enough batches; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public static long Of(BatchLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.RowBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.RowSeconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.MemoryBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.LeastBatches);
        var byMemory = limits.MemoryBytes / limits.RowBytes;
        var byTime = (limits.TargetSeconds - limits.OverheadSeconds) / limits.RowSeconds;
        var byCount = limits.Rows is { } rows ? Math.Ceiling((double)rows / limits.LeastBatches) : double.PositiveInfinity;
        return (long)Math.Clamp(Math.Floor(Math.Min(byMemory, Math.Min(byTime, byCount))), 1, 1 << 20);
    }

    /// <summary>Items of one batch of a language model.</summary>
    /// <param name="dataSize">Items there are.</param>
    /// <param name="llmLatency">Seconds that one item takes.</param>
    /// <param name="memoryLimit">MiB that a batch may take.</param>
    public static long OptimalFor(long dataSize, double llmLatency, double memoryLimit) => Of(new BatchLimits
    {
        Rows = dataSize,
        RowSeconds = llmLatency,
        MemoryBytes = memoryLimit * (1 << 20),
        RowBytes = ItemBytes,
    });
}
