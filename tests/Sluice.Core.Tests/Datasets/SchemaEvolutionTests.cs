using Sluice.Batches;
using Sluice.Datasets;

namespace Sluice.Tests.Datasets;

public sealed class SchemaEvolutionTests
{
    static readonly Schema before = new([new("id", ColumnType.Int64, false), new("day", ColumnType.Date)]);

    [Fact]
    public void The_order_of_columns_does_not_matter() => Assert.Equal(SchemaCompatibility.Same, Change(new("day", ColumnType.Date), new("id", ColumnType.Int64, false)));

    [Fact]
    public void A_new_column_is_additive() =>
        Assert.Equal(SchemaCompatibility.Additive, Change(new("id", ColumnType.Int64, false), new("day", ColumnType.Date), new("more", ColumnType.Text)));

    [Theory]
    [InlineData(ColumnType.Float64, false)]
    [InlineData(ColumnType.Int64, true)]
    public void Holding_more_is_widening_even_beside_a_new_column(ColumnType type, bool nullable) =>
        Assert.Equal(SchemaCompatibility.Widening, Change(new("id", type, nullable), new("day", ColumnType.Date), new("more", ColumnType.Text)));

    [Fact]
    public void A_column_that_is_gone_or_holds_something_else_breaks_readers()
    {
        Assert.Equal(SchemaCompatibility.Breaking, Change(new Field("id", ColumnType.Int64, false)));
        Assert.Equal(SchemaCompatibility.Breaking, Change(new("id", ColumnType.Text, false), new("day", ColumnType.Date)));
        Assert.Equal(SchemaCompatibility.Breaking, SchemaEvolution.Of(new([new("x", ColumnType.Float64)]), new([new("x", ColumnType.Int64)])));
    }

    static SchemaCompatibility Change(params Field[] after) => SchemaEvolution.Of(before, new Schema(after));
}
