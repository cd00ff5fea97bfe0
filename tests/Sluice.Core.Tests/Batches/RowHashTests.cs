using System.Text;
using Sluice.Batches;

namespace Sluice.Core.Tests.Batches;

public sealed class RowHashTests
{
    // Part of the data format: a seed picks rows by these. A change needs a new RowHash.Version.
    [Fact]
    public void Hashes_are_the_same_on_every_machine_and_release()
    {
        var keys = RowHash.Rows(RandomBatches.Of(500, seed: 3).Columns, 500);
        var all = keys.Aggregate(0UL, (total, key) => RowHash.Mix(total ^ key.High, key.Low | 1));

        Assert.Equal(1, RowHash.Version);
        Assert.Equal("d89b103e910c63cc b6d43985621b5461", $"{keys[0].High:x16} {keys[0].Low:x16}");
        Assert.Equal("e2df94aa2851f556", $"{all:x16}");
        Assert.Equal("3c68d61aceb19f89 1c479a7b445df447 2d28929b113f1f9a bd8f519e4bb71e2e 9281f6a1b74be0fc 28d45adda4801ef9", string.Join(' ', new[] { "", "a", "abcd", "12345678", "exactly sixteen.", "more than sixteen bytes" }.Select(t => $"{Hash(t):x16}")));
    }

    [Fact]
    public void Equal_rows_have_equal_keys_wherever_they_are()
    {
        var batch = RandomBatches.Of(300, seed: 4);
        var order = Enumerable.Range(0, 300).Reverse().ToArray();

        Assert.Equal(RowHash.Rows(batch.Columns, 300).Reverse(), RowHash.Rows(batch.Take(order).Columns, 300));
    }

    [Fact]
    public void Different_rows_have_different_keys()
    {
        var values = Enumerable.Range(0, 200_000).Select(i => (long)i).ToArray();
        var keys = RowHash.Rows([new ValueColumn<long>(ColumnType.Int64, values, null, values.Length)], values.Length);

        Assert.Equal(values.Length, keys.Select(k => k.High).Distinct().Count());
        Assert.Equal(values.Length, keys.Select(k => k.Low).Distinct().Count());
    }

    [Fact]
    public void Values_do_not_run_together_across_columns()
    {
        static RowKey Key(params string?[] cells) => RowHash.Rows([.. cells.Select(Text)], 1)[0];

        Assert.NotEqual(Key("ab", "c"), Key("a", "bc"));
        Assert.NotEqual(Key("a", "b"), Key("b", "a"));
        Assert.NotEqual(Key(null, ""), Key("", null));
        Assert.NotEqual(Key([null]), Key(""));
        Assert.NotEqual(Key([null]), Key(null, null));
    }

    [Fact]
    public void Both_zeros_are_one_value()
    {
        static RowKey Key(double value) => RowHash.Rows([new ValueColumn<double>(ColumnType.Float64, [value], null, 1)], 1)[0];

        Assert.Equal(Key(0.0), Key(-0.0));
        Assert.NotEqual(Key(0.0), Key(double.Epsilon));
    }

    [Fact]
    public void Seeds_give_families_of_their_own()
    {
        var batch = RandomBatches.Of(100, seed: 5);

        Assert.Empty(RowHash.Rows(batch.Columns, 100, seed: 1).Intersect(RowHash.Rows(batch.Columns, 100, seed: 2)));
    }

    [Fact]
    public void Every_bit_of_a_key_is_even()
    {
        var values = Enumerable.Range(0, 20_000).Select(i => (long)i).ToArray();
        var keys = RowHash.Rows([new ValueColumn<long>(ColumnType.Int64, values, null, values.Length)], values.Length);

        // Six standard deviations of 20,000 tosses.
        Assert.All(Enumerable.Range(0, 64), bit =>
        {
            Assert.InRange(keys.Count(k => (k.High >> bit & 1) == 1), 9_576, 10_424);
            Assert.InRange(keys.Count(k => (k.Low >> bit & 1) == 1), 9_576, 10_424);
        });
    }

    static ulong Hash(string text) => RowHash.Bytes(Encoding.UTF8.GetBytes(text));

    static Column Text(string? cell)
    {
        var builder = new TextBuilder();
        if (cell is null)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(Encoding.UTF8.GetBytes(cell));
        }

        return builder.Build();
    }
}
