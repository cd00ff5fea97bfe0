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

    /// <summary>Makes one question of several steps, of all that are searched; null: each stays.</summary>
    [JsonIgnore]
    internal Func<IReadOnlyList<RewrittenStep>, IReadOnlyList<RewrittenStep>>? Fuse { get; init; }

    /// <summary>Whether it is for a plan with one question, and makes more of it.</summary>
    [JsonIgnore]
    internal bool IsForOne => Shape is not null || Options.ContainsKey("cascade");

    /// <summary>Whether only a run shows what it gives: more is asked than the step's question.</summary>
    [JsonIgnore]
    internal bool TakesARun => IsForOne || Fuse is not null;

    /// <summary>Whether a plan may have both.</summary>
    internal bool GoesWith(Rewrite other) =>
        Directive != other.Directive && !(IsForOne && other.IsForOne) && !IsForItself(this, other) && !IsForItself(other, this);

    // A model that answers first in its own place.
    static bool IsForItself(Rewrite first, Rewrite then) => (string?)first.Options["cascade"]?["model"] is { } model && (string?)then.Options["model"] == model;

    /// <summary>Steps with rewrites: first questions are put together, then options change in every step that has them, then more is made of a step.</summary>
    internal static IReadOnlyList<RewrittenStep> On(IReadOnlyList<RewrittenStep> steps, IEnumerable<Rewrite> rewrites) =>
        rewrites.OrderBy(r => r.Fuse is not null ? 0 : r.Shape is null ? 1 : 2).Aggregate(steps, (changed, rewrite) => rewrite.On(changed));

    IReadOnlyList<RewrittenStep> On(IReadOnlyList<RewrittenStep> steps) =>
        Fuse is not null ? Fuse(steps)
        : Shape is not null ? [.. steps.SelectMany(s => s.Asks ? Shape(s) : [s])]
        : [.. steps.Select(s => Options.All(o => s.Options.ContainsKey(o.Key)) ? s with { Options = On(s.Options) } : s)];

    /// <summary>The options with what differs put in.</summary>
    internal JsonObject On(JsonObject options)
    {
        var changed = (JsonObject)options.DeepClone();
        foreach (var (name, value) in Options)
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
