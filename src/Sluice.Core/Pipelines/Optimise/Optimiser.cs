using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>Rewrites a plan, one rule after another, until none has anything left to do. Pure: what it does depends on the pipeline, its columns and the facts alone.</summary>
static class Optimiser
{
    /// <summary>Part of the run key of pipelines whose counts a rewrite may change (<see cref="RewriteLevel.Rows"/>), and of no other.</summary>
    public const int Version = 1;

    // Every rewrite lowers a rank of some step, so it ends; this is for a rule with a mistake.
    const int MaxRewrites = 2_000;

    /// <summary>The plan, or null where the steps as written are best; and what was considered and is not done.</summary>
    public static (PhysicalPlan? Plan, IReadOnlyList<RewriteNote> Refused) Plan(Pipeline pipeline, Schema first, RewriteLevel level, PlanFacts facts)
    {
        if (PlanChain.Of([.. pipeline.Steps.Select((s, i) => new PlannedStep(i, s.Id, s.Step))], first) is not { } written || written.Steps.Count == 0)
        {
            return (null, []);
        }

        var (chain, notes) = (written, new List<RewriteNote>());
        var highest = RewriteLevel.Off;
        while (notes.Count < MaxRewrites && Next(chain, level, facts) is { } rewrite)
        {
            var (before, after) = (facts.CostOf(chain), facts.CostOf(rewrite.After!));
            notes.Add(new RewriteNote(rewrite.Rule, rewrite.What, rewrite.Why, before > 0 ? Math.Max(0, 1 - (after / before)) : 0));
            highest = rewrite.Level > highest ? rewrite.Level : highest;
            chain = rewrite.After!;
        }

        var refused = RewriteRule.All.SelectMany(rule => rule.Find(chain, facts)).Where(r => r.After is null || r.Level > level)
            .Select(r => new RewriteNote(r.Rule, r.What, r.After is null ? r.Why : r.Why + " (optimize: rows allows it)", null)).Distinct().ToList();
        return (Physical(pipeline, written, chain, level, highest, notes, facts), refused);
    }

    static Rewrite? Next(PlanChain chain, RewriteLevel level, PlanFacts facts) =>
        RewriteRule.All.SelectMany(rule => rule.Find(chain, facts)).FirstOrDefault(r => r.After is not null && r.Level <= level && r.Level > RewriteLevel.Off);

    static PhysicalPlan? Physical(Pipeline pipeline, PlanChain written, PlanChain chain, RewriteLevel level, RewriteLevel highest, List<RewriteNote> notes, PlanFacts facts)
    {
        if (level == RewriteLevel.Off)
        {
            return null;
        }

        Step[] steps = [.. chain.Steps.Select(s => s.Step)];
        var measures = !pipeline.Steps.Any(s => s.Step is Quality.QualityValidation);
        var (apart, shared) = (PassPlan.Of(steps, chain.Before(0), measures), PassPlan.Of(steps, chain.Before(0), measures, sharesLooks: true));
        if (shared.Count < apart.Count)
        {
            notes.Add(new RewriteNote(
                "shared_look", $"{apart.Count} walks that look become {shared.Count}", "steps look together where none in between drops rows or writes what the other looks at",
                (double)(apart.Count - shared.Count) / (apart.Count + 1)));
        }

        var schemas = Enumerable.Range(0, steps.Length).Select(chain.Before).Append(chain.After).ToList();
        var read = PassPlan.ColumnsOfVersion(steps, schemas);
        if (read is not null)
        {
            var unread = chain.Before(0).Select(f => f.Name).Where(name => !read.Contains(name)).ToList();
            notes.Add(new RewriteNote(
                "projection_pushdown", $"the last walk does not read {string.Join(", ", unread)}", "no step reads or writes them, and the version does not have them",
                (double)unread.Count / chain.Before(0).Count));
        }

        var (kept, saves) = pipeline.Optimization.Caching ? new CachePlacement(steps, schemas, shared, facts.Shares(chain)).Find() : ([], 0);
        if (kept.Count > 0)
        {
            notes.Add(new RewriteNote(
                "cache_placement", $"rows are kept after {string.Join(" and ", kept.Select(k => chain.Steps[k.Applied - 1].Id))}",
                $"{kept.Sum(k => k.Looks)} looks begin there, and applying the steps before again would cost more than to write their rows", saves));
        }

        int[] order = [.. chain.Steps.Select(s => s.Number)];
        return notes.Count == 0
            ? null
            : new PhysicalPlan(
                order, shared.Count < apart.Count, read is not null, chain.After.Equals(written.After) ? null : [.. written.After.Select(f => f.Name)],
                highest == RewriteLevel.Rows ? RewriteLevel.Rows : RewriteLevel.Exact, notes)
            {
                Kept = kept.Count > 0 ? kept : null,
            };
    }
}
