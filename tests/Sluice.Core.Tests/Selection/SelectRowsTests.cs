using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Selection;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Selection;

public sealed class SelectRowsTests
{
    static readonly VectorSource xy = new() { Columns = ["x", "y"] };

    [Theory]
    [InlineData(SelectBy.KCenter)]
    [InlineData(SelectBy.KernelPoints)]
    [InlineData(SelectBy.FacilityLocation)]
    [InlineData(SelectBy.Zcore)]
    [InlineData(SelectBy.Typicality)]
    [InlineData(SelectBy.Uniqueness)]
    [InlineData(SelectBy.Closest)]
    [InlineData(SelectBy.Farthest)]
    public void Chooses_as_many_as_asked_for_in_any_order_of_the_rows(SelectBy method)
    {
        var table = Clusters(300);
        var shuffled = Enumerable.Range(0, 300).ToArray();
        new Random(5).Shuffle(shuffled);
        var step = new SelectRows(new() { Features = xy, Method = method, Count = 20 });

        var (plain, other) = (StepRunner.Run(step, table).All, StepRunner.Run(step, StepRunner.Cut(table.Take(shuffled), 17, 40)).All);

        Assert.Equal(20, plain.Rows);
        Assert.Equal(Ids(plain), Ids(other));
    }

    [Fact]
    public void Covering_methods_choose_from_every_cluster_and_kernel_points_in_proportion()
    {
        var table = Clusters(300);

        Assert.Equal(5, ClustersOf(Run(SelectBy.KCenter, 5)).Distinct().Count());
        Assert.Equal(5, ClustersOf(Run(SelectBy.Typicality, 5)).Distinct().Count());
        Assert.Equal(5, ClustersOf(Run(SelectBy.FacilityLocation, 10)).Distinct().Count());
        Assert.All(ClustersOf(Run(SelectBy.KernelPoints, 50)).GroupBy(c => c), cluster => Assert.InRange(cluster.Count(), 8, 12));

        Batch Run(SelectBy method, int count) => StepRunner.Run(new SelectRows(new() { Features = xy, Method = method, Count = count }), table).All;
    }

    [Fact]
    public void Stops_at_a_radius_and_at_a_coverage()
    {
        var table = Clusters(300);

        var near = StepRunner.Run(new SelectRows(new() { Features = xy, Radius = 0.5 }), table);
        var covered = StepRunner.Run(new SelectRows(new() { Features = xy, Method = SelectBy.FacilityLocation, Coverage = 0.5 }), table);

        var report = new Fitted(near.Json).As<SelectionReport>();
        Assert.InRange(report.Chosen, 5, 30);
        Assert.InRange(report.Radius!.Value, 0, 0.5);
        Assert.InRange(new Fitted(covered.Json).As<SelectionReport>().Coverage!.Value, 0.5, 0.7);
    }

    [Fact]
    public void Rows_selected_before_stay_and_new_ones_are_chosen_elsewhere()
    {
        var table = Clusters(300);
        var before = table.With(
            new Field("before", ColumnType.Boolean), new ValueColumn<bool>(ColumnType.Boolean, [.. Enumerable.Range(0, 300).Select(row => row % 5 < 2)]));

        var run = StepRunner.Run(new SelectRows(new() { Features = xy, Count = 3, SelectedColumn = "before", Action = SelectAction.Flag, RankColumn = "rank" }), before);

        var fresh = Enumerable.Range(0, 300).Where(row => !run.All["rank"].IsNull(row)).ToArray();
        Assert.Equal([2, 3, 4], fresh.Select(row => row % 5).Order());
        Assert.Equal(123, ((ValueColumn<bool>)run.All["selected"]).Values.Count(true));
    }

