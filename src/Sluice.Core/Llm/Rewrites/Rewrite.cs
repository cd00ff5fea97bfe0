using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sluice.Llm.Rewrites;

/// <summary>Other options of a step that asks a language model, or several steps in its place, which may make it cheaper or better.</summary>
/// <param name="Directive">Kind of rewrite, by DocETL's name where it has one (Shankar et al., 2025): of one kind a plan has one.</param>
/// <param name="Options">The options that differ; of several steps, what they were made with.</param>
public sealed record Rewrite(string Directive, JsonObject Options)
{
    /// <summary>Makes several steps of the one with all its options; null: one stays one.</summary>
    [JsonIgnore]
    internal Func<RewrittenStep, IReadOnlyList<RewrittenStep>>? Shape { get; init; }

    /// <summary>Whether only a run shows what it gives: more is asked than the step's question.</summary>
    [JsonIgnore]
    internal bool TakesARun => Shape is not null || Options.ContainsKey("cascade");

    /// <summary>Whether a plan may have both.</summary>
    internal bool GoesWith(Rewrite other) =>
        Directive != other.Directive && !(TakesARun && other.TakesARun) && !IsForItself(this, other) && !IsForItself(other, this);

    // A model that answers first in its own place.
    static bool IsForItself(Rewrite first, Rewrite then) => (string?)first.Options["cascade"]?["model"] is { } model && (string?)then.Options["model"] == model;

    /// <summary>The options with what differs put in.</summary>
    public JsonObject On(JsonObject options)
    {
        var changed = (JsonObject)options.DeepClone();
        foreach (var (name, value) in Shape is null ? Options : [])
        {
            changed[name] = value?.DeepClone();
        }

        return changed;
    }
}

/// <summary>A kind of rewrite that is not tried on a step.</summary>
/// <param name="Directive">Its name.</param>
/// <param name="Reason">What of the step or of the examples does not allow it.</param>
public sealed record RefusedRewrite(string Directive, string Reason);
