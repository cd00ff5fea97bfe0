using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>
/// Makes one question of those of several steps that stand behind each other and ask about the same rows (DocETL's operator fusion): every row is sent once. A filter becomes a field of the answer,
/// and a step that keeps the same rows; columns and their order stay.
/// </summary>
static class Fusion
{
    public const string Directive = "fusion";

    // What may differ: the question, the model (each is tried), the columns (all are sent), and the budget (they are added up).
    static readonly HashSet<string> mayDiffer = [.. AskedFields.Own, "model", "columns", "budget_usd"];

    /// <summary>All that can be fused of a range, whole first: each part of it by each of its models.</summary>
    /// <param name="steps">Steps as written, with all their options.</param>
    /// <param name="rows">Rows that come to the first.</param>
    public static (IReadOnlyList<Rewrite> Rewrites, IReadOnlyList<string> Refusals) Of(IReadOnlyList<RewrittenStep> steps, Batch rows)
    {
        var (rewrites, refusals) = (new List<Rewrite>(), new List<string>());
        for (var count = steps.Count; count > 1; count--)
        {
            for (var first = 0; first + count <= steps.Count; first++)
            {
                var (from, end) = (first, first + count);
                RewrittenStep[] part = [.. steps.Take(end).Skip(from)];
                if (Refusal(part, rows) is { } reason)
                {
                    refusals.Add(reason);
                    continue;
                }

                string[] models = [.. part.Select(s => (string)s.Options["model"]!).Distinct()];
                rewrites.AddRange(models.Select(model => new Rewrite(Directive, Named(part, models.Length > 1 ? model : null))
                {
                    Fuse = all => [.. all.Take(from), .. Steps([.. all.Take(end).Skip(from)], model), .. all.Skip(end)],
                }));
            }
        }

        return (rewrites, [.. refusals.Distinct(StringComparer.Ordinal)]);
    }

    static JsonObject Named(RewrittenStep[] part, string? model)
    {
        var named = new JsonObject { ["fused"] = new JsonArray([.. part.Select(s => (JsonNode)s.Id)]) };
        if (model is not null)
        {
            named["model"] = model;
        }

        return named;
    }

    static string? Refusal(RewrittenStep[] steps, Batch rows)
    {
        if (steps.FirstOrDefault(s => AskedFields.OfAny(s) is null) is { } other)
        {
            return $"Step '{other.Id}' is {other.Type}; it is for llm_process, extract and semantic_filter, which ask about each row for itself.";
        }

        AskedFields[] asked = [.. steps.Select(s => AskedFields.OfAny(s)!)];
        return steps.Select(OwnRefusal).Concat(asked.Select(ColumnsRefusal)).FirstOrDefault(reason => reason is not null)
            ?? OptionsRefusal(steps)
            ?? AnswersRefusal(asked, rows.Schema)
            ?? RowsRefusal(asked, rows);
    }

    static string? OwnRefusal(RewrittenStep step) =>
        step.Options["cascade"] is not null || step.Options["semantic_cache"] is not null ? $"Step '{step.Id}' has a cascade or a semantic cache, whose promise is about its question alone."
        : step.Options["fallback"] is not null ? $"Step '{step.Id}' has a fallback for where no model is configured, which steps that are fused have not."
        : null;

    static string? ColumnsRefusal(AskedFields asked) =>
        asked.NamesColumns ? null : $"Step '{asked.Step.Id}' sends all columns, those too that steps before it add. Name those that it needs in its prompt or under columns.";

    static string? OptionsRefusal(RewrittenStep[] steps)
    {
        var first = steps[0];
        foreach (var step in steps.Skip(1))
        {
            foreach (var (name, value) in first.Options.Where(o => !mayDiffer.Contains(o.Key)))
            {
                if (!JsonNode.DeepEquals(value, step.Options[name]))
                {
                    return $"'{name}' is {Shown(value)} in step '{first.Id}' and {Shown(step.Options[name])} in step '{step.Id}'. One question has one: write the same in both.";
                }
            }

            if (first.Options["budget_usd"] is null != step.Options["budget_usd"] is null)
            {
                var (with, without) = first.Options["budget_usd"] is null ? (step, first) : (first, step);
                return $"Step '{with.Id}' has a budget and step '{without.Id}' has none, so there is no sum that would hold for both. Give each one, or neither.";
            }
        }

        return null;
    }

