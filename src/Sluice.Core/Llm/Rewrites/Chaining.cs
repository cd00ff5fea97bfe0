using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>
/// Cuts a question in two, of which the second sees the answer to the first: of several fields one half and then the other; of one field first what in the data speaks for which answer, then the
/// answer (DocETL's chaining).
/// </summary>
static class Chaining
{
    public const string Directive = "chaining";

    public static Rewrite Rewrite { get; } = new(Directive, new JsonObject { ["questions"] = 2 }) { Shape = step => Steps(AskedFields.Of(step)!) };

    /// <summary>Why it is not for a step; null: it is.</summary>
    public static string? Refusal(RewrittenStep step, Schema examples) =>
        AskedFields.Of(step) is not { } asked ? "It is for extract, and for llm_process that enriches or classifies."
            : step.Options["cascade"] is not null || step.Options["semantic_cache"] is not null ? "The step has a cascade or a semantic cache, whose promise is about one question."
            : asked.Fields.Count == 1 && examples.Has(Notes(step)) ? $"The examples have a column '{Notes(step)}', which it needs for itself."
            : null;

    static string Notes(RewrittenStep step) => step.Id + "_notes";

    static IReadOnlyList<RewrittenStep> Steps(AskedFields asked) => asked.Fields.Count > 1 ? Halves(asked) : Noted(asked);

    static List<RewrittenStep> Halves(AskedFields asked)
    {
        var (step, first) = (asked.Step, (asked.Fields.Count + 1) / 2);
        var names = asked.Names.Take(first).ToArray();
        JsonArray Part(int from, int to) => [.. asked.Fields.Take(to).Skip(from).Select(f => f!.DeepClone())];
        RewrittenStep Asking(string id, JsonArray output, string prompt, JsonArray columns) => step with
        {
            Id = id,
            Options = asked.Ask(2, [
                .. step.Type == "llm_process" ? [KeyValuePair.Create("type", (JsonNode?)"enrich")] : Array.Empty<KeyValuePair<string, JsonNode?>>(),
                KeyValuePair.Create("prompt", (JsonNode?)prompt),
                KeyValuePair.Create("output", (JsonNode?)output),
                KeyValuePair.Create("columns", (JsonNode?)columns),
            ]),
        };
        return
        [
            Asking(step.Id + "_1", Part(0, first), asked.Prompt, asked.ColumnsWith()),
            Asking(step.Id, Part(first, asked.Fields.Count), $"{asked.Prompt} What was found before is there too: {string.Join(", ", names)}.".Trim(), asked.ColumnsWith(names)),
        ];
    }

    static List<RewrittenStep> Noted(AskedFields asked)
    {
        var (step, notes) = (asked.Step, Notes(asked.Step));
        var noting = asked.Ask(
            2,
            KeyValuePair.Create("type", (JsonNode?)"enrich"),
            KeyValuePair.Create("prompt", (JsonNode?)$"A question about the data is answered later. Note in a few words what in the data speaks for which answer, without answering it. The question: {asked.Task}"),
            KeyValuePair.Create("output", (JsonNode?)new JsonArray(new JsonObject { ["name"] = notes, ["max_length"] = 600, ["required"] = false })));
        var answering = (JsonObject)step.Options.DeepClone();
        answering["budget_usd"] = noting["budget_usd"]?.DeepClone();
        answering["prompt"] = $"{asked.Prompt} Weigh what was noted as {notes}.".Trim();
        answering["columns"] = asked.ColumnsWith(notes);
        return
        [
            new(step.Id + "_first", "llm_process", noting),
            step with { Id = step.Id + "_then", Options = answering },
            new(step.Id, "choose_columns", new JsonObject { ["drop"] = new JsonArray(notes) }),
        ];
    }
}
