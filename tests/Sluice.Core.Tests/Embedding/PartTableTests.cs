using Sluice.Batches;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class PartTableTests
{
    static readonly PartTable table = new(
        [new RowKey(1, 1), new RowKey(2, 2), new RowKey(3, 3)], [0, 3, 3, 5], [1, 10, 2, 20, 6, 30, 7, -1, 5, 1], 2);

    [Fact]
    public void Each_part_has_its_row_and_rows_may_have_none()
    {
        Assert.Equal((3, 5, 2), (table.Rows, table.Parts, table.Dimensions));
        Assert.Equal([0, 0, 0, 2, 2], Enumerable.Range(0, 5).Select(table.RowOf));
        Assert.Equal(3..3, table.Of(1));
        Assert.Equal([6f, 30f], table[2].ToArray());
    }

    [Theory]
    [InlineData(PartGroup.Mean, new float[] { 3, 20, 0, 0, 6, 0 })]
    [InlineData(PartGroup.Max, new float[] { 6, 30, 0, 0, 7, 1 })]
    [InlineData(PartGroup.Min, new float[] { 1, 10, 0, 0, 5, -1 })]
    [InlineData(PartGroup.First, new float[] { 1, 10, 0, 0, 7, -1 })]
    [InlineData(PartGroup.Last, new float[] { 6, 30, 0, 0, 5, 1 })]
    public void A_group_becomes_one_vector(PartGroup how, float[] expected)
    {
        var grouped = table.Group(how);

        Assert.Equal(expected, grouped.Values.ToArray());
        Assert.Equal([3, 0, 2], grouped.Tokens.ToArray());
    }

    [Theory]
    [InlineData(1, PartPlace.Start, true, new float[] { 1, 10, 7, -1 })]
    [InlineData(1, PartPlace.Start, false, new float[] { 2, 20, 6, 30, 5, 1 })]
    [InlineData(2, PartPlace.End, true, new float[] { 2, 20, 6, 30, 7, -1, 5, 1 })]
    [InlineData(2, PartPlace.End, false, new float[] { 1, 10 })]
    public void Parts_are_kept_or_left_out(int count, PartPlace place, bool keeps, float[] expected) =>
        Assert.Equal(expected, table.Filter(count, place, keeps).Values.ToArray());

    [Fact]
    public void A_random_choice_is_the_rows_own()
    {
        var other = new PartTable([new RowKey(3, 3)], [0, 2], [7, -1, 5, 1], 2);

        Assert.Equal(table.Filter(1, PartPlace.Random).Values[2..].ToArray(), other.Filter(1, PartPlace.Random).Values.ToArray());
        Assert.Equal(2, table.Filter(1, PartPlace.Random).Parts);
        Assert.Equal(table.Values.ToArray(), table.Filter(9, PartPlace.Random, seed: 4).Values.ToArray());
    }

    [Fact]
    public async Task A_model_gives_the_vectors_of_its_tokens_and_their_mean_is_its_pooling()
    {
        var embedder = await UseLite.OpenAsync(new EmbeddingModel { Layer = "add_104", Pooling = "mean", Normalize = false });
        var texts = TextColumn.Of("three blue whales swim", null, "one");

        var parts = embedder.EmbedParts(texts, CancellationToken.None);

        Assert.Equal((embedder.TokensOf(texts[0]).Count, 0, 1), (parts.Of(0).End.Value, parts.Of(1).End.Value - parts.Of(1).Start.Value, parts.Of(2).End.Value - parts.Of(2).Start.Value));
        Assert.Equal(UseLite.Embed(embedder, "three blue whales swim", null, "one"), parts.Group(PartGroup.Mean).Values.ToArray());
        Assert.Contains("has no vectors by token", Assert.Throws<DataException>(() => new HashingEmbedder(16).EmbedParts(texts, CancellationToken.None)).Message, StringComparison.Ordinal);
    }
}
