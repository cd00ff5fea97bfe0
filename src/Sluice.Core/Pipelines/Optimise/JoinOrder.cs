using Sluice.Joins;

namespace Sluice.Pipelines.Optimise;

/// <summary>
/// Inner joins that follow each other in the order of what they leave, fewest rows first. Only inner joins commute; at most one of the two may have several
/// rows of a key, or rows would come out in another order. Columns are put back in the order as written.
/// </summary>
sealed class JoinOrder : RewriteRule
{
    public override IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts)
    {
        for (var place = 1; place < chain.Steps.Count; place++)
        {
            if (chain.Steps[place - 1].Step is Join { IsInner: true } first && chain.Steps[place].Step is Join { IsInner: true } second
                && facts.Ratio(chain.Steps[place - 1].Number) is { } firstLeaves && facts.Ratio(chain.Steps[place].Number) is { } secondLeaves
                && secondLeaves < firstLeaves)
            {
                yield return Try(chain, place, first, second, firstLeaves, secondLeaves);
            }
        }
    }

    Rewrite Try(PlanChain chain, int place, Join first, Join second, double firstLeaves, double secondLeaves)
    {
        var (earlier, later) = (chain.Steps[place - 1].Id, chain.Steps[place].Id);
        var what = $"{later} before {earlier}";
        if (!first.HasUniqueKeys && !second.HasUniqueKeys)
        {
            return MayNot(what, "both tables have several rows of a key, so rows would come out in another order");
        }

        if (!chain.ColumnsAreKnown)
        {
            return MayNot(what, "a step makes columns out of what it learns, so their order cannot be made again");
        }

        if (Enumerable.Range(place + 1, chain.Steps.Count - place - 1).FirstOrDefault(later => chain.EffectsAt(later) is null, -1) is var unknown and >= 0)
        {
            return MayNot(what, $"{chain.Steps[unknown].Id} promises nothing, so the order of columns may matter to it");
        }

        if (chain.EffectsAt(place - 1)!.Writes.Intersect(chain.EffectsAt(place)!.Reads).Any())
        {
            return MayNot(what, $"{later} joins on a column that {earlier} adds");
        }

        return chain.Exchanged(place) is { } after && after.After.ToHashSet().SetEquals(chain.After)
            ? May(
                RewriteLevel.Rows, after, what,
                FormattableString.Invariant($"inner joins commute and one table has each key once; on the sample {later} leaves {secondLeaves:P0} of the rows, {earlier} {firstLeaves:P0}"))
            : MayNot(what, "columns would get other names");
    }
}
