namespace Sluice.Labels;

/// <summary>
/// Annotators and a model's out-of-fold chances in one vote (CROWDLAB; Goh, Tkachenko, Mueller 2022): each weighs as much as it is better than always saying
/// the most frequent class, measured against the majority on items with two answers or more; the model weighs as much as the typical number of answers.
/// </summary>
/// <param name="ModelWeight">Weight of the model.</param>
/// <param name="Weights">Weight of each annotator.</param>
/// <param name="Trust">Chance that an answer agrees with another on the same item.</param>
/// <param name="Classes">How many.</param>
public sealed record Crowdlab(double ModelWeight, double[] Weights, double Trust, int Classes)
{
    const double Least = 1e-6;

    /// <param name="answers">What the annotators said.</param>
    /// <param name="chances">Of each class for each item, item after item.</param>
    public static Crowdlab Fit(Annotations answers, ReadOnlySpan<float> chances)
    {
        var (classes, shares) = (answers.Classes, answers.Shares());
        var (counts, right, asked) = (new double[classes], new double[answers.Annotators], new double[answers.Annotators]);
        var (items, given, modelRight, frequentRight, same, pairs) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        var frequent = Largest(shares);
        for (var item = 0; item < answers.Items; item++)
        {
            var own = answers.Of(item);
            var copies = answers.Copies[item];
            var number = Annotations.Count(own, counts);
            if (number < 2)
            {
                continue;
            }

            var majority = Consensus.Majority(counts, shares);
            items += copies;
            given += copies * number;
            frequentRight += majority == frequent ? copies : 0;
            modelRight += Likeliest(chances.Slice(item * classes, classes)) == majority ? copies : 0;
            for (var annotator = 0; annotator < own.Length; annotator++)
            {
                if (own[annotator] is >= 0 and var answer)
                {
                    asked[annotator] += copies;
                    right[annotator] += answer == majority ? copies : 0;
                    same += copies * (counts[answer] - 1);
                    pairs += copies * (number - 1);
                }
            }
        }

        if (items == 0)
        {
            return new Crowdlab(1, [.. asked.Select(_ => 1.0)], 1 - (1.0 / classes), classes);
        }

        var baseline = Math.Max(Least, 1 - (frequentRight / items));
        double Weight(double share) => Math.Max(Least, 1 - ((1 - share) / baseline));
        return new Crowdlab(
            Weight(modelRight / items) * Math.Sqrt(given / items), [.. asked.Select((n, a) => n == 0 ? Least : Weight(right[a] / n))], same / pairs, classes);
    }

    /// <summary>Chance of each class given the answers on an item and the model's chances.</summary>
    public void Believe(ReadOnlySpan<int> answers, ReadOnlySpan<float> chances, Span<double> beliefs)
    {
        var total = ModelWeight;
        for (var j = 0; j < beliefs.Length; j++)
        {
            beliefs[j] = ModelWeight * chances[j];
        }

        for (var annotator = 0; annotator < answers.Length; annotator++)
        {
            if (answers[annotator] < 0)
            {
                continue;
            }

            total += Weights[annotator];
            for (var j = 0; j < beliefs.Length; j++)
            {
                beliefs[j] += Weights[annotator] * (j == answers[annotator] ? Trust : (1 - Trust) / (Classes - 1));
            }
        }

        for (var j = 0; j < beliefs.Length; j++)
        {
            beliefs[j] /= total;
        }
    }

    static int Largest(double[] values) => Array.IndexOf(values, values.Max());

    static int Likeliest(ReadOnlySpan<float> chances)
    {
        var best = 0;
        for (var j = 1; j < chances.Length; j++)
        {
            best = chances[j] > chances[best] ? j : best;
        }

        return best;
    }
}
