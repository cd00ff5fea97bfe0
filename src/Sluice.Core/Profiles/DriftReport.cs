using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>What changed between two tables beyond chance.</summary>
public sealed record DriftReport
{
    public required long RowsBefore { get; init; }

    public required long RowsAfter { get; init; }

    /// <summary>Share of comparisons of equal tables in which anything at all is reported.</summary>
    public required double FalseAlarms { get; init; }

    /// <summary>Comparisons made; their number is accounted for.</summary>
    public required int Tests { get; init; }

    /// <summary>What changed, worst first.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>Every column that both tables have, changed or not.</summary>
    public required IReadOnlyList<ColumnDrift> Columns { get; init; }

    /// <summary>The worst severity; null when nothing changed.</summary>
    public Severity? Severity => Changes.Count == 0 ? null : Changes.Max(c => c.Severity);
}

/// <summary>One change.</summary>
/// <param name="Kind"><c>column_removed</c>, <c>column_added</c>, <c>type_changed</c>, <c>distribution</c>, <c>missing</c> or <c>correlation</c>.</param>
/// <param name="Column">Column; two of them, with ' × ' between, for a correlation.</param>
/// <param name="Severity">How much changed; not how certain it is.</param>
/// <param name="What">In words: what, from what to what, and where.</param>
/// <param name="PValue">Chance of a difference this large between equal tables, before accounting for the number of tests; null for a change of schema.</param>
public sealed record Change(string Kind, string Column, Severity Severity, string What, double? PValue);

/// <summary>How far two columns are apart.</summary>
/// <param name="Column">Column.</param>
/// <param name="PValue">Of the test on the distribution; null where it could not be tested.</param>
/// <param name="Psi">Population stability index.</param>
/// <param name="Ks">Largest difference of the cumulative shares; null for categories.</param>
/// <param name="Wasserstein">Mean distance that values moved, in standard deviations of before; null for categories.</param>
/// <param name="JensenShannon">Divergence of the shares of categories, 0 to 1; null for numbers.</param>
/// <param name="SharedValues">Estimated Jaccard similarity of the sets of values.</param>
/// <param name="MissingBefore">Share of missing cells.</param>
/// <param name="MissingAfter">Share of missing cells.</param>
public sealed record ColumnDrift(
    string Column, double? PValue, double? Psi, double? Ks, double? Wasserstein, double? JensenShannon, double? SharedValues, double MissingBefore, double MissingAfter);