    [Fact]
    public void Doubtful_rows_are_chosen_from_every_place_that_has_some()
    {
        // Doubt is great in two of the five clusters, and unknown in one.
        var table = Clusters(300);
        var doubt = new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, 300).Select(row => row % 5 == 4 ? double.NaN : row % 5 < 2 ? 0.9 : row % 5 == 2 ? 0 : 0.001)]);
        var doubted = table.With(new Field("doubt", ColumnType.Float64), doubt);
        var shuffled = Enumerable.Range(0, 300).ToArray();
        new Random(5).Shuffle(shuffled);
        var step = new SelectRows(new() { Features = xy, Count = 6, WeightColumn = "doubt" });

        var (plain, other) = (StepRunner.Run(step, doubted).All, StepRunner.Run(step, StepRunner.Cut(doubted.Take(shuffled), 17, 40)).All);

        Assert.Equal([0, 1], ClustersOf(plain).Distinct().Order());
        Assert.Equal(Ids(plain), Ids(other));
        Assert.Equal(6, plain.Rows);
    }

    [Fact]
    public void Rows_that_weigh_nothing_are_not_chosen_whatever_the_budget()
    {
        var table = Clusters(50).With(new Field("doubt", ColumnType.Int64), new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, 50).Select(row => row < 3 ? 1L : 0)]));

        Assert.Equal(3, StepRunner.Run(new SelectRows(new() { Features = xy, Count = 20, WeightColumn = "doubt" }), table).All.Rows);
        Assert.Equal(0, StepRunner.Run(new SelectRows(new() { Features = xy, Count = 20, WeightColumn = "doubt" }), table.Take([.. Enumerable.Range(3, 47)])).All.Rows);
    }

    [Fact]
    public void Strata_get_their_part_of_the_budget()
    {
        var table = Clusters(300);
        var kinds = table.With(new Field("kind", ColumnType.Int64), new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, 300).Select(row => row < 30 ? 1L : row < 100 ? 2 : 3)]));

        var run = StepRunner.Run(new SelectRows(new() { Features = xy, Share = 0.1, StratifyBy = ["kind"] }), kinds);

        Assert.Equal([3, 7, 20], ((ValueColumn<long>)run.All["kind"]).Values.ToArray().GroupBy(k => k).OrderBy(g => g.Key).Select(g => g.Count()));
    }

    [Fact]
    public void Texts_without_a_word_are_not_chosen()
    {
        var texts = new Batch(
            new Schema([new Field("body", ColumnType.Text)]), [TextColumn.Of(["red apples", null, "", "blue trains", "red apple", "green trains", " "])], 7);

        var run = StepRunner.Run(new SelectRows(new() { Features = new() { Text = "body", Model = "hashing-128" }, Count = 10 }), texts);

        Assert.Equal(4, run.All.Rows);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = Clusters(5).Schema;

        Assert.Equal("features: Found neither text, vector nor columns; expected one: the column to embed as text, the column with vectors, or columns of numbers.", Problem(new() { Count = 1 }));
        Assert.StartsWith("count: Nothing says how many rows to choose.", Problem(new() { Features = xy }));
        Assert.StartsWith("share: Both count and share are given.", Problem(new() { Features = xy, Count = 1, Share = 0.5 }));
        Assert.StartsWith("radius: A radius is what k_center reaches.", Problem(new() { Features = xy, Radius = 1, Method = SelectBy.Zcore }));
        Assert.StartsWith("coverage: A coverage is what facility_location reaches.", Problem(new() { Features = xy, Coverage = 0.5 }));
        Assert.StartsWith("selected_column: Column 'x' is Float64; expected Boolean", Problem(new() { Features = xy, Count = 1, SelectedColumn = "x" }));
        Assert.StartsWith("weight_column: Column 'name' is Text; expected numbers", Problem(new() { Features = xy, Count = 1, WeightColumn = "name" }));
        Assert.StartsWith("weight_column: Weights are for method k_center with count or share; found method Zcore.", Problem(new() { Features = xy, Count = 1, WeightColumn = "x", Method = SelectBy.Zcore }));
        Assert.StartsWith("weight_column: Weights are for method k_center with count or share; found a radius.", Problem(new() { Features = xy, Radius = 1, WeightColumn = "x" }));
        Assert.StartsWith("rank_column: Column 'x' is already there.", Problem(new() { Features = xy, Count = 1, RankColumn = "x" }));
        Assert.StartsWith("features.text: Column 'x' is Float64; expected Text.", Problem(new() { Features = new() { Text = "x" }, Count = 1 }));
        Assert.StartsWith("features.columns[0]: Column 'name' is Text; expected numbers or dates.", Problem(new() { Features = new() { Columns = ["name"] }, Count = 1 }));

        string Problem(SelectRows.Options options) => Assert.Single(StepRunner.Problems(new SelectRows(options), schema));
    }

    [Fact]
    public void Too_many_strata_are_refused()
    {
        var error = Assert.Throws<DataException>(() => StepRunner.Run(new SelectRows(new() { Features = xy, Count = 2, StratifyBy = ["id"], MaxStrata = 10 }), Clusters(50)));

        Assert.Equal(
            "select_rows found 50 different values of id; the limit is max_strata = 10. Raise max_strata, or stratify by a column with fewer values.", error.Message);
    }

    static IEnumerable<long> ClustersOf(Batch batch) => Ids(batch).Select(id => id % 5);

    static long[] Ids(Batch batch) => [.. ((ValueColumn<long>)batch["id"]).Values.ToArray().Order()];

    // Five clusters at the corners and in the middle of a square, row after row.
    static Batch Clusters(int rows)
    {
        var random = new Random(3);
        (double X, double Y)[] places = [(0, 0), (0, 10), (10, 0), (10, 10), (5, 5)];
        return new Batch(
            new Schema([new Field("id", ColumnType.Int64), new Field("x", ColumnType.Float64), new Field("y", ColumnType.Float64), new Field("name", ColumnType.Text)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, rows).Select(row => (long)row)]),
                new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, rows).Select(row => places[row % 5].X + random.NextDouble())]),
                new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, rows).Select(row => places[row % 5].Y + random.NextDouble())]),
                TextColumn.Of([.. Enumerable.Range(0, rows).Select(row => $"row {row}")]),
            ],
            rows);
    }
}
