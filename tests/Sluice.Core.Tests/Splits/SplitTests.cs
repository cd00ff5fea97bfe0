using System.Text;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Core.Tests.Splits;

public sealed class SplitTests
{
    static readonly Schema Wide = new(
    [
        new("id", ColumnType.Int64), new("user", ColumnType.Text), new("genre", ColumnType.Text), new("day", ColumnType.Date), new("score", ColumnType.Float64),
        new("flag", ColumnType.Boolean),
    ]);

    [Fact]
    public void Shares_3201_rows_exactly()
    {
        var report = Report(new(), Rows(3_201));

        Assert.Equal([("train", 2_561L, 0L), ("validation", 320L, 0L), ("test", 320L, 0L)], report.Sets.Select(s => (s.Name, s.Rows, s.Deviation)));
        Assert.Equal(3_201, report.Certificate.KeysChecked);
        Assert.Equal(0, report.Certificate.KeysCrossingSets);
        Assert.Null(report.Certificate.GroupsCrossingSets);
        Assert.Equal(2_561 / 3_201.0, report.Sets[0].Share);
    }

    [Fact]
    public void Of_equal_fractions_the_last_set_is_rounded_up() =>
        Assert.Equal([7, 1, 2], RowsOfSets(Run(new() { Ratios = Ratios(("train", 0.7), ("validation", 0.15), ("test", 0.15)) }, Rows(10))));

    [Fact]
    public void Gives_exact_counts_and_the_rest()
    {
        var counts = new Dictionary<string, long> { ["train"] = 0, ["test"] = 200, ["probe-1"] = 7 };

        var report = Report(new() { Counts = counts }, Rows(1_000));

        Assert.Equal([("train", 793L), ("test", 200L), ("probe-1", 7L)], report.Sets.Select(s => (s.Name, s.Rows)));
    }

    [Theory]
    [InlineData(SplitStrategy.Random)]
    [InlineData(SplitStrategy.Stratified)]
    [InlineData(SplitStrategy.Group)]
    [InlineData(SplitStrategy.Time)]
    public void Depends_on_neither_batches_nor_order(SplitStrategy strategy)
    {
        const int seed = 20_240_501;
        var step = new Split(new() { Strategy = strategy, Column = ColumnFor(strategy) });
        var whole = Rows(700, copies: 3);
        var expected = StepRunner.Run(step, whole);

        foreach (var sizes in new[] { new[] { 7 }, [100], [350], [1, 64, 200] })
        {
            var run = StepRunner.Run(step, StepRunner.Cut(whole, sizes));
            Assert.Equal(expected.Json, run.Json);
            RandomBatches.AssertSame(expected.All, run.All);
        }

        var order = Enumerable.Range(0, whole.Rows).ToArray();
        new Random(seed).Shuffle(order);
        var shuffled = StepRunner.Run(step, StepRunner.Cut(whole.Take(order), 99));
        Assert.True(expected.Json.AsSpan().SequenceEqual(shuffled.Json), $"seed {seed}");
        RandomBatches.AssertSame(expected.All.Take(order), shuffled.All);
    }

    [Theory]
    [InlineData(SplitStrategy.Random)]
    [InlineData(SplitStrategy.Stratified)]
    [InlineData(SplitStrategy.Group)]
    [InlineData(SplitStrategy.Time)]
    public void Equal_rows_are_never_in_different_sets(SplitStrategy strategy)
    {
        var all = Run(new() { Strategy = strategy, Column = ColumnFor(strategy) }, Rows(600, copies: 4));

        Assert.All(Enumerable.Range(0, all.Rows).GroupBy(row => all["id"].Display(row)), copies => Assert.Single(copies.Select(row => SetOf(all, row)).Distinct()));
    }

    [Fact]
    public void Random_is_exact_in_spite_of_equal_rows() => Assert.Equal([2_403, 300, 300], RowsOfSets(Run(new(), Rows(3_003, copies: 3))));

    [Fact]
    public void Random_reports_the_deviation_that_equal_rows_force()
    {
        var rows = Batch.Concat([.. Enumerable.Repeat(Rows(3), 100)]);

        var all = StepRunner.Run(new Split(new()), rows);

        var report = Report(all);
        Assert.Equal([100L, 100, 100], report.Sets.Select(s => s.Rows));
        Assert.Equal([-140L, 70, 70], report.Sets.Select(s => s.Deviation));
        Assert.Equal(3, report.Certificate.KeysChecked);
    }

    [Fact]
    public void A_tie_larger_than_is_held_in_memory_stays_together()
    {
        var rows = Batch.Concat([Rows(20_000), .. Enumerable.Repeat(Rows(1), Ties.MaxHeld + 2_000), Rows(3)]);

        var all = Run(new() { Ratios = Ratios(("a", 0.5), ("b", 0.5)) }, rows);

        Assert.Single(Enumerable.Range(0, all.Rows).Where(row => all["id"].Display(row) == "0").Select(row => SetOf(all, row)).Distinct());
        Assert.Equal(1, Math.Abs(RowsOfSets(all)[0] - RowsOfSets(all)[1]));
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        var (one, two) = (Run(new(), Rows(1_000)), Run(new() { Seed = 43 }, Rows(1_000)));

        Assert.InRange(Enumerable.Range(0, 1_000).Count(row => SetOf(one, row) == SetOf(two, row)), 600, 720);
    }

