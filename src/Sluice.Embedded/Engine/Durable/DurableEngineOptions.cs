namespace Sluice.Embedded.Durable;

/// <summary>Settings of the durable engine. Every limit is an option.</summary>
public sealed record DurableEngineOptions
{
    /// <summary>Folder of the store; created when missing. One process at a time.</summary>
    public required string Path { get; init; }

    /// <summary>Activities that run at once. Default: number of cores.</summary>
    public int MaxConcurrentActivities { get; init; } = Environment.ProcessorCount;

    /// <summary>Orchestrations whose turns run at once. Default: number of cores.</summary>
    public int MaxConcurrentOrchestrators { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How long a claimed activity is held before it is given to another worker, unless renewed. Renewed every third of it. Default 5 min, as Azure.
    /// </summary>
    public TimeSpan ActivityLease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest input, output or event in UTF-8 bytes. Default 16 KiB: pass references, not rows.</summary>
    public int MaxPayloadBytes { get; init; } = 16 * 1024;

    /// <summary>Largest custom status in UTF-8 bytes. Default 4 KiB.</summary>
    public int MaxCustomStatusBytes { get; init; } = 4096;

    /// <summary>An activity that was delivered so often and never completed (its process ended each time) fails. Default 10.</summary>
    public int MaxDeliveries { get; init; } = 10;

    /// <summary>
    /// Whether each commit waits for the disk. Default false: commits survive the end of the process, and the last ones may be lost (never torn) when
    /// the machine loses power.
    /// </summary>
    public bool FullSync { get; init; }

    /// <summary>
    /// How long the store may refuse every write (a full disk) before the engine ends with an <see cref="EngineKilledException"/>. Null, the default:
    /// for ever; what is done waits in memory and is written when it can be.
    /// </summary>
    public TimeSpan? WritePatience { get; init; }

    /// <summary>How long a graceful stop waits for running activities before it abandons them. Default 10 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Executions whose history is kept in memory between turns. Default 256; the others are read again from the store. 0: all are, on every turn.</summary>
    public int MaxCachedExecutions { get; init; } = 256;

    /// <summary>
    /// The version of this worker's orchestrators, and of instances and children that are started without one. Empty, the default: none, and every
    /// version is taken.
    /// </summary>
    public string DefaultVersion { get; init; } = "";

    /// <summary>Which versions are taken when <see cref="DefaultVersion"/> is set. Default: that one and older ones, as Azure.</summary>
    public VersionMatchStrategy VersionMatchStrategy { get; init; } = VersionMatchStrategy.CurrentOrOlder;

    /// <summary>What becomes of the others. Default: they wait, as in Azure.</summary>
    public VersionFailureStrategy VersionFailureStrategy { get; init; } = VersionFailureStrategy.Reject;

    /// <summary>
    /// Fault injection for conformance runs: every activity that completes is delivered once more, as if its completion had been lost. Default false.
    /// </summary>
    public bool DeliverTwice { get; init; }

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentNullException.ThrowIfNull(DefaultVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentOrchestrators, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ActivityLease, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPayloadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCustomStatusBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDeliveries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxCachedExecutions);
        ArgumentOutOfRangeException.ThrowIfLessThan(WritePatience ?? TimeSpan.Zero, TimeSpan.Zero);
    }
}
