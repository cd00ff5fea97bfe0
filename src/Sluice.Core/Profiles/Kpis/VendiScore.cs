using Sluice.Embedding;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Profiles.Kpis;

/// <summary>
/// The Vendi score (Friedman and Dieng, TMLR 2023): the exponential of the entropy of the eigenvalues of the similarities of all texts, here the cosines of their vectors. Those that are not 0 are the
/// eigenvalues of the mean of the vectors' outer products too, a matrix that does not grow with the texts.
/// </summary>
static class VendiScore
{
    public static async Task<Vendi> OfAsync(string column, string model, BottomSample<byte[]> texts, VectorStore vectors, CancellationToken cancellation)
    {
        var sample = texts.InOrder().ToList();
        var words = new TextBuilder(sample.Count);
        sample.ForEach(s => words.Append(s.Value));
        var batch = new Batch(new([new Field(column, ColumnType.Text)]), [words.Build()], sample.Count);
        var rows = await new VectorSource { Text = column, Model = model }.RawAsync(batch, vectors, cancellation);
        var score = Of(rows, [.. sample.Select(s => s.Count)], cancellation);
        return new Vendi(column, model, Math.Round(score, 3), sample.Count, sample.Sum(s => s.Count), !texts.IsComplete);
    }

    /// <param name="rows">Vectors, of any length; one of zeros has no direction and is left out.</param>
    /// <param name="copies">How often each occurs.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static double Of(VectorRows rows, IReadOnlyList<long> copies, CancellationToken cancellation)
    {
        var size = rows.Dimensions;
        var matrix = new double[size, size];
        var total = 0.0;
        for (var row = 0; row < rows.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var vector = rows[row];
            var length = Math.Sqrt(Distances.Dot(vector, vector));
            if (length > 0)
            {
                total += copies[row];
                Add(matrix, vector, copies[row] / (length * length));
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] = matrix[j, i] = total == 0 ? 0 : matrix[i, j] / total;
            }
        }

        // Rounding makes some that are 0 a little less.
        var entropy = SymmetricEigenvalues.Of(matrix).Where(e => e > 0).Sum(e => -e * Math.Log(e));
        return total == 0 ? 0 : Math.Max(1, Math.Exp(entropy));
    }

    static void Add(double[,] matrix, ReadOnlySpan<float> vector, double weight)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            var scaled = vector[i] * weight;
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] += scaled * vector[j];
            }
        }
    }
}
