namespace Sluice.Pipelines.Optimise;

/// <summary>A step that only makes columns which a later step takes away, and which nothing reads in between, is not run.</summary>
sealed class DeadStep : RewriteRule
{
    public override IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts)
    {
        for (var place = 0; place < chain.Steps.Count; place++)
        {
            if (chain.EffectsAt(place) is { KeepsRows: true, Silent: true, Writes.Count: > 0 } effects && !chain.LooksAt(place)
                && OnlyAdds(chain, place)
                && DroppedBy(chain, place, effects.Writes) is { } dropper
                && chain.Without(place) is { } after && after.After.Equals(chain.After))
            {
                var id = chain.Steps[place].Id;
                yield return May(
                    RewriteLevel.Exact, after, $"without {id}",
                    $"it only makes {string.Join(", ", effects.Writes.Order(StringComparer.Ordinal))}, which nothing reads before {dropper} takes {(effects.Writes.Count == 1 ? "it" : "them")} away");
            }
        }
    }

    // One that takes columns away is not dead: without it, later steps would see them.
    static bool OnlyAdds(PlanChain chain, int place) => chain.Before(place).All(f => chain.SchemaAfter(place).Has(f.Name)) && chain.EffectsAt(place)!.Writes.All(chain.SchemaAfter(place).Has);

    /// <summary>The step that takes all these columns away before anything reads one; null when there is none, or a step in between promises nothing.</summary>
    static string? DroppedBy(PlanChain chain, int place, IReadOnlySet<string> columns)
    {
        for (var later = place + 1; later < chain.Steps.Count; later++)
        {
            if (chain.EffectsAt(later) is not { } effects || chain.LooksAt(later) && chain.Steps[later].Step.Observes(chain.Before(later))?.Overlaps(columns) != false
                || effects.Reads.Overlaps(columns))
            {
                return null;
            }

            if (!columns.Any(chain.SchemaAfter(later).Has))
            {
                return chain.Steps[later].Id;
            }
        }

        return null;
    }
}
