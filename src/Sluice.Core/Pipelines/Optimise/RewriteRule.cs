using System.Text.RegularExpressions;

namespace Sluice.Pipelines.Optimise;

/// <summary>
/// One way to make a plan cheaper. A rule proposes a rewrite only where all that it needs is promised (<see cref="Steps.StepEffects"/>); what is not known is a
/// no. Rules are found by reflection: a new one is a file in this folder.
/// </summary>
abstract partial class RewriteRule
{
    public static IReadOnlyList<RewriteRule> All { get; } =
    [
        .. typeof(RewriteRule).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && typeof(RewriteRule).IsAssignableFrom(t))
            .OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (RewriteRule)Activator.CreateInstance(t)!),
    ];

    /// <summary>The class's name in snake_case.</summary>
    public string Name => Capital.Replace(GetType().Name, "_$0").ToLowerInvariant();

    /// <summary>Every rewrite that may be done now, and those that were considered and are refused.</summary>
    /// <param name="chain">The plan.</param>
    /// <param name="facts">What a sample showed.</param>
    public abstract IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts);

    protected Rewrite May(RewriteLevel level, PlanChain after, string what, string why) => new(Name, level, after, what, why);

    protected Rewrite MayNot(string what, string why) => new(Name, RewriteLevel.Off, null, what, why);

    [GeneratedRegex("(?<!^)[A-Z]")]
    static partial Regex Capital { get; }
}

/// <summary>A rewrite that a rule proposes or refuses.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Level">What has to be allowed for it.</param>
/// <param name="After">The plan with it; null: refused.</param>
/// <param name="What">What it does.</param>
/// <param name="Why">Why it may, or may not.</param>
sealed record Rewrite(string Rule, RewriteLevel Level, PlanChain? After, string What, string Why);
