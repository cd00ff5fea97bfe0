using System.Text.Json.Nodes;
using Sluice.Batches;

namespace Sluice.Tests.Optimise;

/// <summary>A random step for the columns there are, as it would stand in a pipeline.</summary>
sealed class RandomSteps(Random random)
{
    /// <summary>Type and options.</summary>
    public (string Type, JsonObject Config) Next(Schema schema) => random.Next(26) switch
    {
        < 6 => ("filter", new() { ["condition"] = Condition(schema, random.Next(3)), ["on_null"] = Either("drop", "keep") }),
        6 or 7 => ("derive_columns", Derived(schema)),
        8 => ("strip_whitespace", random.Next(2) == 0 ? [] : new() { ["columns"] = Columns(schema, ColumnType.Text) }),
        9 => ("standardize_case", new() { ["columns"] = Columns(schema, ColumnType.Text), ["case"] = Either("upper", "lower") }),
        10 => ("date_parts", new() { ["columns"] = Columns(schema, ColumnType.Date), ["parts"] = Names("year", "weekday"), ["keep_columns"] = random.Next(2) == 0 }),
        11 => ("text_features", new() { ["columns"] = Columns(schema, ColumnType.Text), ["keep_columns"] = random.Next(2) == 0 }),
        12 => ("polynomial_features", new() { ["columns"] = Columns(schema, ColumnType.Float64) }),
        13 => ("handle_missing", new() { ["columns"] = Columns(schema, null), ["missing_strategy"] = Either("auto", "drop", "mode") }),
        14 => ("scale_numericals", new() { ["columns"] = Columns(schema, ColumnType.Int64), ["keep_columns"] = random.Next(2) == 0 }),
        15 => ("group_features", new() { ["group_by"] = Columns(schema, ColumnType.Text), ["columns"] = Columns(schema, ColumnType.Int64) }),
        16 => ("limit", new() { ["rows"] = random.Next(1, 50) }),
        17 => ("choose_columns", new() { [random.Next(2) == 0 ? "keep" : "drop"] = Columns(schema, null) }),
        18 => ("explode", new() { ["column"] = Column(schema, ColumnType.Text), ["separator"] = random.Next(2) == 0 ? ";" : null }),
        19 => ("remove_duplicates", new() { ["duplicate_keys"] = Columns(schema, null) }),
        20 => ("sample", new() { ["share"] = 0.7 }),
        21 => ("quality_validation", []),
        22 => ("encode_categoricals", new() { ["columns"] = Columns(schema, ColumnType.Text), ["keep_columns"] = random.Next(2) == 0 }),
        23 => ("pii_detection", new() { ["columns"] = Columns(schema, ColumnType.Text), ["action"] = "mask" }),
        24 => ("impute_missing", []),
        _ => ("standardize_formats", new() { ["phones"] = Columns(schema, ColumnType.Text) }),
    };

    /// <summary>A join on a column, by the number of the table that is made for it.</summary>
    public (string Type, JsonObject Config) Join(string key) => ("join", new()
    {
        ["file"] = "table.csv",
        ["on"] = Names(key),
        ["table_on"] = Names("key"),
        ["how"] = random.Next(3) == 0 ? Either("right", "outer") : Either("inner", "inner", "left"),
        ["max_matches"] = random.Next(3) == 0 ? 3 : 100,
    });

    JsonObject Derived(Schema schema)
    {
        var text = Column(schema, ColumnType.Text);
        var whole = Column(schema, ColumnType.Int64);
        var expression = random.Next(6) switch
        {
            0 => $"upper({text})",
            1 => $"length({text})",
            2 => $"CASE WHEN {whole} > 2 THEN 'much' ELSE trim({text}) END",
            3 => $"coalesce({text}, 'none')",
            4 => $"10 / {whole}",
            _ => $"{whole} * 1000000000000000000",
        };
        return new()
        {
            ["columns"] = new JsonObject { [random.Next(3) == 0 ? Column(schema, null) : $"d{random.Next(100)}"] = expression },
            ["on_error"] = Either("missing", "reject"),
        };
    }

    string Condition(Schema schema, int depth)
    {
        if (depth > 0)
        {
            return $"({Condition(schema, depth - 1)}) {Either("AND", "OR")} {(random.Next(4) == 0 ? "NOT " : "")}({Condition(schema, depth - 1)})";
        }

        var (text, whole, number) = (Column(schema, ColumnType.Text), Column(schema, ColumnType.Int64), Column(schema, ColumnType.Float64));
        return random.Next(9) switch
        {
            0 => $"{whole} > {random.Next(-3, 8)}",
            1 => $"{number} <= {random.Next(-3, 4)}.5",
            2 => $"{text} = 'a'",
            3 => $"{text} LIKE '%x%'",
            4 => $"{text} ~ '[0-9]+'",
            5 => $"{Column(schema, null)} IS NOT NULL",
            6 => $"10 / {whole} > 2",
            7 => $"length({text}) < {random.Next(1, 8)}",
            _ => $"{whole} IN (1, 2, {random.Next(9)})",
        };
    }

    string Column(Schema schema, ColumnType? type)
    {
        var names = schema.Where(f => type is null || f.Type == type).Select(f => f.Name).ToList();
        names = names.Count == 0 ? [.. schema.Select(f => f.Name)] : names;
        return names[random.Next(names.Count)];
    }

    JsonArray Columns(Schema schema, ColumnType? type) => Names([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Column(schema, type)).Distinct()]);

    static JsonArray Names(params string[] names) => [.. names.Select(name => JsonValue.Create(name))];

    string Either(params string[] choices) => choices[random.Next(choices.Length)];
}
