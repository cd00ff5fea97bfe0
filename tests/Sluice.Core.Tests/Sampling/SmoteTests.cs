using Sluice.Batches;
using Sluice.Core.Tests.Splits;
using Sluice.Core.Tests.Steps;
using Sluice.Sampling;
using Sluice.Steps;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Sampling;

public sealed class SmoteContractTests : StepContract
{
    protected override Step Create() => new Balance(SmoteTests.Nominal);

    protected override Batch Sample() => SmoteTests.Rows(300);

    protected override (Step Step, string Path)? WithUnknownColumn => (new Balance(SmoteTests.Numeric with { Columns = ["x", "nowhere"] }), "columns[1]");

    protected override bool AcceptsNoValues => false;
}

/// <summary>Rows made between those of the rare classes.</summary>
public sealed class SmoteTests
{
    const int Seed = 20_261_122;

    internal static readonly Balance.Options Numeric = new() { Column = "kind", Method = BalanceMethod.Smote, Columns = ["x", "n"], IdColumn = "id" };

    internal static readonly Balance.Options Nominal = Numeric with { CategoricalColumns = ["town", "flag", "code"], KNeighbors = 4 };

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Rare_classes_grow_to_the_share_of_the_most_frequent_and_other_sets_stay_as_they_are(double ratio)
    {
        var rows = Rows(400);

        var all = Run(Numeric with { MinRatio = ratio }, StepRunner.Cut(rows, 70));

        var (before, after) = (Counts(rows, "train"), Counts(all, "train"));
        Assert.All(after, c => Assert.Equal(Math.Max(before[c.Key], (int)Math.Ceiling(before.Values.Max() * ratio)), c.Value));
        Assert.Equal(Counts(rows, "test"), Counts(all, "test"));
        Assert.All(Made(all), row => Assert.Equal("train", SplitTests.SetOf(all, row)));
        Assert.Equal(all.Rows - rows.Rows, Made(all).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_made_row_lies_between_its_parent_and_one_of_the_nearest_of_its_class(bool standardize)
    {
        var rows = Rows(400);

        var all = Run(Numeric with { Standardize = standardize, KNeighbors = 3, Columns = ["x", "y"] }, rows);

        Assert.NotEmpty(Made(all));
        Assert.All(Made(all), row =>
        {
            var parent = Parent(all, row);
            Assert.Equal(all["kind"].Display(parent), all["kind"].Display(row));
            Assert.Contains(Nearest(all, parent, 3, ["x", "y"], [], standardize), near => Gap(all, row, parent, near) is >= 0 and < 1);
        });
    }

    [Fact]
    public void A_category_is_that_of_most_neighbours_and_counts_as_the_median_deviation()
    {
        var all = Run(Nominal with { Standardize = false, Columns = ["x", "y"] }, Rows(400));

        Assert.All(Made(all), row =>
        {
            var nearest = Nearest(all, Parent(all, row), 4, ["x", "y"], ["town", "flag", "code"], standardize: false);
            foreach (var column in new[] { "town", "flag", "code" })
            {
                Assert.Equal(nearest.Select(n => all[column].Display(n)).CountBy(v => v).MaxBy(c => c.Value).Key, all[column].Display(row));
            }
        });
    }

    [Fact]
    public void What_is_made_says_so_names_its_parent_and_keeps_the_rest_of_it()
    {
        var all = Run(Nominal, Rows(300));

        Assert.All(Enumerable.Range(0, all.Rows).Except(Made(all)), row => Assert.Equal(all["id"].Display(row), all["made_from"].Display(row)));
        Assert.All(Made(all), row =>
        {
            Assert.True(all["id"].IsNull(row));
            Assert.Equal(all["note"].Display(Parent(all, row)), all["note"].Display(row));
        });
    }

    [Fact]
    public void Without_an_id_parents_are_named_by_a_hash()
    {
        var all = Run(Numeric with { IdColumn = null }, Rows(300));

        Assert.All(Enumerable.Range(0, all.Rows).GroupBy(row => all["made_from"].Display(row)), unit =>
        {
            Assert.Equal(16, unit.Key.Length);
            Assert.Single(unit.Select(row => all["note"].Display(row)).Distinct());
        });
    }

    [Fact]
    public void What_is_made_depends_on_neither_batches_nor_order()
    {
        var rows = Rows(300);
        var expected = Lines(Run(Nominal, rows));
        var random = new Random(Seed);
        for (var round = 0; round < 8; round++)
        {
            var order = Enumerable.Range(0, rows.Rows).ToArray();
            random.Shuffle(order);

            Assert.Equal(expected, Lines(Run(Nominal, StepRunner.Cut(rows.Take(order), random.Next(1, 150)))));
        }

        Assert.NotEqual(expected, Lines(Run(Nominal with { Seed = 7 }, rows)));
    }

    [Fact]
    public void Of_a_large_class_so_many_rows_are_learned_from_as_the_limit_allows()
    {
        var rows = Rows(400);

        var all = Run(Numeric with { MaxClassRows = 6 }, StepRunner.Cut(rows, 33));

        Assert.All(Made(all).GroupBy(row => all["kind"].Display(row)), made => Assert.InRange(made.Select(row => all["made_from"].Display(row)).Distinct().Count(), 2, 6));
        Assert.Equal(Lines(Run(Numeric with { MaxClassRows = 6 }, rows)), Lines(all));
    }

    [Fact]
    public void Equal_rows_are_no_neighbours_of_each_other()
    {
        var rows = Rows(60);
        var twice = Batch.Concat([rows, rows]);

        var all = Run(Numeric with { MinRatio = 0.9 }, twice);

        Assert.Equal(twice.Rows + Made(all).Length, all.Rows);
        Assert.All(Made(all), row => Assert.NotEqual(all["x"].Display(Parent(all, row)), all["x"].Display(row)));
    }

    [Fact]
    public void Another_row_changes_only_the_decisions_of_rows_near_it()
    {
        var rows = Rows(300);
        var rare = Enumerable.Range(0, rows.Rows).First(row => rows["kind"].Display(row) == "rare" && SplitTests.SetOf(rows, row) == "train");
        var common = Enumerable.Range(0, rows.Rows).First(row => rows["kind"].Display(row) == "common" && SplitTests.SetOf(rows, row) == "test");
        var options = Numeric with { MinRatio = 0.3 };

        var whole = Decisions(options, rows);
        Assert.Equal(whole, Decisions(options, rows.Take([.. Enumerable.Range(0, rows.Rows).Where(r => r != common)])).Order());
        Assert.NotEqual(whole, Decisions(options, rows.Take([.. Enumerable.Range(0, rows.Rows).Where(r => r != rare)])).Order());

        static List<string> Decisions(Balance.Options options, Batch rows) =>
            [.. StepRunner.RunWithParameters(new Balance(options), rows).Decisions!.Chunk(12).Select(Convert.ToHexString).Where(d => d.Trim('0').Length > 0).Order()];
    }

    [Fact]
    public async Task In_a_run_the_version_is_the_same_for_every_batch_size_and_made_rows_stay_with_their_parents()
    {
        const string yaml = TestRuns.Source + """
              - { id: sets, type: split, config: { strategy: stratified, column: kind, ratios: { train: 0.7, test: 0.3 } } }
              - { id: more, type: balance, config: { column: kind, method: smote, columns: [x, y], id_column: id, k_neighbors: 3 } }
              - { id: folds, type: cross_validation, config: { n_splits: 3, together: [made_from] } }

            """;
        var random = new Random(Seed);
        var csv = "id,kind,x,y\n" + string.Concat(Enumerable.Range(0, 120).Select(i => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{i},{(i % 8 == 0 ? "rare" : "common")},{random.NextDouble():R},{random.Next(1_000)}\n")));
        var found = new HashSet<string>();
        foreach (var batchBytes in new long[] { 400, 1 << 20 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", csv);

            var run = await runs.RunAsync(yaml, batchBytes: batchBytes);

            found.Add(run.Version);
            var rows = (await runs.RowsAsync(run.Version)).ConvertAll(row => row.Split('|'));
            var train = rows.Where(row => row[4] == "train").CountBy(row => row[1]).ToDictionary();
            Assert.Equal(train["common"], train["rare"]);
            Assert.All(rows.GroupBy(row => row[6]), unit => Assert.Single(unit.Select(row => (row[4], row[7])).Distinct()));
            Assert.All(rows.Where(row => row[5] == "true"), row => Assert.Equal(("", "rare", "train"), (row[0], row[1], row[4])));
        }

        Assert.Single(found);
    }

    [Fact]
    public void Says_what_it_cannot_work_on_before_the_run()
    {
        var schema = Rows(10).Schema;

        Assert.Equal(
            ["columns: No number column is named, so there is nothing to make a row between two others of. Name the columns to compare rows by, or choose method oversample."],
            Problems(Numeric with { Columns = [], CategoricalColumns = ["town"] }));
        Assert.Equal(["columns[1]: Column 'town' is Text; expected a number. Name it under categorical_columns, or leave it out."], Problems(Numeric with { Columns = ["x", "town"] }));
        Assert.Equal(["columns[0]: Only smote makes rows. Remove columns, or choose that method."], [.. Problems(new() { Column = "kind", Columns = ["x"] }).Select(p => p.Replace("columns:", "columns[0]:"))]);
        Assert.StartsWith("categorical_columns[0]: Column 'kind' is named twice, or is the class", Assert.Single(Problems(Numeric with { CategoricalColumns = ["kind"] })));
        Assert.StartsWith("synthetic_column: Column 'flag' is already there.", Assert.Single(Problems(Numeric with { SyntheticColumn = "flag" })));
        Assert.StartsWith("copy_column: Rows made by smote are no copies.", Assert.Single(Problems(Numeric with { CopyColumn = "c" })));
        Assert.StartsWith("set_column: Column 'nowhere' does not exist here, so nobody knows", Assert.Single(Problems(Numeric with { SetColumn = "nowhere" })));

        IReadOnlyList<string> Problems(Balance.Options options) => StepRunner.Problems(new Balance(options), schema);
    }

    [Fact]
    public void Refuses_missing_values_a_class_of_one_row_and_too_many_rows()
    {
        var rows = Rows(200);
        var holes = rows.With(rows.Schema["x"], new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, 200).Select(i => i == 3 ? double.NaN : i)]));

        Assert.Equal(
            "balance found missing values in rows for training: 1 in 'x'; smote needs every value of the columns that it compares rows by. "
                + "Fill them in with impute_missing before, or leave these columns out.",
            Error(Numeric, holes));
        var single = rows.With(rows.Schema["kind"], TextColumn.Of([.. Enumerable.Range(0, 200).Select(i => i == 0 ? "once" : "common")]));
        Assert.StartsWith("balance found 1 different rows of class 'once' of 'kind'; smote makes rows between two, so it needs at least 2.", Error(Numeric, single));
        Assert.EndsWith("the limit is max_made_rows = 10. Raise max_made_rows, or lower min_ratio.", Error(Numeric with { MaxMadeRows = 10 }, rows));

        static string Error(Balance.Options options, Batch rows) => Assert.Throws<DataException>(() => Run(options, rows)).Message;
    }

    /// <summary>Rows of three classes of very different numbers, two of three for training; x and y are of very different sizes.</summary>
    internal static Batch Rows(int rows)
    {
        var random = new Random(Seed);
        string[] kinds = [.. Enumerable.Range(0, rows).Select(i => i % 12 == 0 ? "rare" : i % 4 == 1 ? "some" : "common")];
        var fields = new Field[]
        {
            new("id", ColumnType.Int64, Nullable: false), new("kind", ColumnType.Text), new("x", ColumnType.Float64), new("y", ColumnType.Float64), new("n", ColumnType.Int64),
            new("town", ColumnType.Text), new("flag", ColumnType.Boolean), new("code", ColumnType.Int64), new("note", ColumnType.Text), new("split", ColumnType.Text),
        };
        return new Batch(new Schema(fields),
        [
            new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(1, rows).Select(i => (long)i)]),
            TextColumn.Of(kinds),
            Numbers(1),
            Numbers(1_000),
            new ValueColumn<long>(ColumnType.Int64, [.. kinds.Select(_ => (long)random.Next(100))]),
            TextColumn.Of([.. kinds.Select(_ => new[] { "Ulm", "Brno", "Žilina" }[random.Next(3)])]),
            new ValueColumn<bool>(ColumnType.Boolean, [.. kinds.Select(_ => random.Next(2) == 0)]),
            new ValueColumn<long>(ColumnType.Int64, [.. kinds.Select(_ => (long)random.Next(4))]),
            TextColumn.Of([.. kinds.Select((_, i) => i % 5 == 0 ? null : $"note {i}")]),
            TextColumn.Of([.. kinds.Select((_, i) => i % 3 == 2 ? "test" : "train")]),
        ], rows);

        ValueColumn<double> Numbers(double size) => new(ColumnType.Float64, [.. kinds.Select(_ => random.NextDouble() * size)]);
    }

