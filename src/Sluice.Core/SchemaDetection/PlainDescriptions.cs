namespace Sluice.SchemaDetection;

/// <summary>Describes columns by what was detected; needs no model and always gives the same.</summary>
static class PlainDescriptions
{
    /// <summary>From here on a key is named as one: in few rows, many columns happen to be unique.</summary>
    const double LikelyKey = 0.5;

    public static DetectedSchema AddTo(DetectedSchema schema) => schema with
    {
        Columns = [.. schema.Columns.Zip(schema.Evidence, (column, evidence) => column with { Description = Describe(column, evidence, schema) })],
    };

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