    static string? AnswersRefusal(AskedFields[] asked, Schema rows)
    {
        foreach (var (i, later) in asked.Index())
        {
            foreach (var earlier in asked.Take(i))
            {
                if (later.Sent.FirstOrDefault(earlier.Names.Contains) is { } read)
                {
                    return $"Step '{later.Step.Id}' is asked about '{read}', which step '{earlier.Step.Id}' answers: it has to come after.";
                }

                if (later.Names.FirstOrDefault(earlier.Names.Contains) is { } twice)
                {
                    return $"Steps '{earlier.Step.Id}' and '{later.Step.Id}' both write the column '{twice}'. Give one of them another name.";
                }
            }
        }

        return asked.Where(a => a.Step.Type == "semantic_filter").SelectMany(a => a.Names).FirstOrDefault(name => rows.Has(name) || asked.Any(a => a.Step.Type != "semantic_filter" && a.Names.Contains(name))) is { } taken
            ? $"There is a column '{taken}', which it needs for itself."
            : null;
    }

    /// <summary>A row must have something to send for all questions or for none: a question without data is not asked as long as it stands alone.</summary>
    static string? RowsRefusal(AskedFields[] asked, Batch rows)
    {
        var first = asked[0];
        if (asked.FirstOrDefault(a => !a.Sent.ToHashSet(StringComparer.Ordinal).SetEquals(first.Sent)) is not { } other)
        {
            return null;
        }

        if ((string?)first.Step.Options["pii"] == "deny")
        {
            return $"Steps '{first.Step.Id}' and '{other.Step.Id}' send different columns, and 'pii: deny' would keep a row from both for what one of them sends. Send the same columns.";
        }

        bool IsSent(AskedFields question, int row) => question.Sent.Any(c => rows.Schema.Has(c) && !rows[c].IsNull(row));
        for (var row = 0; row < rows.Rows; row++)
        {
            var isSent = IsSent(first, row);
            if (asked.FirstOrDefault(a => IsSent(a, row) != isSent) is { } empty)
            {
                var (some, none) = isSent ? (first, empty) : (empty, first);
                return $"Some rows have a value in {string.Join(", ", some.Sent)}, which step '{some.Step.Id}' sends, and none in {string.Join(", ", none.Sent)}, of step '{none.Step.Id}': fused, they would be asked both.";
            }
        }

        return null;
    }

    static List<RewrittenStep> Steps(IReadOnlyList<RewrittenStep> part, string model)
    {
        AskedFields[] asked = [.. part.Select(s => AskedFields.OfAny(s)!)];
        RewrittenStep[] filters = [.. part.Where(s => s.Type == "semantic_filter")];
        var last = part[^1].Id;
        var lines = asked.Select(a => $"{string.Join(", ", a.Names.Select(n => $"\"{n}\""))}: {a.Task}");
        var options = asked[0].Ask(
            1,
            KeyValuePair.Create("type", (JsonNode?)"enrich"),
            KeyValuePair.Create("prompt", (JsonNode?)string.Join('\n', lines.Prepend("Several questions about the same data. Answer each for itself, as if it were the only one."))),
            KeyValuePair.Create("output", (JsonNode?)new JsonArray([.. asked.SelectMany(a => a.Fields).Select(f => f!.DeepClone())])),
            KeyValuePair.Create("columns", (JsonNode?)new JsonArray([.. part.SelectMany(s => ((JsonArray)s.Options["columns"]!).Select(c => (string)c!)).Distinct(StringComparer.Ordinal).Select(c => (JsonNode)c)])),
            KeyValuePair.Create("model", (JsonNode?)model),
            KeyValuePair.Create("budget_usd", part.Any(s => s.Options["budget_usd"] is null) ? null : (JsonNode?)part.Sum(s => (double)s.Options["budget_usd"]!)));
        if (filters.Length == 0)
        {
            return [new(last, "llm_process", options)];
        }

        return
        [
            new(last + "_asked", "llm_process", options),
            .. filters.Select(f => new RewrittenStep(f.Id == last ? last + "_rows" : f.Id, "filter", new JsonObject
            {
                ["condition"] = $"\"{AskedFields.Holds(f).Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                ["on_null"] = f.Options["on_unanswered"]!.DeepClone(),
                ["reason"] = f.Options["reason"]!.DeepClone(),
            })),
            new(last, "choose_columns", new JsonObject { ["drop"] = new JsonArray([.. filters.Select(f => (JsonNode)AskedFields.Holds(f))]) }),
        ];
    }

    static string Shown(JsonNode? value) => value switch
    {
        null => "not given",
        JsonValue text when text.TryGetValue<string>(out var plain) => $"'{plain}'",
        _ => value.ToJsonString(),
    };
}
