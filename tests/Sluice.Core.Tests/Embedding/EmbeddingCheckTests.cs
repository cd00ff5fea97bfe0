using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class EmbeddingCheckTests
{
    [Theory]
    [InlineData(384)]
    [InlineData(768)]
    public void One_finite_vector_for_each_text_is_fine(int dimensions) => Assert.Empty(EmbeddingCheck.Validate(2, new float[2 * dimensions], dimensions));

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var vectors = new float[3 * 383];
        (vectors[0], vectors[383 * 2]) = (float.NaN, float.PositiveInfinity);

        var problems = EmbeddingCheck.Validate(5, vectors, 383);

        Assert.Equal(["dimensions_out_of_range", "counts_differ", "not_finite"], problems.Select(p => p.Reason));
        Assert.Equal("Vectors have 383 numbers; expected 384 to 768. Use another model, or allow its size.", problems[0].Message);
        Assert.Equal("There are 5 texts and 3 vectors; expected one for each text. Embed the texts again.", problems[1].Message);
        Assert.Contains("2 vectors have NaN or infinity, the first in the rows 0, 2 (from 0).", problems[2].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(769, "dimensions_out_of_range")]
    [InlineData(512, "uneven_vectors")]
    [InlineData(0, "dimensions_out_of_range,uneven_vectors")]
    public void Sizes_that_cannot_be_are_refused(int dimensions, string expected) =>
        Assert.Equal(expected, string.Join(',', EmbeddingCheck.Validate(1, new float[769], dimensions).Select(p => p.Reason)));

    [Fact]
    public void Other_sizes_may_be_allowed() => Assert.Empty(EmbeddingCheck.Validate(1, new float[64], 64, min: 16, max: 4096));
}
