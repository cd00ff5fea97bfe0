using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Sampling;
using Sluice.Steps;

namespace Sluice.Core.Tests.Sampling;

public sealed class DealBatchesContractTests : StepContract
{
    protected override Step Create() => new DealBatches(new() { Columns = ["genre"], BatchSize = 4 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new DealBatches(new() { Columns = ["nowhere"] }), "columns[0]");
}

public sealed class DealBatchesTests
{
    const int Seed = 20_261_122;

    [Theory]
    [InlineData(new long[] { 3, 1, 2 })]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { 5, 5, 5, 5 })]
    [InlineData(new long[] { 1, 9, 1, 4, 2 })]
    public void Turns_are_those_of_dealing_one_by_one(long[] sizes)
    {
        var expected = new List<(int Group, long Round)>();
        for (var round = 0L; round < sizes.Max(); round++)
        {
            expected.AddRange(Enumerable.Range(0, sizes.Length).Where(group => sizes[group] > round).Select(group => (group, round)));
        }

        var order = new DealingOrder(sizes);

        Assert.All(expected.Index().OrderBy(e => e.Item.Group), e => Assert.Equal(e.Index, order.TurnOf(e.Item.Group, e.Item.Round)));
        Assert.Equal(sizes.Min() * sizes.Length, order.Complete);
    }

    [Fact]
    public void Every_batch_has_all_groups_in_equal_parts_until_one_is_used_up()
    {
        var run = StepRunner.Run(new DealBatches(new() { Columns = ["label"], BatchSize = 6 }), StepRunner.Cut(Rows(60, 30, 90), 37));

        var batches = BatchesOf(run.All);
        var found = new Fitted(run.Json).As<DealBatches.Found>();
        Assert.Equal((3, 30L, 15L, 0L), (found.Groups, found.Batches, found.Complete, found.Left));
        Assert.Equal(Enumerable.Repeat(6, 30), batches.Select(b => b.Value.Count));
        Assert.All(batches.Where(b => b.Key <= 15), b => Assert.Equal([2, 2, 2], b.Value.CountBy(label => label).Select(c => c.Value)));
        Assert.All(batches.Where(b => b.Key > 15 && b.Key <= 25), b => Assert.Equal([3, 3], b.Value.CountBy(label => label).Select(c => c.Value)));
    }

    [Fact]
    public void Stops_with_the_first_group_that_is_used_up_when_asked_to()
    {
        var run = StepRunner.Run(new DealBatches(new() { Columns = ["label"], BatchSize = 6, WhenExhausted = ExhaustedGroup.Stop }), Rows(60, 31, 90));

        var batches = BatchesOf(run.All);
        Assert.Equal((15, 91L), (batches.Count, new Fitted(run.Json).As<DealBatches.Found>().Left));
        Assert.All(batches, b => Assert.Equal([2, 2, 2], b.Value.CountBy(label => label).Select(c => c.Value)));
        Assert.Equal(91, Enumerable.Range(0, run.All.Rows).Count(row => run.All["batch"].IsNull(row)));
    }

    [Fact]
    public void A_rows_batch_depends_on_neither_batches_nor_order_and_another_seed_gives_other_batches()
    {
        var whole = Rows(40, 25, 70);
        var step = new DealBatches(new() { Columns = ["label"], BatchSize = 7 });
        var expected = BatchOfId(StepRunner.Run(step, whole).All);
        var random = new Random(Seed);
        for (var round = 0; round < 20; round++)
        {
            var order = Enumerable.Range(0, whole.Rows).ToArray();
            random.Shuffle(order);

            Assert.Equal(expected, BatchOfId(StepRunner.Run(step, StepRunner.Cut(whole.Take(order), random.Next(1, 60))).All));
        }

        Assert.NotEqual(expected, BatchOfId(StepRunner.Run(new DealBatches(new() { Columns = ["label"], BatchSize = 7, Seed = 43 }), whole).All));
    }

    [Fact]
    public void Says_what_is_wrong()
    {
        var rows = Rows(10, 1);

        Assert.StartsWith("output_column: Column 'id' is already there.", Assert.Single(StepRunner.Problems(new DealBatches(new() { Columns = ["label"], OutputColumn = "id" }), rows.Schema)));
        Assert.StartsWith(
            "deal_batches makes no batch: the smallest of 2 groups allows 2 rows with equal parts; expected at least batch_size = 32.",
            Assert.Throws<DataException>(() => StepRunner.Run(new DealBatches(new() { Columns = ["label"], WhenExhausted = ExhaustedGroup.Stop }), rows)).Message);
        Assert.StartsWith(
            "deal_batches found more than 5 groups; the limit is max_groups.",
            Assert.Throws<DataException>(() => StepRunner.Run(new DealBatches(new() { Columns = ["id"], MaxGroups = 5 }), rows)).Message);
    }

    static SortedDictionary<long, List<string>> BatchesOf(Batch rows)
    {
        var found = new SortedDictionary<long, List<string>>();
        foreach (var row in Enumerable.Range(0, rows.Rows).Where(row => !rows["batch"].IsNull(row)))
        {
            var number = ((ValueColumn<long>)rows["batch"]).Values[row];
            found.TryAdd(number, []);
            found[number].Add(rows["label"].Display(row));
        }

        return found;
    }

    static SortedDictionary<long, long> BatchOfId(Batch rows) =>
        new(Enumerable.Range(0, rows.Rows).ToDictionary(row => ((ValueColumn<long>)rows["id"]).Values[row], row => ((ValueColumn<long>)rows["batch"]).Values[row]));

    static Batch Rows(params int[] groups)
    {
        var labels = groups.SelectMany((count, group) => Enumerable.Repeat($"g{group}", count)).ToArray();
        return new Batch(
            new([new("id", ColumnType.Int64), new("label", ColumnType.Text)]),
            [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, labels.Length).Select(i => (long)i)]), TextColumn.Of(labels)], labels.Length);
    }
}
