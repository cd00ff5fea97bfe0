namespace Sluice.Steps;

/// <summary>
/// What a step promises about what Apply does to a row: it depends on cells of that row alone and on what was fitted. The optimiser moves a step only past
/// steps that promise enough; one that promises too much gives wrong rows, so when in doubt promise nothing.
/// </summary>
public sealed record StepEffects
{
    /// <summary>Input columns whose cells decide over rows, verdicts or written cells.</summary>
    public required IReadOnlySet<string> Reads { get; init; }

    /// <summary>Columns that are added, changed, renamed or taken away.</summary>
    public required IReadOnlySet<string> Writes { get; init; }

    /// <summary>Every row that comes in comes out once, in its place.</summary>
    public bool KeepsRows { get; init; }

    /// <summary>No verdicts and no counts of changed cells: that a row passed shows in its cells alone.</summary>
    public bool Silent { get; init; }

    /// <summary>It only takes rows out, and leaves those that stay as they are and in their order.</summary>
    public bool Filters { get; init; }

    /// <summary>What it looks for in a row says nothing of another: a step that asks something about each row. Rows that are not there are not asked about.</summary>
    public bool LooksAtRowsAlone { get; init; }

    /// <summary>What a row costs, where 1 is a comparison of two numbers. From 1,000 on it is never run just to try something out.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>From here on a step is costly: a model, a paid call.</summary>
    public const double Costly = 1_000;

    internal static HashSet<string> Names(IEnumerable<string> names) => names.ToHashSet(StringComparer.Ordinal);
}
