namespace Sluice.Embedding;

/// <summary>What is wrong with vectors that came from somewhere, before anything is built on them.</summary>
public static class EmbeddingCheck
{
    /// <summary>Dimensions that text models commonly have; others are asked for by name.</summary>
    public const int MinDimensions = 384, MaxDimensions = 768;

    // Enough to see what is wrong; the count says how much.
    const int Shown = 5;

    /// <summary>Every problem of a matrix of vectors; none: one finite vector for each text, of an allowed size.</summary>
    /// <param name="texts">Number of texts.</param>
    /// <param name="vectors">Numbers, by rows.</param>
    /// <param name="dimensions">Numbers of one vector.</param>
    /// <param name="min">Fewest dimensions. Default: 384.</param>
    /// <param name="max">Most dimensions. Default: 768.</param>
    public static IReadOnlyList<EmbeddingProblem> Validate(int texts, ReadOnlySpan<float> vectors, int dimensions, int min = MinDimensions, int max = MaxDimensions)
    {
        var problems = new List<EmbeddingProblem>();
        if (dimensions < min || dimensions > max)
        {
            problems.Add(new EmbeddingProblem("dimensions_out_of_range", 1, $"Vectors have {dimensions} numbers; expected {min} to {max}. Use another model, or allow its size."));
        }

        if (dimensions <= 0 || vectors.Length % dimensions != 0)
        {
            problems.Add(new EmbeddingProblem("uneven_vectors", 1, $"{vectors.Length} numbers are no whole vectors of {dimensions}. The file was cut, or belongs to another model."));
            return problems;
        }

        var rows = vectors.Length / dimensions;
        if (rows != texts)
        {
            problems.Add(new EmbeddingProblem("counts_differ", Math.Abs(rows - texts), $"There are {texts} texts and {rows} vectors; expected one for each text. Embed the texts again."));
        }

        var wrong = new List<int>();
        for (var row = 0; row < rows; row++)
        {
            foreach (var number in vectors.Slice(row * dimensions, dimensions))
            {
                if (!float.IsFinite(number))
                {
                    wrong.Add(row);
                    break;
                }
            }
        }

        if (wrong.Count > 0)
        {
            problems.Add(new EmbeddingProblem(
                "not_finite", wrong.Count, $"{wrong.Count} vectors have NaN or infinity, the first in the rows {string.Join(", ", wrong.Take(Shown))} (from 0). Embed them again, or leave them out."));
        }

        return problems;
    }
}

/// <summary>One kind of problem of some vectors.</summary>
/// <param name="Reason">In snake_case; stored, so never renamed.</param>
/// <param name="Count">How many.</param>
/// <param name="Message">What was found, what was expected, what to do.</param>
public sealed record EmbeddingProblem(string Reason, int Count, string Message);
