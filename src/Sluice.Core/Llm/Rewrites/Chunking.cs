using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>
/// Cuts the long text that a step sends into chunks, asks about each, and makes one answer of the answers to the chunks of a row (DocETL's document chunking). All rows and all their columns stay, the
/// whole text too.
/// </summary>
static class Chunking
{
    public const string Directive = "chunking";

    // A text that is hardly longer than a chunk is better asked about whole.
    const double LeastParts = 1.5;

    const int BytesPerToken = 3;

    static readonly int[] sizes = [2_000, 500];

    /// <summary>Chunks of sizes that some text of the examples is longer than.</summary>
    public static (IReadOnlyList<Rewrite> Rewrites, string? Refusal) Of(RewrittenStep step, Batch examples)
    {
        if (AskedFields.Of(step) is not { } asked)
        {
            return ([], "It is for extract, and for llm_process that enriches or classifies.");
        }

        if (step.Options["cascade"] is not null || step.Options["semantic_cache"] is not null)
        {
            return ([], "The step has a cascade or a semantic cache, whose promise is about one question.");
        }

        if (!asked.NamesColumns)
        {
            return ([], "The step sends all columns. Name those that it needs in its prompt or under columns.");
        }

        var sent = new PromptTemplate(asked.Prompt).Sent(examples.Schema, [.. ((JsonArray)step.Options["columns"]!).Select(c => (string)c!)]);
        var (column, bytes) = LongTexts.Longest(examples, sent);
        var fitting = sizes.Where(size => bytes >= size * BytesPerToken * LeastParts).ToArray();
        if (column is null || fitting.Length == 0)
        {
            return ([], string.Create(CultureInfo.InvariantCulture, $"The longest text of the examples has about {bytes / BytesPerToken:N0} tokens; expected {sizes.Min() * LeastParts:N0} or more."));
        }

        string[] needed = [.. Made(step.Id, column).Concat(asked.Names.Select(PartOf))];
        return needed.FirstOrDefault(examples.Schema.Has) is { } taken
            ? ([], $"The examples have a column '{taken}', which it needs for itself.")
            : ([.. fitting.Select(size => new Rewrite(Directive, new JsonObject { ["column"] = column, ["chunk_tokens"] = size }) { Shape = whole => Steps(AskedFields.Of(whole)!, column, size) })], null);
    }

    static string PartOf(string field) => field + "_of_part";

    /// <summary>Columns that are there in between: the whole text, the row of a chunk, its number.</summary>
    static string[] Made(string id, string column) => [$"{column}_whole", $"{id}_row", $"{id}_chunk"];

    static List<RewrittenStep> Steps(AskedFields asked, string column, int size)
    {
        var id = asked.Step.Id;
        var (whole, row, chunk) = Made(id, column) is [var w, var r, var c] ? (w, r, c) : default;
        var parts = asked.Names.Select(PartOf).ToArray();
        var optional = AskedFields.Copy(asked.Fields);
        foreach (var field in optional)
        {
            field!["name"] = PartOf((string)field["name"]!);
            field["required"] = false;
        }

        var cut = new JsonObject { ["column"] = column, ["size"] = size, ["overlap"] = size / 10, ["parent_column"] = row, ["chunk_column"] = chunk };
        var asking = asked.Ask(
            2,
            KeyValuePair.Create("type", (JsonNode?)"enrich"),
            KeyValuePair.Create("prompt", (JsonNode?)$"The data is one part of a longer text. Answer for the part alone, with null where it does not say. {asked.Task}"),
            KeyValuePair.Create("output", (JsonNode?)optional));
        var gathering = asked.Ask(
            2,
            KeyValuePair.Create("group_by", (JsonNode?)new JsonArray(row)),
            KeyValuePair.Create("columns", (JsonNode?)new JsonArray()),
            KeyValuePair.Create("max_text_tokens", (JsonNode?)0),
            KeyValuePair.Create("prompt", (JsonNode?)($"The rows hold the answers to the parts of one text, in the order of {{{{ {chunk} }}}}: {string.Join(", ", parts.Select(p => $"{{{{ {p} }}}}"))}. "
                + $"Give the answer to the whole text. The task for each part was: {new PromptTemplate(asked.Task).Instruction}")),
            KeyValuePair.Create("output", (JsonNode?)AskedFields.Copy(asked.Fields)),
            KeyValuePair.Create("order_by", (JsonNode?)chunk),
            KeyValuePair.Create("keep_rows", (JsonNode?)true));
        return
        [
            new($"{id}_whole", "derive_columns", new JsonObject { ["columns"] = new JsonObject { [whole] = Quoted(column) } }),
            new($"{id}_cut", "split_text", cut),
            new($"{id}_parts", "llm_process", asking),
            new($"{id}_gather", "reduce", gathering),
            new($"{id}_rows", "filter", new JsonObject { ["condition"] = $"{Quoted(chunk)} IS NULL OR {Quoted(chunk)} = 1", ["reason"] = "chunk" }),
            new(id, "choose_columns", new JsonObject { ["drop"] = new JsonArray([column, row, chunk, .. parts.Select(p => (JsonNode)p)]), ["rename"] = new JsonObject { [whole] = column } }),
        ];
    }

    static string Quoted(string column) => $"\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
