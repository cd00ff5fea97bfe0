using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

// What is wrong with the options, before any data is read.
public sealed partial class EncodeCategoricals
{
    void Check(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => f.Type != ColumnType.Float64, "text, boolean, int64, date or timestamp",
            "Measures are no categories: put them into bins first with scale_numericals, method: bins.");
        train.Plan(input, problems);
        foreach (var (name, i) in options.Columns.Select((name, i) => (name, i)))
        {
            if (name == options.SplitColumn || name == options.Target)
            {
                var role = name == options.Target ? "target" : "split_column";
                problems.Add($"columns[{i}]", $"Column '{name}' is the {role} too. Leave it out of columns.");
            }
        }

        foreach (var (name, values) in options.Categories)
        {
            CheckCategories(name, values, problems);
        }

        CheckTarget(input, problems);
        for (var i = 0; i < options.FoldColumns.Count; i++)
        {
            problems.Column(input, $"fold_columns[{i}]", options.FoldColumns[i]);
        }
    }

    void CheckCategories(string name, IReadOnlyList<string> values, StepProblems problems)
    {
        var path = $"categories.{name}";
        if (!IsListed)
        {
            problems.Add(path, "Categories are for the methods one_hot and ordinal. Remove them, or choose one of those.");
        }
        else if (!options.Columns.Contains(name))
        {
            problems.Add(path, $"Column '{name}' is not in columns: {string.Join(", ", options.Columns)}. Add it there, or remove its categories.");
        }
        else if (values.Count == 0 || values.GroupBy(v => v).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add(path, $"Expected a list of different categories, at least one; found {(values.Count == 0 ? "none" : "one twice")}. Write each once.");
        }
    }

    void CheckTarget(Schema input, StepProblems problems)
    {
        if (target is null)
        {
            if (options.Target is not null)
            {
                problems.Add("target", $"The method {Words(options.Method)} uses no target. Remove it, or choose method: target.");
            }

            return;
        }

        if (options.Target is not { } name)
        {
            problems.Add("target", $"The method target needs the column to take means of; there are: {input.Names}. Give target.");
        }
        else if (problems.Column(input, "target", name) && options.TargetValue is null
            && input[name] is { Type: not (ColumnType.Int64 or ColumnType.Float64 or ColumnType.Boolean) } field && !Unify.IsOpen(field))
        {
            problems.Add("target", $"Column '{name}' is {field.Type.ToString().ToLowerInvariant()}; expected a number or boolean. Give target_value: the value that counts as 1.");
        }
    }

    static string Words(EncodingMethod method) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(method.ToString());
}
