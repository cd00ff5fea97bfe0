namespace Sluice.SchemaDetection;

/// <summary>How far detection goes. Every search has a limit, so that it ends on any table.</summary>
public sealed record DetectionLimits
{
    /// <summary>Columns, from the first on, among which dependencies and keys of several columns are looked for.</summary>
    public int RelatedColumns { get; init; } = 40;

    /// <summary>Columns on the left of a dependency at most.</summary>
    public int DependencyColumns { get; init; } = 2;

    /// <summary>Largest g3 error of a dependency: share of rows that break it.</summary>
    public double MaxDependencyError { get; init; } = 0.01;

    /// <summary>Dependencies reported at most.</summary>
    public int MaxDependencies { get; init; } = 100;

    /// <summary>Columns of a key at most.</summary>
    public int KeyColumns { get; init; } = 3;

    /// <summary>Keys reported at most.</summary>
    public int MaxKeys { get; init; } = 10;

    /// <summary>Values held in memory while all rows are compared; candidates that need more stay unverified. About 30 bytes each.</summary>
    public int MaxHeldValues { get; init; } = 8_000_000;
}
