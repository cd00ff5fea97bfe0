using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>Other options of a step that asks a language model, which may make it cheaper or better.</summary>
/// <param name="Directive">Kind of rewrite, by DocETL's name where it has one (Shankar et al., 2025): of one kind a plan has one.</param>
/// <param name="Options">The options that differ.</param>
public sealed record Rewrite(string Directive, JsonObject Options)
{
    /// <summary>Rows in a call that are tried: few are dear, since each call says the instructions again; many let a model mix up rows.</summary>
    static readonly int[] sizes = [1, 10, 50, 250];

    static readonly int[] gleanings = [0, 2];

    /// <summary>What may be tried, in a fixed order; an option that the step has already is no rewrite.</summary>
    /// <param name="options">Options of the step, defaults included.</param>
    /// <param name="models">Other models.</param>
    /// <param name="prompts">Other prompts.</param>
    public static IReadOnlyList<Rewrite> Of(JsonObject options, IReadOnlyList<string> models, IReadOnlyList<string> prompts)
    {
        IEnumerable<Rewrite> all =
        [
            .. models.Select(model => One("change_model", "model", model)),
            .. prompts.Select(prompt => One("clarify_instructions", "prompt", prompt)),
            One("compression", "compact", true),
            .. sizes.Select(size => One("batching", "batch_size", size)),
            .. gleanings.Select(times => One("gleaning", "gleanings", times)),
        ];
        return [.. all.Where(r => r.Options.All(o => options.ContainsKey(o.Key) && !JsonNode.DeepEquals(options[o.Key], o.Value)))];
    }

    /// <summary>The options with what differs put in.</summary>
    public JsonObject On(JsonObject options)
    {
        var changed = (JsonObject)options.DeepClone();
        foreach (var (name, value) in Options)
        {
            changed[name] = value?.DeepClone();
        }

        return changed;
    }

    static Rewrite One(string directive, string option, JsonNode value) => new(directive, new JsonObject { [option] = value });
}
