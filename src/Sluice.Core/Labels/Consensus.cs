namespace Sluice.Labels;

/// <summary>How several answers become one label.</summary>
public enum ConsensusMethod
{
    /// <summary>The most frequent answer of the row; of equally frequent ones, that which is given more often in all rows. Confidence: its share.</summary>
    Majority,

    /// <summary>The likeliest label given what is learned of each annotator's errors (Dawid, Skene 1979).</summary>
    DawidSkene,

    /// <summary>A vote of annotators and a model's chances, each weighed by how good it is (CROWDLAB).</summary>
    Crowdlab,
}

/// <summary>How good an annotator is.</summary>
/// <param name="Name">Column, or name.</param>
/// <param name="Answers">Answers given.</param>
/// <param name="Agreement">Share of them that are the consensus.</param>
/// <param name="GoldAsked">Answers on items whose label is known.</param>
/// <param name="GoldRight">Right ones of these.</param>
/// <param name="Quality">Chance that an answer is right: by the method, or, where gold questions were asked, (right + 1) / (asked + 2).</param>
public sealed record AnnotatorQuality(string Name, double Answers, double Agreement, double GoldAsked, double GoldRight, double Quality);

/// <summary>How far all annotators agree; see <see cref="Labels.Agreement"/>.</summary>
public sealed record AgreementReport(double MeanCohenKappa, double FleissKappa, double KrippendorffAlpha)
{
    public static AgreementReport Of(Annotations answers) => new(Agreement.MeanCohen(answers), Agreement.Fleiss(answers), Agreement.Krippendorff(answers));
}

/// <summary>Fitted consensus: everything that turns one row's answers into a label.</summary>
/// <param name="Shares">Share of each class among all answers.</param>
/// <param name="Errors">For <see cref="ConsensusMethod.DawidSkene"/>.</param>
/// <param name="Vote">For <see cref="ConsensusMethod.Crowdlab"/>.</param>
public sealed record Consensus(double[] Shares, DawidSkene? Errors, Crowdlab? Vote)
{
    public static Consensus Fit(Annotations answers, ConsensusMethod method, ReadOnlySpan<float> chances = default) => new(
        answers.Shares(),
        method == ConsensusMethod.DawidSkene ? DawidSkene.Fit(answers) : null,
        method == ConsensusMethod.Crowdlab ? Crowdlab.Fit(answers, chances) : null);

    /// <summary>The label of an item and the chance that it is right; -1 without any answer.</summary>
    public (int Label, double Confidence) Of(ReadOnlySpan<int> answers, ReadOnlySpan<float> chances = default)
    {
        Span<double> beliefs = Shares.Length <= 256 ? stackalloc double[Shares.Length] : new double[Shares.Length];
        var given = Annotations.Count(answers, beliefs);
        if (given == 0)
        {
            return (-1, 0);
        }

        if (Errors is null && Vote is null)
        {
            var most = Majority(beliefs, Shares);
            return (most, beliefs[most] / given);
        }

        Errors?.Believe(answers, beliefs);
        Vote?.Believe(answers, chances, beliefs);
        var best = Majority(beliefs, Shares);
        return (best, beliefs[best]);
    }

    /// <summary>The class with most; of equal ones, the more frequent over all, then the first.</summary>
    public static int Majority(ReadOnlySpan<double> counts, ReadOnlySpan<double> shares)
    {
        var best = 0;
        for (var j = 1; j < counts.Length; j++)
        {
            best = counts[j] > counts[best] || (counts[j] == counts[best] && shares[j] > shares[best]) ? j : best;
        }

        return best;
    }

    /// <summary>How good each annotator is.</summary>
    /// <param name="names">Of the annotators.</param>
    /// <param name="answers">What they said.</param>
    /// <param name="gold">Known label of each item; -1: not known.</param>
    /// <param name="chances">A model's, where the method takes them.</param>
    public IReadOnlyList<AnnotatorQuality> Qualities(IReadOnlyList<string> names, Annotations answers, ReadOnlySpan<int> gold, ReadOnlySpan<float> chances = default)
    {
        var (count, same, asked, right) = (new double[names.Count], new double[names.Count], new double[names.Count], new double[names.Count]);
        for (var item = 0; item < answers.Items; item++)
        {
            var own = answers.Of(item);
            var copies = answers.Copies[item];
            var label = Of(own, chances.IsEmpty ? default : chances.Slice(item * answers.Classes, answers.Classes)).Label;
            for (var annotator = 0; annotator < own.Length; annotator++)
            {
                if (own[annotator] is >= 0 and var answer)
                {
                    count[annotator] += copies;
                    same[annotator] += answer == label ? copies : 0;
                    asked[annotator] += gold[item] >= 0 ? copies : 0;
                    right[annotator] += gold[item] == answer ? copies : 0;
                }
            }
        }

        return [.. names.Select((name, a) => new AnnotatorQuality(name, count[a], Share(same[a], count[a]), asked[a], right[a], Quality(a, asked[a], right[a], Share(same[a], count[a]))))];
    }

    // One right answer is no proof: Laplace's rule of succession.
    double Quality(int annotator, double asked, double right, double agreement) =>
        asked > 0 ? (right + 1) / (asked + 2) : Errors?.Quality(annotator) ?? agreement;

    static double Share(double part, double of) => of == 0 ? 0 : part / of;
}