    static Batch Run(Balance.Options options, params Batch[] batches) => StepRunner.Run(new Balance(options), batches).All;

    static int[] Made(Batch all) => [.. Enumerable.Range(0, all.Rows).Where(row => all["synthetic"].Display(row) == "true")];

    static int Parent(Batch all, int row) => Enumerable.Range(0, all.Rows).First(r => all["id"].Display(r) == all["made_from"].Display(row) && !all["id"].IsNull(r));

    // Written down as the paper says it.
    static int[] Nearest(Batch all, int parent, int count, string[] numbers, string[] categories, bool standardize)
    {
        int[] rows = [.. Enumerable.Range(0, all.Rows).Where(r => !all["id"].IsNull(r) && all["kind"].Display(r) == all["kind"].Display(parent) && SplitTests.SetOf(all, r) == "train")];
        double[] deviations = [.. numbers.Select(name =>
        {
            var mean = rows.Average(r => all.Float64(name)[r]);
            return Math.Sqrt(rows.Average(r => Math.Pow(all.Float64(name)[r] - mean, 2)));
        })];
        double[] units = [.. deviations.Select(d => standardize ? d : 1)];
        double[] scaled = [.. deviations.Zip(units, (d, u) => d / u).Order()];
        var median = (scaled[0] + scaled[1]) / 2;
        double Square(int row) => numbers.Select((name, i) => Math.Pow((all.Float64(name)[row] - all.Float64(name)[parent]) / units[i], 2)).Sum()
            + categories.Count(name => all[name].Display(row) != all[name].Display(parent)) * median * median;
        return [.. rows.Where(r => r != parent).OrderBy(Square).Take(count)];
    }

    static double Gap(Batch all, int row, int parent, int near)
    {
        var x = all.Float64("x");
        var y = all.Float64("y");
        var gap = (x[row] - x[parent]) / (x[near] - x[parent]);
        return Math.Abs(y[parent] + (gap * (y[near] - y[parent])) - y[row]) < 1e-6 ? gap : double.NaN;
    }

    static List<string> Lines(Batch all) => [.. Enumerable.Range(0, all.Rows).Select(row => string.Join('|', all.Columns.Select(c => c.Display(row)))).Order(StringComparer.Ordinal)];

    static SortedDictionary<string, int> Counts(Batch all, string set) => new(
        Enumerable.Range(0, all.Rows).Where(row => SplitTests.SetOf(all, row) == set).GroupBy(row => all["kind"].Display(row)).ToDictionary(g => g.Key, g => g.Count()));
}
