namespace Sluice.Labels;

/// <summary>How far annotators agree beyond chance: 1 always, 0 as by chance, below 0 less than that; NaN where nothing can be said.</summary>
public static class Agreement
{
    /// <summary>Cohen's kappa (1960) of two annotators over the items that both answered.</summary>
    public static double Cohen(Annotations answers, int left, int right)
    {
        var (both, same) = (0.0, 0.0);
        var (byLeft, byRight) = (new double[answers.Classes], new double[answers.Classes]);
        for (var item = 0; item < answers.Items; item++)
        {
            var (a, b, copies) = (answers.Of(item)[left], answers.Of(item)[right], answers.Copies[item]);
            if (a >= 0 && b >= 0)
            {
                both += copies;
                same += a == b ? copies : 0;
                byLeft[a] += copies;
                byRight[b] += copies;
            }
        }

        var chance = 0.0;
        for (var j = 0; j < answers.Classes; j++)
        {
            chance += byLeft[j] / both * (byRight[j] / both);
        }

        return Beyond(same / both, chance);
    }

    /// <summary>Mean of Cohen's kappa over all pairs that share items.</summary>
    public static double MeanCohen(Annotations answers)
    {
        var (sum, pairs) = (0.0, 0);
        for (var left = 0; left < answers.Annotators; left++)
        {
            for (var right = left + 1; right < answers.Annotators; right++)
            {
                if (Cohen(answers, left, right) is var kappa && !double.IsNaN(kappa))
                {
                    (sum, pairs) = (sum + kappa, pairs + 1);
                }
            }
        }

        return pairs == 0 ? double.NaN : sum / pairs;
    }

    /// <summary>Fleiss' kappa (1971) over the items with at least two answers; they may have different numbers of them.</summary>
    public static double Fleiss(Annotations answers)
    {
        var (items, agreed, total) = (0.0, 0.0, 0.0);
        var (counts, byClass) = (new double[answers.Classes], new double[answers.Classes]);
        for (var item = 0; item < answers.Items; item++)
        {
            var given = Annotations.Count(answers.Of(item), counts);
            if (given < 2)
            {
                continue;
            }

            var pairs = 0.0;
            for (var j = 0; j < counts.Length; j++)
            {
                pairs += counts[j] * (counts[j] - 1);
                byClass[j] += counts[j] * answers.Copies[item];
            }

            items += answers.Copies[item];
            agreed += answers.Copies[item] * pairs / (given * (given - 1.0));
            total += answers.Copies[item] * given;
        }

        return Beyond(agreed / items, byClass.Sum(count => count / total * (count / total)));
    }

    /// <summary>Krippendorff's alpha for names (2011), from the coincidences of answers on items with at least two.</summary>
    public static double Krippendorff(Annotations answers)
    {
        var (different, total) = (0.0, 0.0);
        var (counts, byClass) = (new double[answers.Classes], new double[answers.Classes]);
        for (var item = 0; item < answers.Items; item++)
        {
            var given = Annotations.Count(answers.Of(item), counts);
            if (given < 2)
            {
                continue;
            }

            foreach (var count in counts)
            {
                different += answers.Copies[item] * count * (given - count) / (given - 1);
            }

            for (var j = 0; j < counts.Length; j++)
            {
                byClass[j] += counts[j] * answers.Copies[item];
            }

            total += given * answers.Copies[item];
        }

        var expected = byClass.Sum(count => count * (total - count));
        return total < 2 ? double.NaN : expected == 0 ? (different == 0 ? 1 : double.NaN) : 1 - ((total - 1) * different / expected);
    }

    // All answers of one class agree fully, and beyond chance nothing can be said; kappa is then taken for 1, as the field does.
    static double Beyond(double found, double chance) => double.IsNaN(found) ? double.NaN : chance >= 1 ? 1 : (found - chance) / (1 - chance);
}
