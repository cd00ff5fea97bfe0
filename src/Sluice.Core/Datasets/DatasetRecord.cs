namespace Sluice.Datasets;

/// <summary>What is said of a dataset beside its versions: one row of the ledger, changed by compare-and-swap.</summary>
public sealed record DatasetRecord
{
    /// <summary>Moves that are kept, newest last; older ones are forgotten.</summary>
    public const int MaxMoves = 50;

    /// <summary>Its unique name.</summary>
    public required string Dataset { get; init; }

    /// <summary>What it holds, for people. At most 4,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Who answers for it. At most 200 characters.</summary>
    public string? Owner { get; init; }

    /// <summary>Words to find it by, in order. At most 50 of 64 characters.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Anything else, as names with values. At most 50, of 64 and 1,000 characters.</summary>
    public SortedDictionary<string, string> Metadata { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Columns as a person declared them; null: those of the newest version count.</summary>
    public IReadOnlyList<Field>? Schema { get; init; }

    public required DatasetState State { get; init; }

    /// <summary>The run that brought it into this state; null: a person, or no run yet.</summary>
    public string? Run { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How it came here.</summary>
    public IReadOnlyList<DatasetMove> Moves { get; init; } = [];

    internal bool HasBegun(string run) => Moves.Any(m => m.To == DatasetState.Processing && m.Run == run);

    internal DatasetRecord Moved(DatasetState to, string? run, string? reason, DateTimeOffset at) => this with
    {
        State = to,
        Run = run,
        UpdatedAt = at,
        Moves = [.. Moves.TakeLast(MaxMoves - 1), new DatasetMove(State, to, run, reason, at)],
    };
}

/// <summary>One change of state.</summary>
/// <param name="From">Before.</param>
/// <param name="To">After.</param>
/// <param name="Run">Run that did it, or null for a person.</param>
/// <param name="Reason">Why it failed or was refused.</param>
/// <param name="At">When.</param>
public sealed record DatasetMove(DatasetState From, DatasetState To, string? Run, string? Reason, DateTimeOffset At);

/// <summary>A record as it was read.</summary>
/// <param name="Record">What it says.</param>
/// <param name="ETag">Changes with every write; of a dataset that runs made before anything was said of it: that of its newest version.</param>
public sealed record StoredDataset(DatasetRecord Record, string ETag);
