namespace Sluice.Datasets;

/// <summary>Where a dataset is in its life. Stored by name, so never renamed.</summary>
public enum DatasetState
{
    /// <summary>It is described; no run has begun.</summary>
    Created,

    /// <summary>A run is making a version.</summary>
    Processing,

    /// <summary>The checks let the rows pass; the version is being committed and exported.</summary>
    Validated,

    /// <summary>The newest version can be used.</summary>
    Ready,

    /// <summary>Retired: its versions stay readable and no run may add one. Nothing follows.</summary>
    Archived,

    /// <summary>The last run stopped with an error. Earlier versions stay as they were.</summary>
    Failed,

    /// <summary>A gate refused the rows of the last run: there is evidence and no version.</summary>
    Quarantined,
}

/// <summary>Which state may follow which. A dataset gets versions all its life, so Ready goes back to Processing; the two side states do too.</summary>
public static class DatasetLifecycle
{
    static readonly (DatasetState From, DatasetState To)[] moves =
    [
        (DatasetState.Created, DatasetState.Processing),
        (DatasetState.Processing, DatasetState.Validated),
        (DatasetState.Processing, DatasetState.Failed),
        (DatasetState.Processing, DatasetState.Quarantined),
        (DatasetState.Validated, DatasetState.Ready),
        (DatasetState.Validated, DatasetState.Failed),
        (DatasetState.Ready, DatasetState.Processing),
        (DatasetState.Ready, DatasetState.Archived),
        (DatasetState.Failed, DatasetState.Processing),
        (DatasetState.Failed, DatasetState.Archived),
        (DatasetState.Quarantined, DatasetState.Processing),
        (DatasetState.Quarantined, DatasetState.Archived),
    ];

    public static bool Allows(DatasetState from, DatasetState to) => moves.Contains((from, to));

    /// <summary>What may follow, for messages.</summary>
    public static IReadOnlyList<DatasetState> After(DatasetState from) => [.. moves.Where(m => m.From == from).Select(m => m.To)];
}
