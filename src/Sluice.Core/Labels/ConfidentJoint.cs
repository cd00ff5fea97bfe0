namespace Sluice.Labels;

/// <summary>
/// How often rows of each true class carry each label, as confident learning estimates it (Northcutt, Jiang, Chuang 2021; the definitions are
/// cleanlab's): a row counts for the class that its out-of-fold chances exceed the class's own threshold for, the mean chance among rows with
/// that label.
/// </summary>
public sealed class ConfidentJoint
{
    // A class that no row is labelled with can never be confident.
    const double Never = 2, LeastThreshold = 2e-6, Slack = 1e-6;
    readonly int classes;

    /// <param name="chances">Out-of-fold chances as vectors, with the given labels; rows without a label are passed over.</param>
    public ConfidentJoint(LabelledVectors chances)
    {
        classes = chances.Classes;
        LabelCounts = new double[classes];
        Thresholds = ThresholdsOf(chances, LabelCounts);
        Counts = new double[classes * classes];
        for (var row = 0; row < chances.Rows; row++)
        {
            if (chances.Labels[row] is >= 0 and var label && ConfidentClass(chances.Row(row), Thresholds) is >= 0 and var found)
            {
                Counts[(label * classes) + found] += chances.Weights[row];
            }
        }

        Calibrated = Calibrate();
    }

    /// <summary>Rows with each label.</summary>
    public double[] LabelCounts { get; }

    /// <summary>Chance from which a row is confidently of a class.</summary>
    public double[] Thresholds { get; }

    /// <summary>Rows by given label (row of the matrix) and confident class (column), before calibration.</summary>
    public double[] Counts { get; }

    /// <summary>The same, each row of the matrix scaled to the number of rows with that label.</summary>
    public double[] Calibrated { get; }

    /// <summary>The class a row is confidently of; -1: none.</summary>
    public static int ConfidentClass(ReadOnlySpan<float> chances, ReadOnlySpan<double> thresholds)
    {
        var (found, best) = (-1, double.NegativeInfinity);
        for (var j = 0; j < chances.Length; j++)
        {
            if (chances[j] >= thresholds[j] - Slack && chances[j] > best)
            {
                (found, best) = (j, chances[j]);
            }
        }

        return found;
    }

    /// <summary>Chance of each label given the true class, with one more row spread over all labels, so that nothing is impossible: label (row) by class (column).</summary>
    public double[] NoiseChannel()
    {
        var channel = new double[classes * classes];
        for (var j = 0; j < classes; j++)
        {
            var total = 1.0;
            for (var i = 0; i < classes; i++)
            {
                total += Counts[(i * classes) + j];
            }

            for (var i = 0; i < classes; i++)
            {
                channel[(i * classes) + j] = (Counts[(i * classes) + j] + (1.0 / classes)) / total;
            }
        }

        return channel;
    }

    /// <summary>
    /// Rows to prune by given label (row) and true class (column): the calibrated counts, with at least one row of each class left on the
    /// diagonal and what that adds taken evenly from the others of its label.
    /// </summary>
    public long[] PruneCounts()
    {
        var counts = new long[classes * classes];
        for (var label = 0; label < classes; label++)
        {
            var row = Calibrated.AsSpan(label * classes, classes);
            var lacking = Math.Max(0, 1 - row[label]);
            var others = 0;
            foreach (var count in row)
            {
                others += count != 0 ? 1 : 0;
            }

            for (var j = 0; j < classes; j++)
            {
                counts[(label * classes) + j] = j == label ? (long)Math.Max(1, row[j]) : (long)Math.Max(0, row[j] - (lacking / Math.Max(1, others - 1)));
            }
        }

        return counts;
    }

    static double[] ThresholdsOf(LabelledVectors chances, double[] counts)
    {
        var sums = new double[counts.Length];
        for (var row = 0; row < chances.Rows; row++)
        {
            if (chances.Labels[row] is >= 0 and var label)
            {
                counts[label] += chances.Weights[row];
                sums[label] += chances.Weights[row] * chances.Row(row)[label];
            }
        }

        return [.. sums.Select((sum, label) => counts[label] == 0 ? Never : Math.Max(LeastThreshold, sum / counts[label]))];
    }

    double[] Calibrate()
    {
        // Every class counts itself at least once, or scaling would lose the label.
        var calibrated = (double[])Counts.Clone();
        for (var label = 0; label < classes; label++)
        {
            var row = calibrated.AsSpan(label * classes, classes);
            row[label] = LabelCounts[label] > 0 ? Math.Max(1, row[label]) : row[label];
            var total = 0.0;
            foreach (var count in row)
            {
                total += count;
            }

            for (var j = 0; j < classes && total > 0; j++)
            {
                row[j] *= LabelCounts[label] / total;
            }
        }

        return calibrated;
    }
}
