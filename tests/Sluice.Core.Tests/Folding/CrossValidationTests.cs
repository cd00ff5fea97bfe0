using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Splits;
using Sluice.Core.Tests.Steps;
using Sluice.Folding;
using Sluice.Steps;

namespace Sluice.Core.Tests.Folding;

public sealed class FoldsContractTests : StepContract
{
    protected override Step Create() => new Folds(new() { Strategy = FoldStrategy.Stratified, Column = "genre", Together = ["day"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Folds(new() { Strategy = FoldStrategy.Group, Column = "nowhere" }), "column");

    protected override bool AcceptsNoValues => false;
}

public sealed class PurgedFoldsContractTests : StepContract
{
    protected override Step Create() => new Folds(new() { Strategy = FoldStrategy.Time, Column = "count", Purge = 3, Embargo = 4 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Folds(new() { Strategy = FoldStrategy.Time, Column = "nowhere", Purge = 1 }), "column");

    protected override bool AcceptsNoValues => false;

    protected override Batch Sample()
    {
        var ids = Enumerable.Range(0, 300).Select(i => (long)(i * 7 % 300)).ToArray();
        return new Batch(
            new([new("count", ColumnType.Int64), new("name", ColumnType.Text)]),
            [new ValueColumn<long>(ColumnType.Int64, ids), TextColumn.Of([.. ids.Select(id => $"row {id}")])], 300);
    }
}

public sealed class CrossValidationTests
{
    [Fact]
    public void Five_folds_of_equal_size_are_the_default()
    {
        var all = Run(new(), SplitTests.Rows(1_002));

        Assert.Equal([200, 200, 200, 201, 201], Counts(all, "fold").Values);
        Assert.Equal(ColumnType.Int64, all.Schema[^1].Type);
    }

    [Fact]
    public void Strata_are_in_each_fold_in_proportion()
    {
        var all = Run(new() { Strategy = FoldStrategy.Stratified, Column = "genre", NSplits = 4 }, SplitTests.Rows(400));

        foreach (var genre in Enumerable.Range(0, 400).GroupBy(row => all["genre"].Display(row)))
        {
            Assert.All(genre.GroupBy(row => all.Int64("fold")[row]), fold => Assert.InRange(fold.Count(), (genre.Count() / 4) - 1, (genre.Count() / 4) + 1));
        }
    }

    [Theory]
    [InlineData(FoldStrategy.Group)]
    [InlineData(FoldStrategy.LeaveOneGroupOut)]
    [InlineData(FoldStrategy.Stratified)]
    public void Groups_are_in_one_fold(FoldStrategy strategy)
    {
        var byGroup = strategy != FoldStrategy.Stratified;
        var all = Run(
            new() { Strategy = strategy, Column = byGroup ? "user" : "genre", Together = byGroup ? [] : ["user"] }, SplitTests.Rows(900));

        var users = Enumerable.Range(0, 900).GroupBy(row => all["user"].Display(row)).ToArray();
        Assert.All(users, user => Assert.Single(user.Select(row => all.Int64("fold")[row]).Distinct()));
        Assert.Equal(strategy == FoldStrategy.LeaveOneGroupOut ? users.Length : 5, Counts(all, "fold").Count);
    }

    [Fact]
    public void Repeats_are_columns_that_differ()
    {
        var all = Run(new() { Repeats = 3 }, SplitTests.Rows(500));

        Assert.Equal(["fold_1", "fold_2", "fold_3"], all.Schema.Select(f => f.Name).TakeLast(3));
        Assert.InRange(Enumerable.Range(0, 500).Count(row => all.Int64("fold_1")[row] == all.Int64("fold_2")[row]), 60, 140);
    }

    [Fact]
    public void Inner_folds_are_spread_evenly_over_each_outer_fold()
    {
        var all = Run(new() { Strategy = FoldStrategy.Stratified, Column = "genre", NSplits = 5, InnerSplits = 3 }, SplitTests.Rows(600));

        Assert.All(
            Enumerable.Range(0, 600).GroupBy(row => (all.Int64("fold")[row], all.Int64("inner_fold")[row])), cell => Assert.InRange(cell.Count(), 38, 42));
    }

    [Fact]
    public void Inner_folds_keep_groups_whole_too()
    {
        var all = Run(new() { Strategy = FoldStrategy.Group, Column = "user", InnerSplits = 2 }, SplitTests.Rows(600));

        Assert.All(
            Enumerable.Range(0, 600).GroupBy(row => all["user"].Display(row)), user => Assert.Single(user.Select(row => all.Int64("inner_fold")[row]).Distinct()));
    }

    [Fact]
    public void Rows_near_a_tested_block_of_time_are_purged_from_its_training()
    {
        var days = Enumerable.Range(0, 100).Reverse().ToArray();
        var rows = new Batch(new([new("day", ColumnType.Date)]), [new ValueColumn<int>(ColumnType.Date, days)], 100);

        var all = Run(new() { Strategy = FoldStrategy.Time, Column = "day", NSplits = 4, Purge = 2, Embargo = 3 }, StepRunner.Cut(rows, 33));

        Assert.All(Enumerable.Range(0, 100), row => Assert.Equal((days[row] / 25) + 1, all.Int64("fold")[row]));
        for (var row = 0; row < 100; row++)
        {
            // Block b has the days 25·(b − 1) to 25·b − 1.
            var expected = Enumerable.Range(1, 4).Where(block => block != (days[row] / 25) + 1 && days[row] >= (25 * (block - 1)) - 2 && days[row] <= (25 * block) - 1 + 5);
            Assert.Equal(string.Join(' ', expected), all["fold_purged"].Display(row));
        }
    }

    [Fact]
    public void Depends_on_neither_batches_nor_order()
    {
        const int seed = 5;
        var rows = SplitTests.Rows(300, copies: 2);
        var options = new CrossValidation.Options { Strategy = FoldStrategy.Stratified, Column = "genre", Together = ["user"], Repeats = 2, InnerSplits = 2 };
        var expected = Run(options, rows);
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var order = Enumerable.Range(0, rows.Rows).ToArray();
            random.Shuffle(order);

            RandomBatches.AssertSame(expected.Take(order), Run(options, StepRunner.Cut(rows.Take(order), random.Next(1, 300))));
        }
    }

    [Fact]
    public void Is_configured_with_the_words_of_scikit_learn()
    {
        var catalog = Catalog.Of([typeof(CrossValidation)]);
        var config = JsonNode.Parse("""{ "n_splits": 3, "random_state": 7, "strategy": "stratified", "column": "genre" }""")!;

        var step = (StepGroup)catalog.Configure(CapabilityKind.Step, "k_fold", config.ToJsonString());

        Assert.Equal([33, 33, 34], Counts(StepRunner.Run(step.Expand()[0], SplitTests.Rows(100)).All, "fold").Values.Order());
    }

    [Fact]
    public void Refuses_what_cannot_be()
    {
        Assert.Equal(["purge: Only strategy time has a before and after to purge. Remove it, or choose the strategy time."], Problems(new() { Purge = 1 }));
        Assert.Equal(
            ["strategy: leave_one_group_out makes each group a fold, so rows cannot stay together across groups. Choose the strategy group."],
            Problems(new() { Strategy = FoldStrategy.LeaveOneGroupOut, Column = "user", Together = ["genre"] }));
        Assert.Equal(
            ["inner_splits: Inner folds would mix the times within a block. Remove inner_splits, or run cross_validation again on each block."],
            Problems(new() { Strategy = FoldStrategy.Time, Column = "day", InnerSplits = 2 }));
        Assert.Equal(
            "cross_validation found more than 250 groups to leave out one by one; expected 2 to 250. Choose the strategy group.",
            Assert.Throws<DataException>(() => Run(new() { Strategy = FoldStrategy.LeaveOneGroupOut, Column = "id" }, SplitTests.Rows(300))).Message);
    }

    static IReadOnlyList<string> Problems(CrossValidation.Options options) => StepRunner.Problems(new Folds(options), SplitTests.Rows(1).Schema);

    static Batch Run(CrossValidation.Options options, params Batch[] batches)
    {
        foreach (var step in new CrossValidation(options).Expand())
        {
            batches = [.. StepRunner.Run(step, batches).Batches];
        }

        return Batch.Concat(batches);
    }

    static SortedDictionary<long, int> Counts(Batch all, string column) =>
        new(Enumerable.Range(0, all.Rows).GroupBy(row => all.Int64(column)[row]).ToDictionary(g => g.Key, g => g.Count()));
}
