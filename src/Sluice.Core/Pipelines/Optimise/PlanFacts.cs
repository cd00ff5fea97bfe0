using Sluice.Runs;

namespace Sluice.Pipelines.Optimise;

/// <summary>What the plan as written did to a sample of rows.</summary>
/// <param name="Steps">Counts of each step; empty where the sample could not be run.</param>
sealed record PlanFacts(IReadOnlyList<StepCounts> Steps)
{
    public static PlanFacts None { get; } = new([]);

    /// <summary>Rows out for each row in; null where nothing is known.</summary>
    public double? Ratio(int number) => number < Steps.Count && Steps[number].RowsIn > 0 ? (double)Steps[number].RowsOut / Steps[number].RowsIn : null;

    /// <summary>What a plan costs for each row that is read, by the steps' own cost and the sample's ratios; unknown steps count 1 and keep their rows.</summary>
    public double CostOf(PlanChain chain)
    {
        var shares = Shares(chain);
        return Enumerable.Range(0, chain.Steps.Count).Sum(place => shares[place] * (chain.EffectsAt(place)?.Cost ?? 1));
    }

    /// <summary>Share of the rows read that come to each step of a plan, and that are left after the last.</summary>
    public double[] Shares(PlanChain chain)
    {
        var shares = new double[chain.Steps.Count + 1];
        shares[0] = 1;
        for (var place = 0; place < chain.Steps.Count; place++)
        {
            shares[place + 1] = shares[place] * (Ratio(chain.Steps[place].Number) ?? 1);
        }

        return shares;
    }
}
