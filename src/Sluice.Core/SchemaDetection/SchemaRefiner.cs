namespace Sluice.SchemaDetection;

/// <summary>What a refiner proposes for a column; null: nothing.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Description">In words.</param>
/// <param name="Type">Another type.</param>
/// <param name="Pii">Whether it holds personal data: true is taken, false cannot take the flag away.</param>
public sealed record ColumnRefinement(string Column, string? Description = null, string? Type = null, bool? Pii = null);

/// <summary>
/// Adds to a detected schema what only reading can tell: descriptions and meanings. A language model can stand behind it; what it proposes is
/// checked against the data (<see cref="RefinementGuard"/>), and the schema has the same shape with or without one.
/// </summary>
public abstract class SchemaRefiner
{
    /// <summary>Proposals for some or all columns.</summary>
    public abstract IReadOnlyList<ColumnRefinement> Refine(DetectedSchema schema);
}

/// <summary>Describes columns by what was detected; needs no model and always gives the same.</summary>
public sealed class PlainDescriptions : SchemaRefiner
{
    /// <summary>From here on a key is named as one: in few rows, many columns happen to be unique.</summary>
    const double LikelyKey = 0.5;

    public override IReadOnlyList<ColumnRefinement> Refine(DetectedSchema schema) =>
        [.. schema.Columns.Zip(schema.Evidence, (column, evidence) => new ColumnRefinement(column.Name, Describe(column, evidence, schema)))];

    static string Describe(DetectedColumn column, ColumnEvidence evidence, DetectedSchema schema)
    {
        var words = string.Join(' ', new Header(column.Name).Words);
        var about = words.Length == 0 ? "Unnamed column" : char.ToUpperInvariant(words[0]) + words[1..];
        var meaning = evidence.SemanticType?.Replace('_', ' ');
        var parts = new List<string> { meaning is null || words.Contains(meaning, StringComparison.Ordinal) ? about : $"{about} ({meaning})" };
        if (evidence.Min is { } min && evidence.Max is { } max)
        {
            parts.Add(min == max ? $"always {min}" : $"from {min} to {max}");
        }
        else if (evidence.SemanticType == "category" && evidence.DistinctError == 0)
        {
            parts.Add($"{evidence.Distinct:N0} different values");
        }

        if (schema.Keys is [{ Columns.Count: 1, Score: >= LikelyKey } key, ..] && key.Columns[0] == column.Name)
        {
            parts.Add("identifies a row");
        }

        if (schema.Rows > 0 && evidence.Missing == schema.Rows)
        {
            parts.Add("without a single value");
        }

        return string.Join(", ", parts);
    }
}

/// <summary>Takes of a refinement what the data does not contradict.</summary>
static class RefinementGuard
{
    public static DetectedSchema Apply(DetectedSchema schema, IReadOnlyList<ColumnRefinement> refinements, IReadOnlyList<ColumnJudge> columns)
    {
        var byName = refinements.GroupBy(r => r.Column, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return schema with
        {
            Columns = [.. schema.Columns.Zip(columns, (column, judge) => byName.TryGetValue(column.Name, out var r) ? Refined(column, r, judge) : column)],
        };
    }

    static DetectedColumn Refined(DetectedColumn column, ColumnRefinement proposal, ColumnJudge judge) => column with
    {
        Description = proposal.Description ?? column.Description,
        Pii = column.Pii == true || proposal.Pii == true ? true : null,

        // Any value is a string; another type must hold every value that was seen, and only what was detected is known to.
        Type = proposal.Type == "string" && judge.Sketch.Field.Type == ColumnType.Text ? "string" : column.Type,
    };
}
