using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Splits;

namespace Sluice.Core.Tests.Splits;

/// <summary>What is special about stratified, group and time.</summary>
public sealed class SplitStrategyTests
{
    [Fact]
    public void Stratified_has_exact_totals_and_at_most_one_row_of_deviation_in_a_stratum()
    {
        const int seed = 7;
        var random = new Random(seed);
        for (var trial = 0; trial < 300; trial++)
        {
            var strata = Enumerable.Range(0, random.Next(1, 60)).Select(_ => (long)random.Next(1, trial % 2 == 0 ? 12 : 5_000)).ToArray();
            var rows = strata.Sum();
            var sets = random.Next(2, 9);
            if (rows < sets)
            {
                continue;
            }

            var cuts = Enumerable.Range(1, (int)rows - 1).OrderBy(_ => random.Next()).Take(sets - 1).Order().ToArray();
            var wanted = cuts.Append((int)rows).Zip(cuts.Prepend(0), (to, from) => (long)to - from).ToArray();

            var plan = new StratifiedPlan(strata, wanted);

            for (var set = 0; set < sets; set++)
            {
                Assert.True(wanted[set] == strata.Select((_, h) => plan.Of(h)[set]).Sum(), $"seed {seed}, trial {trial}: total of set {set}");
            }

            for (var h = 0; h < strata.Length; h++)
            {
                Assert.True(strata[h] == plan.Of(h).Sum(), $"seed {seed}, trial {trial}: total of stratum {h}");
                Assert.All(plan.Of(h).Select((found, set) => found - ((double)strata[h] * wanted[set] / rows)), off => Assert.InRange(off, -0.999_999, 0.999_999));
            }
        }
    }

    [Fact]
    public void Stratified_reports_each_stratum_by_its_value()
    {
        var rows = SplitTests.Rows(1_000);

        var run = StepRunner.Run(new Split(new() { Strategy = SplitStrategy.Stratified, Column = "genre" }), StepRunner.Cut(rows, 77));

        var report = SplitTests.Report(run);
        Assert.Equal([800L, 100, 100], report.Sets.Select(s => s.Rows));
        Assert.Equal(["Drama 600: 480 60 60", "Comedy 200: 160 20 20", "(missing) 100: 80 10 10", "Horror 100: 80 10 10"], report.Strata!.Select(Words));
        Assert.Null(report.OtherStrata);
        for (var row = 0; row < rows.Rows; row++)
        {
            Assert.Contains(SplitTests.SetOf(run.All, row), new[] { "train", "validation", "test" });
        }

        var dramas = Enumerable.Range(0, 1_000).Where(row => rows["genre"].Display(row) == "Drama");
        Assert.Equal(480, dramas.Count(row => SplitTests.SetOf(run.All, row) == "train"));
    }

    [Fact]
    public void What_equal_rows_force_on_one_stratum_evens_out_in_the_next()
    {
        // 50 strata of two equal rows each: a stratum can only go to a set as a whole.
        var report = SplitTests.Report(new() { Strategy = SplitStrategy.Stratified, Column = "id" }, SplitTests.Rows(100, copies: 2));

        Assert.Equal([80L, 10, 10], report.Sets.Select(s => s.Rows));
    }

    [Fact]
    public void Stratified_lists_100_strata_and_the_others_together()
    {
        var rows = SplitTests.Rows(1_300);

        var report = SplitTests.Report(new() { Strategy = SplitStrategy.Stratified, Columns = ["flag", "day"] }, rows);

        Assert.Equal(100, report.Strata!.Count);
        Assert.Equal("(630 more)", report.OtherStrata!.Name);
        Assert.Equal(1_300, report.Strata.Sum(s => s.Rows) + report.OtherStrata.Rows);
        Assert.Equal([1_040L, 130, 130], report.Sets.Select((_, set) => report.Strata.Sum(s => s.PerSet[set]) + report.OtherStrata.PerSet[set]));
        Assert.Matches("^(true|false) \\| 197[01]-", report.Strata[0].Name);
    }

