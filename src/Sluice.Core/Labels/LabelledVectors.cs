namespace Sluice.Labels;

/// <summary>Rows as vectors with a class each; numbers of a table, embeddings, or the chances that another model gave.</summary>
/// <param name="Values">Row after row.</param>
/// <param name="Dimensions">Numbers a row.</param>
/// <param name="Labels">Class of each row, from 0; -1: none.</param>
/// <param name="Weights">Copies of each row.</param>
/// <param name="Classes">How many classes there are.</param>
public sealed record LabelledVectors(float[] Values, int Dimensions, int[] Labels, double[] Weights, int Classes)
{
    public int Rows => Labels.Length;

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Dimensions, Dimensions);

    /// <summary>Every row once.</summary>
    public static LabelledVectors Of(float[] values, int dimensions, int[] labels, int classes)
    {
        if (values.Length != (long)labels.Length * dimensions)
        {
            throw new ArgumentException($"{labels.Length} rows of {dimensions} numbers were given {values.Length} numbers.", nameof(values));
        }

        var weights = new double[labels.Length];
        Array.Fill(weights, 1);
        return new LabelledVectors(values, dimensions, labels, weights, classes);
    }

    /// <summary>The rows that are chosen.</summary>
    public LabelledVectors Where(Func<int, bool> chosen)
    {
        int[] rows = [.. Enumerable.Range(0, Rows).Where(chosen)];
        var values = new float[rows.Length * Dimensions];
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(values.AsSpan(i * Dimensions));
        }

        return this with { Values = values, Labels = [.. rows.Select(r => Labels[r])], Weights = [.. rows.Select(r => Weights[r])] };
    }
}
