namespace Sluice.Labels;

/// <summary>What several annotators answered on the same items; equal items can be one with copies.</summary>
/// <param name="Answers">Class by item and annotator, item after item; -1: no answer.</param>
/// <param name="Annotators">How many.</param>
/// <param name="Classes">How many.</param>
/// <param name="Copies">Items that each row stands for.</param>
public sealed record Annotations(int[] Answers, int Annotators, int Classes, double[] Copies)
{
    public int Items => Copies.Length;

    public ReadOnlySpan<int> Of(int item) => Answers.AsSpan(item * Annotators, Annotators);

    /// <summary>Every item once.</summary>
    public static Annotations Of(int[] answers, int annotators, int classes)
    {
        var copies = new double[answers.Length / annotators];
        Array.Fill(copies, 1);
        return new Annotations(answers, annotators, classes, copies);
    }

    /// <summary>Answers by class of one item.</summary>
    public static int Count(ReadOnlySpan<int> answers, Span<double> counts)
    {
        counts.Clear();
        var given = 0;
        foreach (var answer in answers)
        {
            if (answer >= 0)
            {
                counts[answer]++;
                given++;
            }
        }

        return given;
    }

    /// <summary>Share of all answers that each class has; even where there are none.</summary>
    public double[] Shares()
    {
        var shares = new double[Classes];
        for (var at = 0; at < Answers.Length; at++)
        {
            if (Answers[at] >= 0)
            {
                shares[Answers[at]] += Copies[at / Annotators];
            }
        }

        var total = shares.Sum();
        return [.. shares.Select(share => total == 0 ? 1.0 / Classes : share / total)];
    }
}
