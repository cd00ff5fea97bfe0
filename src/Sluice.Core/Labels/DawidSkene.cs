namespace Sluice.Labels;

/// <summary>
/// What annotators' answers say of the truth when some are better than others, and differently for each class (Dawid, Skene 1979): a matrix of errors
/// for each annotator and the shares of the classes, found by expectation maximisation from the majority.
/// </summary>
/// <param name="Prior">Share of each true class.</param>
/// <param name="Errors">By annotator, true class and answer: the chance of the answer.</param>
public sealed record DawidSkene(double[] Prior, double[] Errors)
{
    public const int MaxRounds = 100;

    // A hundredth of an answer for each that was never given: nobody is known never to err.
    const double Never = 0.01, Settled = 1e-7;

    int Classes => Prior.Length;

    public static DawidSkene Fit(Annotations answers, int maxRounds = MaxRounds)
    {
        var beliefs = new double[answers.Items * answers.Classes];
        for (var item = 0; item < answers.Items; item++)
        {
            var own = beliefs.AsSpan(item * answers.Classes, answers.Classes);
            var given = Annotations.Count(answers.Of(item), own);
            for (var j = 0; j < own.Length; j++)
            {
                own[j] = given == 0 ? 1.0 / own.Length : own[j] / given;
            }
        }

        var model = Maximise(answers, beliefs);
        for (var round = 1; round < maxRounds; round++)
        {
            var change = 0.0;
            var next = new double[answers.Classes];
            for (var item = 0; item < answers.Items; item++)
            {
                model.Believe(answers.Of(item), next);
                for (var j = 0; j < next.Length; j++)
                {
                    change = Math.Max(change, Math.Abs(next[j] - beliefs[(item * next.Length) + j]));
                    beliefs[(item * next.Length) + j] = next[j];
                }
            }

            model = Maximise(answers, beliefs);
            if (change < Settled)
            {
                break;
            }
        }

        return model;
    }

    /// <summary>Chance of each class given the answers on an item.</summary>
    public void Believe(ReadOnlySpan<int> answers, Span<double> beliefs)
    {
        for (var j = 0; j < beliefs.Length; j++)
        {
            beliefs[j] = StableMath.Log(Math.Max(Prior[j], 1e-300));
            for (var annotator = 0; annotator < answers.Length; annotator++)
            {
                beliefs[j] += answers[annotator] < 0 ? 0 : StableMath.Log(Error(annotator, j, answers[annotator]));
            }
        }

        StableMath.Softmax(beliefs, beliefs);
    }

    /// <summary>Chance of an answer of an annotator when the truth is a class.</summary>
    public double Error(int annotator, int truth, int answer) => Errors[(((annotator * Classes) + truth) * Classes) + answer];

    /// <summary>Chance that an annotator's answer is right, over all classes.</summary>
    public double Quality(int annotator) => Enumerable.Range(0, Classes).Sum(j => Prior[j] * Error(annotator, j, j));

    static DawidSkene Maximise(Annotations answers, double[] beliefs)
    {
        var classes = answers.Classes;
        var (prior, errors) = (new double[classes], new double[answers.Annotators * classes * classes]);
        Array.Fill(errors, Never);
        for (var item = 0; item < answers.Items; item++)
        {
            var own = beliefs.AsSpan(item * classes, classes);
            var given = answers.Of(item);
            for (var j = 0; j < classes; j++)
            {
                var weight = own[j] * answers.Copies[item];
                prior[j] += weight;
                for (var annotator = 0; annotator < given.Length; annotator++)
                {
                    if (given[annotator] >= 0)
                    {
                        errors[(((annotator * classes) + j) * classes) + given[annotator]] += weight;
                    }
                }
            }
        }

        Normalise(prior, classes);
        Normalise(errors, classes);
        return new DawidSkene(prior, errors);
    }

    static void Normalise(double[] rows, int width)
    {
        for (var from = 0; from < rows.Length; from += width)
        {
            var row = rows.AsSpan(from, width);
            var total = 0.0;
            foreach (var value in row)
            {
                total += value;
            }

            for (var j = 0; j < width; j++)
            {
                row[j] = total > 0 ? row[j] / total : 1.0 / width;
            }
        }
    }
}
