using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>A step whose answer is the same task for a part of it, and so can be cut: <c>extract</c>, and <c>llm_process</c> that enriches or classifies.</summary>
/// <param name="Step">The step with all its options.</param>
/// <param name="Fields">Fields of its answer, as the option <c>output</c> has them.</param>
/// <param name="Task">What it asks, in words, with the columns that it names in braces.</param>
sealed record AskedFields(RewrittenStep Step, JsonArray Fields, string Task)
{
    // What makes the question; all else is how any step asks.
    static readonly string[] own = ["type", "prompt", "output", "labels", "target_language", "max_words", "output_column", "on_unanswered", "reason", "fallback"];

    /// <summary>Options that make the question, or say what becomes of its answer.</summary>
    public static IReadOnlyList<string> Own => own;

    public IReadOnlyList<string> Names => [.. Fields.Select(f => (string)f!["name"]!)];

    public string Prompt => Text("prompt");

    /// <summary>Whether it names the columns that it sends, and so sends no other.</summary>
    public bool NamesColumns => new PromptTemplate(Prompt).Columns.Count > 0 || ((JsonArray)Step.Options["columns"]!).Count > 0;

    /// <summary>The step as fields and a task; null where it is no such step.</summary>
    public static AskedFields? Of(RewrittenStep step)
    {
        string Text(string option) => (string?)step.Options[option] ?? "";
        var output = step.Options["output"] as JsonArray;
        return step.Type switch
        {
            "extract" => new(step, Copy(output!), $"Read the fields below out of the data. Take only what is written there. {Text("prompt")}".Trim()),
            "llm_process" when Text("type") == "classify" => new(
                step,
                [new JsonObject { ["name"] = Named(Text("output_column"), "label"), ["labels"] = step.Options["labels"]!.DeepClone() }],
                $"Give the label that fits the data best. {Text("prompt")}".Trim()),
            "llm_process" when Text("type") == "enrich" => new(
                step, output!.Count > 0 ? Copy(output) : [new JsonObject { ["name"] = Named(Text("output_column"), "enrichment") }], Text("prompt")),
            _ => null,
        };
    }

    /// <summary>The same of any step that asks about one row for itself, in words that stand for the step's own; null where it is none.</summary>
    public static AskedFields? OfAny(RewrittenStep step)
    {
        string Text(string option) => (string?)step.Options[option] ?? "";
        AskedFields Asked(JsonObject field, string task) => new(step, [field], $"{task} {Text("prompt")}".Trim());
        return (step.Type, Text("type")) switch
        {
            ("semantic_filter", _) => Asked(new JsonObject { ["name"] = Holds(step), ["type"] = "boolean" }, "Say whether this holds for the data:"),
            ("llm_process", "summarize") => Asked(
                new JsonObject { ["name"] = Named(Text("output_column"), "summary"), ["max_length"] = (int)step.Options["max_words"]! * 20 },
                $"Summarise the data in at most {(int)step.Options["max_words"]!} words, in its own language, with nothing that is not in it."),
            ("llm_process", "translate") => Asked(
                new JsonObject { ["name"] = Named(Text("output_column"), "translation"), ["max_length"] = 100_000 },
                $"Translate the data into {Text("target_language")}, with nothing added or left out."),
            _ => Of(step),
        };
    }

    /// <summary>Field that says whether the condition of a filter holds.</summary>
    public static string Holds(RewrittenStep filter) => filter.Id + "_holds";

    /// <summary>Columns that it sends, without those that are sent because it names none.</summary>
    public IReadOnlyList<string> Sent => [.. new PromptTemplate(Prompt).Columns.Concat(((JsonArray)Step.Options["columns"]!).Select(c => (string)c!)).Distinct(StringComparer.Ordinal)];

    /// <summary>Another question that is asked as the step asks: the same model, limits and policy. A budget is dealt out among those that ask.</summary>
    public JsonObject Ask(int askers, params ReadOnlySpan<KeyValuePair<string, JsonNode?>> more)
    {
        var options = new JsonObject(Step.Options.Where(o => !own.Contains(o.Key, StringComparer.Ordinal)).Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone())));
        if (options["budget_usd"] is JsonValue budget)
        {
            options["budget_usd"] = budget.GetValue<double>() / askers;
        }

        foreach (var (name, value) in more)
        {
            options[name] = value;
        }

        return options;
    }

    /// <summary>Columns to send so that one more goes with what is sent; empty: all are sent, this one too.</summary>
    public JsonArray ColumnsWith(params IEnumerable<string> more)
    {
        var columns = Copy((JsonArray)Step.Options["columns"]!);
        foreach (var name in NamesColumns ? more : [])
        {
            columns.Add(name);
        }

        return columns;
    }

    public static JsonArray Copy(JsonArray array) => (JsonArray)array.DeepClone();

    string Text(string option) => (string?)Step.Options[option] ?? "";

    static string Named(string given, string usual) => given.Length > 0 ? given : usual;
}
