using System.Runtime.InteropServices;

namespace Sluice.Labels;

/// <summary>What is said of one label.</summary>
/// <param name="IsError">Whether the filter takes it for an error.</param>
/// <param name="Suggested">The likeliest class.</param>
/// <param name="Quality">Chance of the given label out of fold, cleanlab's self-confidence: the lower, the worse.</param>
/// <param name="Suspicion">For ranking: the lower, the more suspicious; comparable within one model.</param>
public readonly record struct LabelJudgement(bool IsError, int Suggested, double Quality, double Suspicion);

/// <summary>
/// Judges labels one by one with what all rows taught. The ranking is the mean of a row's ranks by two scores that fail in different places:
/// its normalised margin, which knows only the row, and the odds of its label after the noise of the labels, which know what is often mixed up.
/// </summary>
/// <param name="Classes">How many.</param>
/// <param name="Filter">What is taken for an error.</param>
/// <param name="Thresholds">Chance from which a row is confidently of a class.</param>
/// <param name="Channel">Chance of each label given the true class.</param>
/// <param name="MarginCuts">By label and class: the margin from which a label is an error by noise rate; infinite: never.</param>
/// <param name="SelfCuts">By label: the chance up to which it is an error by class; negative: never.</param>
/// <param name="Odds">The lowest odds that were seen.</param>
/// <param name="Margins">The lowest margins that were seen.</param>
/// <param name="Suspicions">The lowest suspicions that were seen.</param>
public sealed record ConfidentModel(
    int Classes, LabelErrorFilter Filter, double[] Thresholds, double[] Channel, double[] MarginCuts, double[] SelfCuts, RankTail Odds, RankTail Margins,
    RankTail? Suspicions)
{
    const double Least = 1e-12;

    /// <summary>Learns from out-of-fold chances and the given labels.</summary>
    public static ConfidentModel Fit(LabelledVectors chances, LabelErrorFilter filter)
    {
        var joint = new ConfidentJoint(chances);
        var prune = joint.PruneCounts();
        var (odds, margins) = (new List<(double, double)>(), new List<(double, double)>());
        var rowsOf = Enumerable.Range(0, chances.Rows).ToLookup(row => chances.Labels[row]);
        var model = new ConfidentModel(
            chances.Classes, filter, joint.Thresholds, joint.NoiseChannel(), MarginCutsOf(chances, rowsOf, prune), SelfCutsOf(chances, rowsOf, prune), RankTail.None, RankTail.None, null);
        for (var row = 0; row < chances.Rows; row++)
        {
            if (chances.Labels[row] is >= 0 and var label)
            {
                odds.Add((model.OddsOf(chances.Row(row), label), chances.Weights[row]));
                margins.Add((MarginOf(chances.Row(row), label), chances.Weights[row]));
            }
        }

        model = model with { Odds = RankTail.Of(odds), Margins = RankTail.Of(margins) };
        var suspicions = Enumerable.Range(0, chances.Rows).Where(row => chances.Labels[row] >= 0)
            .Select(row => (model.SuspicionOf(chances.Row(row), chances.Labels[row]), chances.Weights[row]));
        return model with { Suspicions = RankTail.Of([.. suspicions]) };
    }

    public LabelJudgement Judge(ReadOnlySpan<float> chances, int label)
    {
        var best = 0;
        for (var j = 1; j < chances.Length; j++)
        {
            best = chances[j] > chances[best] ? j : best;
        }

        return new LabelJudgement(best != label && chances[label] < chances[best] && Says(chances, label), best, chances[label], SuspicionOf(chances, label));
    }

    /// <summary>How many of the rows that taught are more suspicious, counted from 1.</summary>
    public long RankOf(double suspicion) => 1 + (long)Suspicions!.Before(suspicion);

    bool Says(ReadOnlySpan<float> chances, int label) => Filter switch
    {
        LabelErrorFilter.PruneByNoiseRate => ByRate(chances, label),
        LabelErrorFilter.PruneByClass => chances[label] <= SelfCuts[label],
        LabelErrorFilter.Both => ByRate(chances, label) && chances[label] <= SelfCuts[label],
        LabelErrorFilter.ConfidentLearning => ConfidentJoint.ConfidentClass(chances, Thresholds) is var found && found >= 0 && found != label,
        _ => true,
    };

    bool ByRate(ReadOnlySpan<float> chances, int label)
    {
        for (var j = 0; j < chances.Length; j++)
        {
            if (j != label && (double)chances[j] - chances[label] >= MarginCuts[(label * Classes) + j])
            {
                return true;
            }
        }

        return false;
    }

    double SuspicionOf(ReadOnlySpan<float> chances, int label) => Odds.Before(OddsOf(chances, label)) + Margins.Before(MarginOf(chances, label));

    /// <summary>Logarithm of the odds that the true class is the label's, given the row and that it was labelled so.</summary>
    double OddsOf(ReadOnlySpan<float> chances, int label)
    {
        var (own, others) = (0.0, Least * Least);
        for (var j = 0; j < chances.Length; j++)
        {
            var weight = Math.Max(chances[j], Least) * Channel[(label * Classes) + j];
            (own, others) = j == label ? (weight, others) : (own, others + weight);
        }

        return StableMath.Log(own) - StableMath.Log(others);
    }

    /// <summary>Chance of the label less the largest of another: cleanlab's margin before it is brought to 0 to 1.</summary>
    static double MarginOf(ReadOnlySpan<float> chances, int label)
    {
        var other = 0.0;
        for (var j = 0; j < chances.Length; j++)
        {
            other = j == label ? other : Math.Max(other, chances[j]);
        }

        return chances[label] - other;
    }

    static double[] MarginCutsOf(LabelledVectors chances, ILookup<int, int> rowsOf, long[] prune)
    {
        var classes = chances.Classes;
        var cuts = new double[classes * classes];
        Array.Fill(cuts, double.PositiveInfinity);
        for (var at = 0; at < cuts.Length; at++)
        {
            var (label, other) = Math.DivRem(at, classes);
            if (label != other && prune[at] > 0)
            {
                cuts[at] = -Nth(chances, rowsOf[label], row => (double)chances.Row(row)[label] - chances.Row(row)[other], prune[at]);
            }
        }

        return cuts;
    }

    static double[] SelfCutsOf(LabelledVectors chances, ILookup<int, int> rowsOf, long[] prune)
    {
        var cuts = new double[chances.Classes];
        Array.Fill(cuts, -1);
        for (var label = 0; label < cuts.Length; label++)
        {
            var wrong = 0L;
            for (var j = 0; j < cuts.Length; j++)
            {
                wrong += j == label ? 0 : prune[(label * cuts.Length) + j];
            }

            cuts[label] = wrong > 0 ? Nth(chances, rowsOf[label], row => chances.Row(row)[label], wrong) : -1;
        }

        return cuts;
    }

    // The score of the n-th lowest of the rows with a label, copies counted; the rows of one score fall together.
    static double Nth(LabelledVectors chances, IEnumerable<int> rows, Func<int, double> score, long n)
    {
        var left = (double)n;
        var last = double.NegativeInfinity;
        foreach (var (value, weight) in rows.Select(r => (score(r), chances.Weights[r])).OrderBy(s => s.Item1))
        {
            last = value;
            if ((left -= weight) <= 0)
            {
                break;
            }
        }

        return last;
    }
}

