namespace Sluice.Matching;

/// <summary>
/// The probability that two rows mean the same thing, learned without labels. First Fellegi–Sunter by expectation and maximisation, which takes columns for
/// independent; with two tables the pairs of a row compete, so that it is seen what tells the right partner from the next best. Then its verdicts teach a
/// regression that weighs what the model counted twice.
/// </summary>
sealed class MatchModel
{
    readonly MonotoneLogit logit;

    MatchModel(MonotoneLogit logit) => this.logit = logit;

    /// <summary>Learns from pairs of which all pairs of a row are there; null where no matches stand out from chance.</summary>
    public static MatchModel? Learn(MatchTable table, PairComparer comparer, IReadOnlyList<(int First, int Second)> pairs)
    {
        var features = new float[pairs.Count][];
        Parallel.For(0, pairs.Count, i =>
        {
            features[i] = new float[comparer.Width];
            comparer.Compare(pairs[i].First, pairs[i].Second, features[i]);
        });
        var shares = Shares(table, comparer);
        double[] rough = [.. features.Select(own => Rough(table, comparer, own))];
        var standing = StandOut.Of(table.Rows, pairs, rough);
        if (!standing.IsSeen)
        {
            return null;
        }

        var guess = FirstGuess(table.Rows, pairs, rough);
        var matches = new FellegiSunter(features, shares).Fit(
            guess, logOdds => table.IsLink ? Competition.Probabilities(pairs, logOdds, table.Rows, standing) : [.. logOdds.Select(Probability)]);
        return new MatchModel(new MonotoneLogit(features, [.. matches.Select(p => p > 0.5 ? 1.0 : 0)]));
    }

    public double LogOdds(ReadOnlySpan<float> features) => logit.LogOdds(features);

    public static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>
    /// Least probability to take so that the expected F1 is greatest (Lipton, Elkan and Naryanaswamy 2014): half of that F1, which is below one half where
    /// much is uncertain.
    /// </summary>
    public static double BestThreshold(double[] probabilities)
    {
        double all = probabilities.Sum(), taken = 0, best = 0, threshold = 0.5;
        foreach (var (i, probability) in probabilities.OrderDescending().Index())
        {
            taken += probability;
            if (2 * taken / (i + 1 + all) is var expected && expected > best)
            {
                (best, threshold) = (expected, probability);
            }
        }

        return threshold;
    }

    // Three similarities of a text, or two of a value, are one column's.
    static double[] Shares(MatchTable table, PairComparer comparer)
    {
        var shares = new double[comparer.Width];
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var count = table.Columns[i].Nature == ColumnNature.Text ? PairComparer.Plain : PairComparer.PerValue;
            Array.Fill(shares, 1.0 / count, comparer.StartOf(i), count);
        }

        return shares;
    }

    // The whole row, and the mean of the columns.
    static double Rough(MatchTable table, PairComparer comparer, float[] own)
    {
        double sum = 0, whole = 0;
        var present = 0;
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var start = comparer.StartOf(i);
            var similarity = table.Columns[i].Nature == ColumnNature.Text ? (own[start] + own[start + 1] + own[start + 2]) / 3 : own[start];
            if (i == table.Columns.Count - 1)
            {
                whole = float.IsNaN(similarity) ? 0 : similarity;
            }
            else if (!float.IsNaN(similarity))
            {
                sum += similarity;
                present++;
            }
        }

        return whole + (present == 0 ? 0 : sum / present);
    }

    // Pairs that are the best of both their rows, and of these the better half.
    static double[] FirstGuess(int rows, IReadOnlyList<(int First, int Second)> pairs, double[] rough)
    {
        var best = new double[rows];
        for (var i = 0; i < rough.Length; i++)
        {
            best[pairs[i].First] = Math.Max(best[pairs[i].First], rough[i]);
            best[pairs[i].Second] = Math.Max(best[pairs[i].Second], rough[i]);
        }

        var mutual = Enumerable.Range(0, rough.Length).Where(i => rough[i] == best[pairs[i].First] && rough[i] == best[pairs[i].Second])
            .OrderByDescending(i => rough[i]).ToList();
        var guess = new double[rough.Length];
        foreach (var i in mutual.Take(Math.Max(1, mutual.Count / 2)))
        {
            guess[i] = 1;
        }

        return guess;
    }
}
