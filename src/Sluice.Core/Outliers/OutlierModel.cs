namespace Sluice.Outliers;

/// <summary>Scores whole rows: the higher, the further from the others. Points are standardised, dimension after dimension.</summary>
abstract class OutlierModel
{
    /// <param name="row">One number a dimension.</param>
    /// <param name="self">Which of the model's own points the row is, of which one copy is left out; -1 for none.</param>
    public abstract double Score(ReadOnlySpan<double> row, int self);
}

/// <summary>The different points that a model is made from.</summary>
/// <param name="Columns">Coordinates, one array a dimension.</param>
/// <param name="Counts">Copies of each point.</param>
sealed record OutlierPoints(double[][] Columns, long[] Counts)
{
    public int Rows => Counts.Length;

    public long Total { get; } = Counts.Sum();

    public void CopyRow(int point, Span<double> into)
    {
        for (var column = 0; column < Columns.Length; column++)
        {
            into[column] = Columns[column][point];
        }
    }
}
