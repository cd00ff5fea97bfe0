namespace Sluice.Pipelines.Optimise;

/// <summary>How far the optimiser may go.</summary>
public enum RewriteLevel
{
    /// <summary>Steps run as they are written.</summary>
    Off,

    /// <summary>The version, its counts and the evidence are the same to the byte.</summary>
    Exact,

    /// <summary>
    /// Rows, their values and their order are the same. What steps say of rows that are dropped anyway may differ: which step dropped a row first, and how many
    /// cells were changed in rows that are gone.
    /// </summary>
    Rows,
}
