namespace Sluice.Pipelines.Optimise;

/// <summary>
/// Filters that follow each other in the order of what they cost for each row they drop. The same rows are left; which of them dropped a row that both drop
/// is another. Needs what a sample says of their selectivity.
/// </summary>
sealed class PredicateOrder : RewriteRule
{
    public override IEnumerable<Rewrite> Find(PlanChain chain, PlanFacts facts)
    {
        for (var place = 1; place < chain.Steps.Count; place++)
        {
            if (chain.EffectsAt(place - 1) is { Filters: true } first && chain.EffectsAt(place) is { Filters: true } second
                && !chain.LooksAt(place - 1) && !chain.LooksAt(place)
                && facts.Ratio(chain.Steps[place - 1].Number) is { } firstLeaves && facts.Ratio(chain.Steps[place].Number) is { } secondLeaves
                && Rank(second.Cost, secondLeaves) < Rank(first.Cost, firstLeaves)
                && chain.Exchanged(place) is { } after && after.After.Equals(chain.After))
            {
                var (earlier, later) = (chain.Steps[place - 1].Id, chain.Steps[place].Id);
                yield return May(
                    RewriteLevel.Rows, after, $"{later} before {earlier}",
                    FormattableString.Invariant($"both only drop rows; on the sample {later} leaves {secondLeaves:P0} at cost {second.Cost:0.#}, {earlier} {firstLeaves:P0} at cost {first.Cost:0.#}"));
            }
        }
    }

    // Hellerstein and Stonebraker 1993: ascending (selectivity − 1) / cost.
    static double Rank(double cost, double leaves) => (leaves - 1) / Math.Max(cost, 0.001);
}
