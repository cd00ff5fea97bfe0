using Sluice.Outliers;

namespace Sluice.VectorSpace;

/// <summary>
/// Principal components (Pearson 1901): the directions in which the rows vary the most, the most varying first. Found by subspace iteration on the covariance
/// matrix, in doubles; the first number of a direction that is not 0 is positive, so that a direction never comes out turned around.
/// </summary>
/// <param name="Mean">Of the rows.</param>
/// <param name="Directions">Directions of length 1, one after another.</param>
/// <param name="Variances">Variance along each.</param>
/// <param name="TotalVariance">Variance of all dimensions together.</param>
public sealed record Pca(float[] Mean, float[] Directions, double[] Variances, double TotalVariance)
{
    const int MaxRounds = 200, LearnedRows = 50_000;

    /// <summary>Numbers of a row in the directions.</summary>
    public void Project(ReadOnlySpan<float> vector, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            var direction = Directions.AsSpan(i * Mean.Length, Mean.Length);
            into[i] = Distances.Dot(vector, direction) - Distances.Dot(Mean, direction);
        }
    }

    /// <param name="table">All rows; of more than 50,000, evenly spaced ones are learned from.</param>
    /// <param name="count">Directions wanted, at most as many as dimensions.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public static Pca Of(VectorRows table, int count, CancellationToken cancellation)
    {
        var (dimensions, mean) = (table.Dimensions, Means.Of(table));
        var covariance = Covariance(table, mean, cancellation);
        count = Math.Min(count, dimensions);
        var random = new SeededRandom(1);
        var basis = new double[count][];
        for (var i = 0; i < count; i++)
        {
            basis[i] = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next() - 0.5)];
        }

        Orthonormalise(basis);
        var variances = new double[count];
        for (var round = 0; round < MaxRounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = (double[])variances.Clone();
            for (var i = 0; i < count; i++)
            {
                basis[i] = Multiply(covariance, basis[i]);
            }

            Orthonormalise(basis);
            for (var i = 0; i < count; i++)
            {
                variances[i] = Dot(basis[i], Multiply(covariance, basis[i]));
            }

            if (variances.Zip(before).All(v => Math.Abs(v.First - v.Second) <= 1e-10 * Math.Max(v.First, double.Epsilon)))
            {
                break;
            }
        }

        var order = Enumerable.Range(0, count).OrderByDescending(i => variances[i]).ThenBy(i => i);
        var directions = order.SelectMany(i => Turned(basis[i])).Select(v => (float)v).ToArray();
        return new Pca(mean, directions, [.. order.Select(i => variances[i])], Enumerable.Range(0, dimensions).Sum(i => covariance[i][i]));
    }

    static double[][] Covariance(VectorRows table, float[] mean, CancellationToken cancellation)
    {
        var dimensions = table.Dimensions;
        var step = Math.Max(1, table.Rows / LearnedRows);
        var learned = Enumerable.Range(0, (table.Rows + step - 1) / step).Select(i => i * step).ToArray();
        var covariance = new double[dimensions][];

        // Each line is summed in the order of the rows, so it does not matter which thread has it.
        Parallel.For(0, dimensions, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            var sums = new double[dimensions];
            foreach (var row in learned)
            {
                var vector = table[row];
                double centred = vector[i] - mean[i];
                for (var j = i; j < dimensions; j++)
                {
                    sums[j] += centred * (vector[j] - mean[j]);
                }
            }

            covariance[i] = sums;
        });
        for (var i = 0; i < dimensions; i++)
        {
            for (var j = i; j < dimensions; j++)
            {
                covariance[i][j] /= Math.Max(1, learned.Length - 1);
                covariance[j][i] = covariance[i][j];
            }
        }

        return covariance;
    }

    // Gram and Schmidt, twice, since once leaves rounding errors. A direction that is left with nothing becomes 0.
    static void Orthonormalise(double[][] basis)
    {
        for (var i = 0; i < basis.Length; i++)
        {
            for (var again = 0; again < 2; again++)
            {
                for (var j = 0; j < i; j++)
                {
                    var along = Dot(basis[i], basis[j]);
                    for (var k = 0; k < basis[i].Length; k++)
                    {
                        basis[i][k] -= along * basis[j][k];
                    }
                }
            }

            var length = Math.Sqrt(Dot(basis[i], basis[i]));
            for (var k = 0; k < basis[i].Length; k++)
            {
                basis[i][k] = length > 1e-300 ? basis[i][k] / length : 0;
            }
        }
    }

    static double[] Turned(double[] direction) =>
        Array.Find(direction, v => Math.Abs(v) > 1e-12) < 0 ? [.. direction.Select(v => -v)] : direction;

    static double[] Multiply(double[][] matrix, double[] vector) => [.. matrix.Select(line => Dot(line, vector))];

    static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
