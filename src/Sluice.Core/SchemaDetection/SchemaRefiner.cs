namespace Sluice.SchemaDetection;

/// <summary>What a refiner claims of a column; null: nothing. Every claim is checked against the data.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Description">In words; nothing contradicts it.</param>
/// <param name="Type">Another type.</param>
/// <param name="Pii">Whether it holds personal data: true is taken, false never takes the flag away.</param>
/// <param name="SemanticType">What the values mean, as a name in snake_case.</param>
/// <param name="Unit">What its numbers are counted in.</param>
/// <param name="Min">Least number that makes sense.</param>
/// <param name="Max">Greatest number that makes sense.</param>
public sealed record ColumnRefinement(
    string Column, string? Description = null, string? Type = null, bool? Pii = null, string? SemanticType = null, string? Unit = null, double? Min = null, double? Max = null);

/// <summary>A claim that a column's values are keys of a table.</summary>
/// <param name="Column">The column.</param>
/// <param name="Table">Table that it refers to.</param>
/// <param name="References">Its key.</param>
public sealed record ReferenceClaim(string Column, string Table, string References);

/// <summary>A step that would make the table better.</summary>
/// <param name="Type">Its type in a pipeline.</param>
/// <param name="Config">Its options, as JSON.</param>
/// <param name="Why">In words.</param>
public sealed record StepClaim(string Type, string Config, string Why);

/// <summary>What a refiner claims of a table.</summary>
public sealed record TableRefinement
{
    /// <summary>Who claims it.</summary>
    public required string Model { get; init; }

    public IReadOnlyList<ColumnRefinement> Columns { get; init; } = [];

    /// <summary>Columns that identify a row; empty: none is named.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    public IReadOnlyList<ReferenceClaim> References { get; init; } = [];

    public IReadOnlyList<StepClaim> Steps { get; init; } = [];

    /// <summary>What could not be asked or was not answered.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A table as a refiner gets it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">What was detected and described without a model.</param>
/// <param name="Samples">Some different values of each column, as they are: whoever sends them elsewhere masks them first.</param>
public sealed record TableProfile(string Name, DetectedSchema Schema, IReadOnlyList<IReadOnlyList<string>> Samples);

/// <summary>
/// Adds to detected schemas what only reading can tell: descriptions, meanings, units, likely mistakes. What it claims is checked against the data
/// (<see cref="RefinementGuard"/>), and a schema has the same shape with or without one.
/// </summary>
public abstract class SchemaRefiner
{
    /// <summary>Claims about each table, in order.</summary>
    public abstract Task<IReadOnlyList<TableRefinement>> RefineAsync(IReadOnlyList<TableProfile> tables, CancellationToken cancellation);
}
