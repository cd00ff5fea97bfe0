using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Which columns an operation works on: the named ones, or every one that it applies to.</summary>
/// <param name="Named">Names from the options; empty = all that apply.</param>
/// <param name="Applies">What the operation can work on.</param>
/// <param name="Wanted">That in words, for messages: <c>text</c>.</param>
/// <param name="Strict">Whether a named column that it does not apply to is a mistake; otherwise it is passed over.</param>
sealed record ColumnChoice(IReadOnlyList<string> Named, Func<Field, bool> Applies, string Wanted, bool Strict = true)
{
    public static bool IsText(Field field) => field.Type == ColumnType.Text;

    public bool Has(Field field) => Applies(field) && (Named.Count == 0 || Named.Contains(field.Name));

    public HashSet<string> Names(Schema schema) => [.. schema.Where(Has).Select(f => f.Name)];

    /// <summary>Columns to read: those chosen, and those whose type is not known yet.</summary>
    public HashSet<string> PossibleNames(Schema schema) =>
        [.. schema.Where(f => Has(f) || (Unify.IsOpen(f) && (Named.Count == 0 || Named.Contains(f.Name)))).Select(f => f.Name)];

    public void Plan(Schema schema, StepProblems problems, string path = "columns")
    {
        for (var i = 0; i < Named.Count; i++)
        {
            if (!problems.Column(schema, $"{path}[{i}]", Named[i]) || !Strict)
            {
                continue;
            }

            var field = schema[Named[i]];
            if (!Applies(field) && !Unify.IsOpen(field))
            {
                problems.Add(
                    $"{path}[{i}]",
                    $"Column '{field.Name}' is {Words(field.Type)}; this works on {Wanted}. Leave it out, or convert it first with fix_types.");
            }
        }
    }

    public static string Words(ColumnType type) => type switch
    {
        ColumnType.Text => "text",
        ColumnType.Boolean => "boolean",
        ColumnType.Int64 => "int64",
        ColumnType.Float64 => "float64",
        ColumnType.Date => "date",
        ColumnType.Timestamp => "timestamp",
        _ => type.ToString(),
    };
}