    [Fact]
    public void Stratum_names_merge_to_the_same_bytes_in_any_order()
    {
        var values = Enumerable.Range(0, 40).Select(i => i / 4.0 - 5).Append(-0.0).ToArray();
        var parts = values.Chunk(3).Select(chunk => Names(chunk)).ToArray();
        var forward = new StratumNames(8);
        var backward = new StratumNames(8);
        foreach (var part in parts)
        {
            forward.Merge(part);
        }

        foreach (var part in parts.Reverse())
        {
            backward.Merge(part);
        }

        Assert.Equal(Names(values).ToBytes(), forward.ToBytes());
        Assert.Equal(Names([.. values.Reverse()]).ToBytes(), backward.ToBytes());
        Assert.Equal(forward.ToBytes(), backward.ToBytes());

        static StratumNames Names(double[] values)
        {
            Column column = new ValueColumn<double>(ColumnType.Float64, values);
            var names = new StratumNames(8);
            names.Observe([column], RowHash.Rows([column], values.Length));
            return names;
        }
    }

    [Fact]
    public void A_long_stratum_name_is_cut_between_characters()
    {
        Column column = TextColumn.Of(new string('x', 59) + "🚀🚀");
        var keys = RowHash.Rows([column], 1);
        var names = new StratumNames(8);
        names.Observe([column], keys);

        Assert.Equal(new string('x', 59) + "…", names[keys[0].High]);
    }

    [Fact]
    public void Groups_are_never_in_different_sets()
    {
        var rows = SplitTests.Rows(2_000);

        var run = StepRunner.Run(new Split(new() { Strategy = SplitStrategy.Group, Column = "user" }), StepRunner.Cut(rows, 333));

        var report = SplitTests.Report(run);
        var setsOfUser = Enumerable.Range(0, 2_000).GroupBy(row => rows["user"].Display(row), row => SplitTests.SetOf(run.All, row)).ToArray();
        Assert.All(setsOfUser, sets => Assert.Single(sets.Distinct()));
        Assert.Equal(setsOfUser.Length, report.Groups!.Count);
        Assert.Equal(setsOfUser.Length, report.Groups.PerSet.Sum());
        Assert.Equal(setsOfUser.Max(g => g.Count()), report.Groups.LargestRows);
        Assert.Equal((setsOfUser.Length, 0, 0L), (report.Certificate.KeysChecked, report.Certificate.KeysCrossingSets, report.Certificate.GroupsCrossingSets));
        Assert.Equal("equal values of 'user' (128-bit hash)", report.Certificate.Method);
        Assert.All(report.Sets, set => Assert.InRange(set.Deviation, -21, 21));
    }

    [Fact]
    public void Groups_fill_sets_exactly_when_small_ones_can_close_the_gaps()
    {
        var ids = Enumerable.Range(0, 900).Select(i => (long)(i < 500 ? i % 5 : i)).ToArray();
        var rows = new Batch(new Schema([new("g", ColumnType.Int64)]), [new ValueColumn<long>(ColumnType.Int64, ids)], 900);

        var report = SplitTests.Report(new() { Strategy = SplitStrategy.Group, Column = "g" }, rows);

        Assert.All(report.Sets, set => Assert.Equal(0, set.Deviation));
    }

    [Fact]
    public void Few_large_groups_still_fill_every_set()
    {
        var report = SplitTests.Report(new() { Strategy = SplitStrategy.Group, Column = "genre" }, SplitTests.Rows(100));

        Assert.Equal([("train", 80L), ("validation", 10L), ("test", 10L)], report.Sets.Select(s => (s.Name, s.Rows)));
        Assert.Equal([10L, 10, 10], SplitTests.Report(new() { Strategy = SplitStrategy.Group, Columns = ["day"] }, SplitTests.Rows(30, copies: 10)).Sets.Select(s => s.Rows));
    }

    [Fact]
    public void Time_puts_the_oldest_first_and_keeps_equal_times_together()
    {
        var days = Enumerable.Range(0, 100).Select(i => i * 37 % 100 / 7).ToArray();

        var run = StepRunner.Run(new Split(new() { Strategy = SplitStrategy.Time, Column = "t" }), Times(ColumnType.Date, [.. days.Select(d => (int?)d)]));

        // 7 rows a day: the borders 80 and 90 fall into days 11 (77 to 84) and 12 (84 to 91) and move to 77 and 91.
        Assert.Equal([77L, 14, 9], SplitTests.Report(run).Sets.Select(s => s.Rows));
        Assert.Equal([-3L, 4, -1], SplitTests.Report(run).Sets.Select(s => s.Deviation));
        Assert.All(Enumerable.Range(0, 100), row => Assert.Equal(days[row] < 11 ? "train" : days[row] < 13 ? "validation" : "test", SplitTests.SetOf(run.All, row)));
    }

