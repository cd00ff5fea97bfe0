namespace Sluice.Labels;

/// <summary>
/// One probe a fold, each trained on the rows of all other folds: the chances it gives a row of its fold are out-of-fold, as confident learning
/// needs them. A model that has seen a wrong label believes it.
/// </summary>
public sealed record FoldedProbe(IReadOnlyList<LinearProbe> Probes)
{
    /// <param name="rows">Rows; those without a class are left out.</param>
    /// <param name="folds">Fold of each row, from 0. Equal rows belong in one fold.</param>
    /// <param name="count">How many folds there are.</param>
    public static FoldedProbe Train(LabelledVectors rows, int[] folds, int count)
    {
        var probes = new LinearProbe[count];
        Parallel.For(0, count, fold => probes[fold] = LinearProbe.Train(rows.Where(row => folds[row] != fold)));
        return new FoldedProbe(probes);
    }

    /// <summary>Chances of each class for each row, by the probe that has not seen its fold; row after row.</summary>
    public float[] Predict(LabelledVectors rows, int[] folds)
    {
        var classes = Probes[0].Classes;
        var (all, one) = (new float[rows.Rows * classes], new double[classes]);
        for (var row = 0; row < rows.Rows; row++)
        {
            Probes[folds[row]].Predict(rows.Row(row), one);
            for (var i = 0; i < classes; i++)
            {
                all[(row * classes) + i] = (float)one[i];
            }
        }

        return all;
    }
}
