using Sluice.Steps;

namespace Sluice.Splits.Units;

/// <summary>Columns of numbers with mean 0 and deviation 1; a missing value is the mean, and a column of one value is 0.</summary>
static class Standardize
{
    /// <param name="rows">Rows, one after another; missing values are NaN.</param>
    /// <param name="width">Values of a row.</param>
    public static float[] Columns(float[] rows, int width)
    {
        var result = new float[rows.Length];
        for (var column = 0; column < width; column++)
        {
            // Exact sums: the numbers do not depend on the order of the rows.
            var (sum, squares) = (new ExactSum(), new ExactSum());
            long count = 0;
            for (var i = column; i < rows.Length; i += width)
            {
                if (float.IsFinite(rows[i]))
                {
                    sum.Add(rows[i]);
                    squares.AddSquare(rows[i]);
                    count++;
                }
            }

            var mean = count == 0 ? 0 : sum.Value / count;
            var deviation = count < 2 ? 0 : ExactSum.Deviation(sum, squares, count);
            for (var i = column; i < rows.Length; i += width)
            {
                result[i] = float.IsFinite(rows[i]) && deviation > 0 ? (float)((rows[i] - mean) / deviation) : 0;
            }
        }

        return result;
    }
}
