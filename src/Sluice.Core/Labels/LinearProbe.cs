using System.Numerics;

namespace Sluice.Labels;

/// <summary>
/// Multinomial logistic regression on given vectors, as embeddings are probed: mean cross-entropy and an L2 penalty of the weights (not of the
/// biases) of one over the number of rows, as in scikit-learn with C = 1. Trained with L-BFGS from zero, sums in row order, so that the same
/// rows in the same order give the same bits on every machine.
/// </summary>
public sealed class LinearProbe
{
    /// <summary>Steps of the training at most.</summary>
    public const int MaxSteps = 100;

    readonly int dimensions;

    /// <param name="weights">A row for each dimension and one for the bias, of as many numbers as there are classes.</param>
    /// <param name="dimensions">Numbers of a vector.</param>
    /// <param name="classes">Classes.</param>
    public LinearProbe(double[] weights, int dimensions, int classes)
    {
        this.dimensions = dimensions;
        (Weights, Classes) = (weights, classes);
    }

    public double[] Weights { get; }

    public int Classes { get; }

    /// <summary>Learns from the rows that have a class.</summary>
    public static LinearProbe Train(LabelledVectors rows)
    {
        var loss = new Loss(rows);
        return new LinearProbe(LimitedMemoryBfgs.Minimise(new double[(rows.Dimensions + 1) * rows.Classes], loss.At, MaxSteps), rows.Dimensions, rows.Classes);
    }

    /// <summary>Chance of each class.</summary>
    public void Predict(ReadOnlySpan<float> row, Span<double> chances)
    {
        Span<double> scores = Classes <= 256 ? stackalloc double[Classes] : new double[Classes];
        Score(Weights, row, dimensions, scores);
        StableMath.Softmax(scores, chances);
    }

    static void Score(ReadOnlySpan<double> weights, ReadOnlySpan<float> row, int dimensions, Span<double> scores)
    {
        var classes = scores.Length;
        weights.Slice(dimensions * classes, classes).CopyTo(scores);
        for (var at = 0; at < dimensions; at++)
        {
            if (row[at] != 0)
            {
                AddScaled(weights.Slice(at * classes, classes), row[at], scores);
            }
        }
    }

    // Each number for itself, so that the width of the vectors changes no bit.
    static void AddScaled(ReadOnlySpan<double> from, double scale, Span<double> into)
    {
        var (at, wide, factor) = (0, Vector<double>.Count, new Vector<double>(scale));
        for (; at <= from.Length - wide; at += wide)
        {
            (new Vector<double>(into[at..]) + (new Vector<double>(from[at..]) * factor)).CopyTo(into[at..]);
        }

        for (; at < from.Length; at++)
        {
            into[at] += from[at] * scale;
        }
    }

    sealed class Loss(LabelledVectors rows)
    {
        readonly double total = Math.Max(1, Enumerable.Range(0, rows.Rows).Where(r => rows.Labels[r] >= 0).Sum(r => rows.Weights[r]));
        readonly double[] scores = new double[rows.Classes], chances = new double[rows.Classes];

        public double At(double[] weights, double[] gradient)
        {
            Array.Clear(gradient);
            var (loss, classes, dimensions) = (0.0, rows.Classes, rows.Dimensions);
            for (var row = 0; row < rows.Rows; row++)
            {
                if (rows.Labels[row] is not (>= 0 and var label))
                {
                    continue;
                }

                var vector = rows.Row(row);
                var weight = rows.Weights[row] / total;
                Score(weights, vector, dimensions, scores);
                StableMath.Softmax(scores, chances);
                loss -= weight * StableMath.Log(Math.Max(chances[label], 1e-300));
                chances[label] -= 1;
                for (var at = 0; at < dimensions; at++)
                {
                    if (vector[at] != 0)
                    {
                        AddScaled(chances, vector[at] * weight, gradient.AsSpan(at * classes, classes));
                    }
                }

                AddScaled(chances, weight, gradient.AsSpan(dimensions * classes, classes));
            }

            for (var at = 0; at < dimensions * classes; at++)
            {
                loss += weights[at] * weights[at] / (2 * total);
                gradient[at] += weights[at] / total;
            }

            return loss;
        }
    }
}
