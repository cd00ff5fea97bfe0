namespace Sluice.Matching;

/// <summary>
/// Fellegi and Sunter's model (1969), fitted by expectation and maximisation without labels: how much more often a level of similarity is seen among matches
/// than among other pairs. Two things are added: the weight of a level never falls when similarity rises, and similarities of one column share its weight,
/// for they repeat each other.
/// </summary>
sealed class FellegiSunter
{
    const int Levels = 13, MaxRounds = 40;
    const byte Missing = byte.MaxValue;
    const double Smoothing = 0.5, Settled = 1e-6;
    readonly byte[][] levels;
    readonly double[] shares;
    readonly double[][] weights;

    /// <param name="features">Similarities of each pair; NaN is missing and says nothing.</param>
    /// <param name="shares">How much each similarity counts; 0 leaves it out.</param>
    public FellegiSunter(float[][] features, double[] shares)
    {
        this.shares = shares;
        levels = [.. features.Select(own => own.Select(Level).ToArray())];
        weights = [.. shares.Select(_ => new double[Levels])];
    }

    static byte Level(float similarity) => float.IsNaN(similarity) ? Missing : similarity >= 0.999f ? (byte)(Levels - 1) : (byte)(similarity * (Levels - 1));

    /// <summary>Probabilities of the pairs.</summary>
    /// <param name="matches">First guess, 0 to 1.</param>
    /// <param name="judge">Turns log odds into probabilities.</param>
    public double[] Fit(double[] matches, Func<double[], double[]> judge)
    {
        var logOdds = new double[levels.Length];
        for (var round = 0; round < MaxRounds; round++)
        {
            Weigh(matches);
            var share = Math.Clamp(matches.Sum() / levels.Length, 1e-9, 1 - 1e-9);
            for (var i = 0; i < levels.Length; i++)
            {
                logOdds[i] = Math.Log(share / (1 - share));
                for (var k = 0; k < shares.Length; k++)
                {
                    logOdds[i] += levels[i][k] == Missing ? 0 : shares[k] * weights[k][levels[i][k]];
                }
            }

            var next = judge(logOdds);
            var change = next.Zip(matches).Sum(pair => Math.Abs(pair.First - pair.Second));
            matches = next;
            if (change < Settled * levels.Length)
            {
                break;
            }
        }

        return matches;
    }

    void Weigh(double[] matches)
    {
        var share = matches.Sum() / Math.Max(1e-9, levels.Length - matches.Sum());
        for (var k = 0; k < shares.Length; k++)
        {
            var (yes, no, amount) = (new double[Levels], new double[Levels], new double[Levels]);
            for (var i = 0; i < levels.Length; i++)
            {
                if (levels[i][k] != Missing)
                {
                    yes[levels[i][k]] += matches[i];
                    no[levels[i][k]] += 1 - matches[i];
                }
            }

            var (allYes, allNo) = (yes.Sum() + (Smoothing * Levels), no.Sum() + (Smoothing * Levels));
            for (var level = 0; level < Levels; level++)
            {
                weights[k][level] = Math.Log((yes[level] + Smoothing) / allYes) - Math.Log((no[level] + Smoothing) / allNo);
                amount[level] = yes[level] + (no[level] * share) + 0.1;
            }

            Rise(weights[k], amount);
        }
    }

    /// <summary>The nearest values that never fall: neighbours that do are pooled (isotonic regression).</summary>
    static void Rise(double[] values, double[] amounts)
    {
        var pools = new List<(double Value, double Amount, int Count)>();
        for (var i = 0; i < values.Length; i++)
        {
            pools.Add((values[i], amounts[i], 1));
            while (pools.Count > 1 && pools[^2].Value > pools[^1].Value)
            {
                var (a, b) = (pools[^2], pools[^1]);
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = (((a.Value * a.Amount) + (b.Value * b.Amount)) / (a.Amount + b.Amount), a.Amount + b.Amount, a.Count + b.Count);
            }
        }

        var at = 0;
        foreach (var pool in pools)
        {
            Array.Fill(values, pool.Value, at, pool.Count);
            at += pool.Count;
        }
    }
}
