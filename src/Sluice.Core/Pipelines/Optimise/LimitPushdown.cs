using Sluice.Shaping;

namespace Sluice.Pipelines.Optimise;

/// <summary>A limit before a step that keeps every row, so that this step is done for the first rows only.</summary>
sealed class LimitPushdown : RewriteRule
{
    public override IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts)
    {
        for (var place = 1; place < chain.Steps.Count; place++)
        {
            if (chain.Steps[place].Step is not Limit)
            {
                continue;
            }

            var before = chain.Steps[place - 1].Id;
            var what = $"{chain.Steps[place].Id} before {before}";
            if (chain.EffectsAt(place - 1) is not { KeepsRows: true } effects)
            {
                yield return MayNot(what, $"{before} does not promise to keep every row, so other rows would be the first");
            }
            else if (chain.LooksAt(place - 1))
            {
                yield return MayNot(what, $"{before} learns from all rows, so fewer rows would teach it something else");
            }
            else if (chain.Exchanged(place) is { } after && after.After.Equals(chain.After))
            {
                yield return effects.Silent
                    ? May(RewriteLevel.Exact, after, what, $"{before} keeps every row and says nothing of any")
                    : May(RewriteLevel.Rows, after, what, $"{before} keeps every row; what it says of rows past the limit is not said");
            }
        }
    }
}
