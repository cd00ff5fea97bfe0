namespace Sluice.Pipelines.Optimise;

/// <summary>
/// A filter before the step whose cells it does not read, so that this step gets fewer rows. Exact where the step keeps every row and says nothing of any;
/// otherwise the same rows are left, but what the step would have said of the dropped ones is not said.
/// </summary>
sealed class FilterPushdown : RewriteRule
{
    public override IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts)
    {
        for (var place = 1; place < chain.Steps.Count; place++)
        {
            if (chain.EffectsAt(place) is not { Filters: true } filter || chain.LooksAt(place) || chain.EffectsAt(place - 1) is { Filters: true })
            {
                continue;
            }

            yield return Try(chain, place, filter.Reads);
        }
    }

    Rewrite Try(PlanChain chain, int place, IReadOnlySet<string> reads)
    {
        var (filter, before) = (chain.Steps[place].Id, chain.Steps[place - 1].Id);
        var what = $"{filter} before {before}";
        if (chain.EffectsAt(place - 1) is not { } effects)
        {
            return MayNot(what, $"{before} promises nothing of what it does to a row");
        }

        if (chain.LooksAt(place - 1) && !effects.LooksAtRowsAlone)
        {
            return MayNot(what, $"{before} learns from all rows, so fewer rows would teach it something else");
        }

        if (effects.Writes.Intersect(reads).Order(StringComparer.Ordinal).ToList() is [_, ..] written)
        {
            return MayNot(what, $"{filter} reads {string.Join(", ", written)}, which {before} writes");
        }

        if (reads.Any(name => !chain.Before(place - 1).Has(name) || chain.Before(place - 1)[name] != chain.Before(place)[name])
            || chain.Exchanged(place) is not { } after || !after.After.Equals(chain.After))
        {
            return MayNot(what, "the columns would not be the same there");
        }

        return effects is { KeepsRows: true, Silent: true }
            ? May(RewriteLevel.Exact, after, what, $"{before} keeps every row, says nothing of any, and writes no column that {filter} reads")
            : May(RewriteLevel.Rows, after, what, $"{before} treats each row alone and writes no column that {filter} reads; what it says of rows that {filter} drops is not said");
    }
}