    [Fact]
    public void Few_times_still_fill_every_set()
    {
        Assert.Equal([100L, 100, 100], RowsByTime([.. Enumerable.Range(0, 300).Select(i => (int?)(i / 100))]));
        Assert.Equal([1L, 1, 298], RowsByTime([.. Enumerable.Range(0, 300).Select(i => (int?)Math.Min(i, 2))]));
        Assert.Equal([298L, 1, 1], RowsByTime([.. Enumerable.Range(0, 300).Select(i => (int?)Math.Max(i, 297))]));
    }

    [Fact]
    public void Time_orders_every_type_with_negative_values_and_NaN_as_missing()
    {
        var numbers = new[] { double.NegativeInfinity, -1e300, -1, -double.Epsilon, -0.0, 0.0, double.Epsilon, 1, 1e300, double.PositiveInfinity, double.NaN };
        var whole = new[] { long.MinValue, -2, -1, 0, 1, long.MaxValue };

        var byNumber = TimeKeys.Of("t", new ValueColumn<double>(ColumnType.Float64, numbers));
        var byWhole = TimeKeys.Of("t", new ValueColumn<long>(ColumnType.Timestamp, whole));
        var byDay = TimeKeys.Of("t", new ValueColumn<int>(ColumnType.Date, [int.MinValue, -1, 0, int.MaxValue]));

        Assert.Equal(byNumber.Order(), byNumber);
        Assert.Equal(10, byNumber.Distinct().Count());
        Assert.Equal(byNumber[4], byNumber[5]);
        Assert.Equal(TimeKeys.Missing, byNumber[^1]);
        Assert.Equal(byWhole.Order(), byWhole);
        Assert.True(byWhole[^1] < TimeKeys.Missing);
        Assert.Equal(byDay.Order(), byDay);
    }

    [Fact]
    public void Rows_without_a_time_are_refused()
    {
        var rows = Times(ColumnType.Date, [1, 2, null, 3, null]);

        var error = Assert.Throws<DataException>(() => SplitTests.Run(new() { Strategy = SplitStrategy.Time, Column = "t", Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) }, rows));

        Assert.Equal(
            "split by time found 2 of 5 rows without a time in column 't'; expected one in every row. "
            + "Drop them before with data_cleaning, operation handle_missing, missing_strategy drop, or set null_time: last to count them as the newest.",
            error.Message);
    }

    [Fact]
    public void Rows_without_a_time_go_to_the_last_set_on_request()
    {
        var rows = Times(ColumnType.Date, [null, 8, null, 7, 6, 5, 4, 3, 2, 1]);
        var options = new Split.Options { Strategy = SplitStrategy.Time, Column = "t", NullTime = NullTime.Last, Ratios = SplitTests.Ratios(("train", 0.5), ("val", 0.3), ("test", 0.2)) };

        var all = SplitTests.Run(options, rows);

        Assert.Equal(["test", "val", "test", "val", "val", "train", "train", "train", "train", "train"], Enumerable.Range(0, 10).Select(row => SplitTests.SetOf(all, row)));
    }

    [Fact]
    public void Text_that_turns_up_as_time_is_refused_where_it_is_read()
    {
        var step = new Split(new() { Strategy = SplitStrategy.Time, Column = "t" });
        var text = new Batch(new Schema([new("t", ColumnType.Text)]), [TextColumn.Of("2024-01-01")], 1);
        var empty = new Batch(new Schema([new("t", ColumnType.Text)]), [TextColumn.Of(null, null)], 2);

        Assert.StartsWith("Column 't' is text, which does not sort as time does;", Assert.Throws<DataException>(() => step.Keys(text)).Message);
        Assert.Equal([TimeKeys.Missing, TimeKeys.Missing], step.Keys(empty));
    }

    static long[] RowsByTime(int?[] days) =>
        [.. SplitTests.Report(new() { Strategy = SplitStrategy.Time, Column = "t" }, Times(ColumnType.Date, days)).Sets.Select(s => s.Rows)];

    static Batch Times(ColumnType type, int?[] days)
    {
        var builder = new ValueBuilder<int>(type);
        foreach (var day in days)
        {
            if (day is { } value)
            {
                builder.Append(value);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return new Batch(new Schema([new("t", type)]), [builder.Build()], days.Length);
    }

    static string Words(SplitStratum stratum) => $"{stratum.Name} {stratum.Rows}: {string.Join(' ', stratum.PerSet)}";
}