    [Fact]
    public void Hashing_spreads_consecutive_numbers_evenly()
    {
        var all = Run(new() { Ratios = Ratios(("a", 0.5), ("b", 0.5)) }, Rows(10_000));

        // Rows in the first half that are in set a: hypergeometric with mean 2500 and standard deviation 25.
        Assert.InRange(Enumerable.Range(0, 5_000).Count(row => SetOf(all, row) == "a"), 2_375, 2_625);
    }

    [Fact]
    public void The_assignment_of_seed_42_never_changes()
    {
        // A change here moves rows of published versions between sets: raise CodeVersion, and say so in the release notes.
        var random = Run(new() { Ratios = Ratios(("train", 0.5), ("validation", 0.25), ("test", 0.25)) }, Rows(12));
        var stratified = Run(new() { Strategy = SplitStrategy.Stratified, Column = "genre" }, Rows(20));
        var groups = Run(new() { Strategy = SplitStrategy.Group, Column = "user" }, Rows(24));

        Assert.Equal(("ERVRRRRVEVER", "EVRRRRRRRERRRRRRRVRR", "RRRRRVRRRRERRRRRRRRREEVR"), (Letters(random), Letters(stratified), Letters(groups)));
    }

    [Fact]
    public void Reads_only_the_columns_it_needs()
    {
        var group = new Split(new() { Strategy = SplitStrategy.Group, Columns = ["user", "genre"] });
        var time = new Split(new() { Strategy = SplitStrategy.Time, Column = "day", OutputColumn = "part" });

        Assert.Equal(["genre", "user"], group.Observes(Wide)!.Order());
        Assert.Equal(["day"], time.Observes(Wide)!);
        Assert.Null(new Split(new()).Observes(Wide));
        Assert.Equal(["id"], time.Needs(Wide, new HashSet<string> { "id", "part" })!);
    }

    [Fact]
    public void Applies_to_a_batch_of_few_columns_or_none()
    {
        var step = new Split(new());
        var none = new Batch(new Schema([]), [], 3);

        var result = step.Apply(none, new Fitted("null"u8.ToArray(), [3, 1, 2]), new Verdicts(3));

        Assert.Equal(["test", "train", "validation"], Enumerable.Range(0, 3).Select(row => SetOf(result, row)));
        Assert.Equal(new Field("split", ColumnType.Text, Nullable: false), result.Schema[0]);
        Assert.Equal(0, step.Apply(Rows(0), new Fitted("null"u8.ToArray(), []), new Verdicts(0)).Rows);
    }

    [Fact]
    public void Never_invents_a_set_for_a_row_that_was_not_placed()
    {
        var step = new Split(new());

        Assert.Throws<InvalidOperationException>(() => step.Apply(Rows(1), new Fitted("null"u8.ToArray(), [0]), new Verdicts(1)));
        Assert.Throws<InvalidOperationException>(() => step.Apply(Rows(1), new Fitted("null"u8.ToArray(), [4]), new Verdicts(1)));
        Assert.Throws<InvalidOperationException>(() => step.Apply(Rows(2), new Fitted("null"u8.ToArray(), [1]), new Verdicts(2)));
    }

    [Fact]
    public void Splits_into_250_sets()
    {
        var ratios = Enumerable.Range(0, 250).ToDictionary(i => $"fold-{i:000}", _ => 1 / 250.0);

        var report = Report(StepRunner.Run(new Split(new() { Ratios = ratios }), Rows(1_000)));

        Assert.All(report.Sets, set => Assert.Equal(4, set.Rows));
    }

    [Fact]
    public void The_order_of_sets_does_not_depend_on_how_they_are_written()
    {
        var options = new Split.Options { Ratios = Ratios(("zeta", 0.1), ("test", 0.1), ("alpha", 0.1), ("val", 0.1), ("train", 0.6)) };

        Assert.Equal(["train", "val", "test", "alpha", "zeta"], new SplitSets(options).Names);
        Assert.Equal(["zeta", "train"], new SplitSets(new() { Ratios = Ratios(("train", 0.5), ("zeta", 0.5)), Order = ["zeta", "train"] }).Names);
    }

    [Fact]
    public void Is_configured_by_its_alias()
    {
        var catalog = Catalog.Of([typeof(Split)]);
        var config = JsonNode.Parse(
            """
            { "strategy": "time", "column": "day", "counts": { "past": 10, "future": 0 }, "order": ["past", "future"], "null_time": "last",
              "output_column": "part", "seed": 7, "max_strata": 5, "max_groups": 9 }
            """)!.AsObject();

        var run = StepRunner.Run((Step)catalog.Configure(CapabilityKind.Step, "train_test_split", config.ToJsonString()), Rows(30));

        Assert.Equal([("past", 10L), ("future", 20L)], Report(run).Sets.Select(s => (s.Name, s.Rows)));
        Assert.Equal("part", run.Schema[^1].Name);
        Assert.All(catalog.All[0].Options, option => Assert.True(option is { Required: false, Summary.Length: > 0 }, option.Name));
        Assert.IsType<Split>(catalog.Configure(CapabilityKind.Step, "split", "{}"));
    }

