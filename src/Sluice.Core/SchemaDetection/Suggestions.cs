using System.Text.Json.Nodes;

namespace Sluice.SchemaDetection;

/// <summary>Steps that would make the table better, each complete: it can be put into a pipeline as it stands.</summary>
static class Suggestions
{
    /// <summary>With more missing, filling in is inventing.</summary>
    const double MaxFilled = 0.3;

    /// <summary>With more values far out, the column is skewed and they belong to it.</summary>
    const double MaxFarOut = 0.005;

    public static IEnumerable<SuggestedStep> Of(SchemaDetector table, IReadOnlyList<DetectedIssue> issues)
    {
        var columns = table.Columns.ToDictionary(c => c.Name);
        var padded = Names("white_space");
        if (padded.Count > 0)
        {
            yield return Step($"Remove white space around the values of {Listed(padded)}", "strip_whitespace", Columns(padded), $"{Count("white_space"):N0} cells change");
        }

        foreach (var column in table.Columns.Where(c => c.Meaning is { Type: "email" } && c.Sketch.Field.Type == ColumnType.Text && c.Values.Any(v => v.Any(char.IsUpper))))
        {
            yield return Step($"Normalize email addresses in {Quoted(column.Name)} to lowercase", "standardize_case", With(Columns([column.Name]), "case", "lower"),
                "Addresses that differ only in case become equal");
        }

        var variants = Names("case_variants").Where(n => columns[n].Meaning?.Type is not ("email" or "free_text" or "description" or "uuid" or "url" or "password")).ToList();
        if (variants.Count > 0)
        {
            yield return Step($"Give {Listed(variants)} one letter case", "standardize_case", With(Columns(variants), "case", "lower"), $"{Count("case_variants"):N0} values become equal to others");
        }

        var typed = table.Columns.Where(c => c.IsTypedText && c.Meaning?.IsPattern != true && c.Sketch.Field.Type == ColumnType.Text).ToList();
        if (typed.Count > 0)
        {
            yield return Step($"Convert {Listed([.. typed.Select(c => c.Name)])} to {Types(typed)}", "fix_types", Columns([.. typed.Select(c => c.Name)]),
                $"{typed.Sum(c => c.WrongType):N0} values that are of another type become missing, and their rows are flagged");
        }

        if (issues.FirstOrDefault(i => i.Kind == "duplicate_rows") is { } copies)
        {
            yield return Step("Remove rows that equal an earlier row", "remove_duplicates", [], $"{(copies.Estimated ? "about " : "")}{copies.Count:N0} rows go");
        }

        var filled = Names("missing_value").Where(n => columns[n] is { IsPii: false } c && c.Sketch.Missing <= MaxFilled * c.Sketch.Rows
            && Steps.Numbers.IsNumber(c.Sketch.Field.Type) && c.Meaning?.Type is not ("identifier" or "code")).ToList();
        if (filled.Count > 0)
        {
            yield return Step($"Fill missing values of {Listed(filled)} with the median", "handle_missing", With(Columns(filled), "missing_strategy", "median"),
                $"{filled.Sum(n => columns[n].Sketch.Missing):N0} cells change");
        }

        var far = issues.Where(i => i.Kind == "outlier" && i.Count <= MaxFarOut * columns[i.Column!].Sketch.Present).ToList();
        if (far.Count > 0)
        {
            List<string> names = [.. far.Select(i => i.Column!)];
            var config = With(Columns(names), "outlier_method", "iqr");
            config["iqr_multiplier"] = 3;
            config["outlier_action"] = "missing";
            yield return Step($"Empty values of {Listed(names)} that are far from the others", "remove_outliers", config, $"About {far.Sum(i => i.Count):N0} cells become missing");
        }

        var dates = table.Columns.Where(c => c.Sketch.Field.Type is ColumnType.Date or ColumnType.Timestamp && c.Sketch.Present > 0).Select(c => c.Name).ToList();
        if (dates.Count > 0)
        {
            yield return Step($"Extract date components of {Listed(dates)} for a model: year, month, day, weekday", "date_parts", Columns(dates), "Columns are added");
        }

        if (Checks(table) is { } checks)
        {
            yield return checks;
        }

        List<string> Names(string kind) => [.. issues.Where(i => i.Kind == kind).Select(i => i.Column!)];

        long Count(string kind) => issues.Where(i => i.Kind == kind).Sum(i => i.Count);
    }

    /// <summary>What holds now, as a check on what comes later.</summary>
    static SuggestedStep? Checks(SchemaDetector table)
    {
        var rules = new JsonArray();
        foreach (var column in table.Columns.Where(c => c.Sketch.Rows > 0 && c.Sketch.Missing == 0))
        {
            rules.Add(new JsonObject { ["type"] = "not_null", ["column"] = column.Name });
        }

        foreach (var column in table.Columns.Where(c => Steps.Numbers.IsNumber(c.Sketch.Field.Type)))
        {
            if (column.Meaning?.Type switch { "latitude" => (-90, 90), "longitude" => (-180, 180), "age" => (0, 150), _ => ((int, int)?)null } is var (min, max))
            {
                rules.Add(new JsonObject { ["type"] = "range", ["column"] = column.Name, ["min"] = min, ["max"] = max });
            }
        }

        if (rules.Count == 0)
        {
            return null;
        }

        var config = new JsonObject
        {
            ["schema"] = new JsonObject { ["required_columns"] = Array(table.Columns.Select(c => c.Name)) },
            ["business_rules"] = rules,
        };
        if (table.Keys is [{ Verified: true } key, ..])
        {
            config["key_columns"] = Array(key.Columns);
        }

        return Step("Check later deliveries against this schema: columns, values that must be there, ranges and the key", "quality_validation", config, "Nothing changes; failures are listed");
    }

    static string Types(List<ColumnJudge> columns) => string.Join(" and ", columns.Select(c => c.Type).Distinct());

    static string Listed(IReadOnlyList<string> names) => names.Count <= 3
        ? string.Join(", ", names.Select(Quoted))
        : $"{string.Join(", ", names.Take(2).Select(Quoted))} and {names.Count - 2} more columns";

    static string Quoted(string name) => $"'{name}'";

    static SuggestedStep Step(string description, string type, JsonObject config, string effect) =>
        new(description, new JsonObject { ["type"] = type, ["config"] = config }, effect + ".");

    static JsonObject Columns(IReadOnlyList<string> names) => new() { ["columns"] = Array(names) };

    static JsonObject With(JsonObject config, string option, string value)
    {
        config[option] = value;
        return config;
    }

    static JsonArray Array(IEnumerable<string> names) => [.. names.Select(n => (JsonNode)n)];
}