/// <summary>The lowest of the scores that were seen, in order, with the rows below each: where a new score would stand among them.</summary>
/// <param name="Scores">Ascending, little-endian doubles.</param>
/// <param name="Below">Rows with a lower score, of each; then the rows of all of them.</param>
public sealed record RankTail(byte[] Scores, double[] Below)
{
    const int MaxScores = 4_096;

    public static RankTail None { get; } = new([], [0]);

    ReadOnlySpan<double> Values => MemoryMarshal.Cast<byte, double>(Scores);

    public static RankTail Of(IReadOnlyList<(double Score, double Weight)> rows)
    {
        var (scores, below, total) = (new List<double>(), new List<double>(), 0.0);
        foreach (var equal in rows.GroupBy(r => r.Score).OrderBy(g => g.Key).Take(MaxScores))
        {
            scores.Add(equal.Key);
            below.Add(total);
            total += equal.Sum(r => r.Weight);
        }

        below.Add(total);
        return new RankTail(MemoryMarshal.AsBytes(scores.ToArray().AsSpan()).ToArray(), [.. below]);
    }

    /// <summary>Rows with a lower score; beyond the tail, all of its rows.</summary>
    public double Before(double score)
    {
        var at = Values.BinarySearch(score);
        return Below[at >= 0 ? at : ~at];
    }
}