    [Fact]
    public void The_report_survives_its_JSON()
    {
        var run = StepRunner.Run(new Split(new() { Strategy = SplitStrategy.Stratified, Column = "genre" }), Rows(300));

        Assert.Equal(run.Json, Fitted.Of(Report(run)));
        Assert.StartsWith("""{"strategy":"stratified","seed":42,"sets":[{"name":"train","rows":240,"share":0.8,"wanted":240,"deviation":0},""", Encoding.UTF8.GetString(run.Json));
    }

    [Fact]
    public void The_leak_check_counts_what_crosses()
    {
        var rows = Batch.Concat([Rows(5), Rows(5), Rows(5)]);
        var decisions = new Decisions([15]);
        for (var row = 0; row < 15; row++)
        {
            decisions.Set(0, row, (byte)(row is 6 or 11 or 14 ? 2 : row == 3 ? 0 : 1));
        }

        using var folder = new Sluice.Tests.Storage.TemporaryFolder();
        File.WriteAllBytes(folder.File("0"), Runs.KeyRuns.Encode(new Split(new()).Keys(rows)));
        var check = new LeakCheck(Runs.KeyRuns.Open([folder.File("0")]), decisions, 2);

        Assert.Equal((5, 3, 1), (check.Keys, check.Crossing, check.Unplaced));
        Assert.Equal([11, 3], check.Rows);
    }

    internal static string? ColumnFor(SplitStrategy strategy) => strategy switch
    {
        SplitStrategy.Stratified => "genre",
        SplitStrategy.Group => "user",
        SplitStrategy.Time => "day",
        _ => null,
    };

    internal static Batch Run(Split.Options options, Batch rows) => StepRunner.Run(new Split(options), StepRunner.Cut(rows, 1_000)).All;

    internal static SplitReport Report(StepRun run) => new Fitted(run.Json).As<SplitReport>();

    internal static SplitReport Report(Split.Options options, Batch rows) => Report(StepRunner.Run(new Split(options), rows));

    /// <summary>The same sets and the same report for rows in any order and in batches of any size.</summary>
    internal static void AssertFreeOfBatchesAndOrder(Split step, Batch rows, int seed)
    {
        var expected = StepRunner.Run(step, rows);
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var order = Enumerable.Range(0, rows.Rows).ToArray();
            random.Shuffle(order);
            int[] sizes = [.. Enumerable.Range(0, 4).Select(_ => random.Next(1, 150))];

            var run = StepRunner.Run(step, StepRunner.Cut(rows.Take(order), sizes));

            Assert.True(expected.Json.AsSpan().SequenceEqual(run.Json), $"seed {seed}, round {round}");
            RandomBatches.AssertSame(expected.All.Take(order), run.All);
        }
    }

    internal static string SetOf(Batch batch, int row) => batch["split"].Display(row);

    internal static Dictionary<string, double> Ratios(params (string Name, double Share)[] ratios) => ratios.ToDictionary(r => r.Name, r => r.Share);

    /// <summary>Rows that differ in id; every <paramref name="copies"/> of them are equal.</summary>
    internal static Batch Rows(int rows, int copies = 1)
    {
        var ids = Enumerable.Range(0, rows).Select(i => (long)(i / copies)).ToArray();
        return new Batch(
            Wide,
            [
                new ValueColumn<long>(ColumnType.Int64, ids),
                TextColumn.Of([.. ids.Select(id => $"user {id * id % 97}")]),
                TextColumn.Of([.. ids.Select(id => id % 10 == 9 ? null : id % 10 < 6 ? "Drama" : id % 10 < 8 ? "Comedy" : "Horror")]),
                new ValueColumn<int>(ColumnType.Date, [.. ids.Select(id => (int)(id * 7_919 % 365))]),
                new ValueColumn<double>(ColumnType.Float64, [.. ids.Select(id => id / 8.0)]),
                new ValueColumn<bool>(ColumnType.Boolean, [.. ids.Select(id => id % 2 == 0)]),
            ],
            rows);
    }

    static long[] RowsOfSets(Batch all) =>
        [.. Enumerable.Range(0, all.Rows).GroupBy(row => SetOf(all, row)).OrderBy(g => "train validation test a b".IndexOf(g.Key, StringComparison.Ordinal)).Select(g => (long)g.Count())];

    static string Letters(Batch all) => string.Concat(Enumerable.Range(0, all.Rows).Select(row => SetOf(all, row)[..2] switch { "tr" => 'R', "va" => 'V', _ => 'E' }));
}
