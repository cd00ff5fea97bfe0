using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Profiles;
using Sluice.Storage;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Profiles;

public sealed class VectorDriftTests
{
    const int Seed = 20_261_122;

    static readonly VectorSource xy = new() { Columns = ["x", "y"] };

    [Fact]
    public async Task False_alarms_are_as_rare_as_asked_for()
    {
        // At most 3 of 60 expected: more than 9 has a chance below 1 in 1,000.
        var alarms = 0;
        for (var round = 0; round < 60; round++)
        {
            var random = new Random(Seed + round);
            alarms += (await DriftAsync(Numbers(random, 60, 0, 1), Numbers(random, 90, 0, 1), alarms: 0.05)).IsDrift ? 1 : 0;
        }

        Assert.InRange(alarms, 0, 9);
    }

    [Fact]
    public async Task A_change_of_how_columns_go_together_is_found_though_each_is_as_before()
    {
        var random = new Random(Seed);

        // Both columns are the same in either table; only their product has another sign.
        var found = await DriftAsync(Numbers(random, 300, 0.9, 1), Numbers(random, 300, 0.9, -1));

        Assert.True(found.IsDrift);
        Assert.Equal(["energy", "mmd", "classifier"], found.Tests.Select(t => t.Name));
        Assert.Equal((300L, 300L), (found.RowsBefore, found.RowsAfter));
    }

    [Fact]
    public async Task Texts_of_a_new_topic_are_found_and_shown()
    {
        string[] food = ["soup", "bread", "salad", "pasta", "rice", "fish"], money = ["loan", "invoice", "tax", "rent", "debt", "salary"];
        string[] Say(string[] words, string start, int count) => [.. Enumerable.Range(0, count).Select(i => $"{start} {words[i % 6]} and {words[i / 6 % 6]}, number {i}")];
        var old = Say(food, "How do I cook", 60);
        var fresh = Say(food, "What goes well with", 30).Concat(Say(money, "When must I pay the", 30)).ToArray();

        var found = await DriftAsync(Texts(old), Texts([.. old, .. fresh]), new() { Text = "body" });

        Assert.True(found.IsDrift);
        Assert.Equal((60L, 60L), (found.RowsBefore, found.RowsAfter));
        Assert.InRange(found.Separation!.Value, 0.8, 1);
        Assert.DoesNotContain(found.NewKinds, text => text.StartsWith("How do I cook", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(50, 50, 0, 0)]
    [InlineData(50, 60, 50, 10)]
    [InlineData(60, 50, 10, 50)]
    public async Task Rows_that_both_have_are_left_out_and_few_others_say_nothing(int before, int after, int left, int right)
    {
        var rows = Numbers(new Random(Seed), 60, 0, 1);

        var found = await DriftAsync(rows.Slice(0, before), rows.Slice(0, after));

        Assert.Equal((false, 0, right), (found.IsDrift, found.Tests.Count, (int)found.RowsAfter));
        Assert.Equal(right == 0 ? before : left, found.RowsBefore);
    }

    [Fact]
    public async Task The_order_of_rows_and_batches_does_not_matter()
    {
        var random = new Random(Seed);
        var (before, after) = (Numbers(random, 100, 0, 1), Numbers(random, 130, 0.3, 1));
        var order = Enumerable.Range(0, after.Rows).ToArray();
        random.Shuffle(order);
        var shuffled = after.Take(order);

        var (one, other) = (await DriftAsync(before, after), await VectorDrift.OfAsync(
            () => Batches(before.Slice(0, 30), before.Slice(30, 100)), () => Batches(shuffled.Slice(0, 99), shuffled.Slice(99, 130)), xy, new VectorStore(new MemoryStore()), 0.01, default));

        Assert.Equal(one.Tests, other.Tests);
        Assert.Equal((one.Separation, string.Join('\n', one.NewKinds)), (other.Separation, string.Join('\n', other.NewKinds)));
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_an_error()
    {
        var rows = Numbers(new Random(Seed), 120, 0, 1);

        var error = await Assert.ThrowsAsync<DataException>(() => DriftAsync(rows.Slice(0, 60), rows.Slice(60, 120), new() { Columns = ["z"] }));

        Assert.StartsWith("Column 'z' does not exist here.", error.Message);
    }

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 3, 4 }, 1)]
    [InlineData(new double[] { 3, 4 }, new double[] { 1, 2 }, 0)]
    [InlineData(new double[] { 1, 1 }, new double[] { 1, 1 }, 0.5)]
    [InlineData(new double[] { 1, 3 }, new double[] { 2 }, 0.5)]
    public void The_area_under_the_curve_is_the_share_of_pairs_that_are_in_order(double[] first, double[] second, double area) =>
        Assert.Equal(area, AreaUnderCurve.Of(first, second).Area, 9);

    [Fact]
    public void The_p_value_of_the_area_is_that_of_the_test_of_Mann_and_Whitney()
    {
        // By hand: 37.5 of 42 pairs, a variance of 42 / 12 · (14 − 18 / 156), 2.36692 deviations.
        var found = AreaUnderCurve.Of([1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9, 10]);

        Assert.Equal(37.5 / 42, found.Area, 9);
        Assert.Equal(0.0089685, found.PValue, 6);
    }

    static Task<VectorDrift> DriftAsync(Batch before, Batch after, VectorSource? source = null, double alarms = 0.01) =>
        VectorDrift.OfAsync(() => Batches(before), () => Batches(after), source ?? xy, new VectorStore(new MemoryStore()), alarms, default);

    static async IAsyncEnumerable<Batch> Batches(params Batch[] batches)
    {
        await Task.CompletedTask;
        foreach (var batch in batches)
        {
            yield return batch;
        }
    }

    static Batch Texts(string[] texts) => new(new([new("body", ColumnType.Text)]), [TextColumn.Of(texts)], texts.Length);

    /// <summary>Two columns of mean 0 and deviation 1 that go together as far as asked for.</summary>
    static Batch Numbers(Random random, int rows, double together, int sign)
    {
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var pairs = Enumerable.Range(0, rows).Select(_ => Gauss()).Select(x => (X: x, Y: (together * sign * x) + (Math.Sqrt(1 - (together * together)) * Gauss()))).ToArray();
        return new Batch(
            new([new("x", ColumnType.Float64), new("y", ColumnType.Float64)]),
            [new ValueColumn<double>(ColumnType.Float64, [.. pairs.Select(p => p.X)]), new ValueColumn<double>(ColumnType.Float64, [.. pairs.Select(p => p.Y)])], rows);
    }
}
