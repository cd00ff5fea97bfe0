using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Profiles;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Profiles;

public sealed class ProfileTests : StepContract
{
    protected override Step Create() => new Profile();

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    [Fact]
    public void Counts_moments_and_quantiles_are_those_of_the_values()
    {
        var random = new Random(21);
        double[] values = [.. Enumerable.Range(0, 2_000).Select(_ => Math.Round(Tables.Normal(random) * 1_000) + 1e9)];

        var column = Of(Tables.Of(("x", Tables.Numbers(2_000, i => values[i])))).Columns.Single();

        var mean = values.Average();
        Assert.Equal(mean, column.Numbers!.Mean, 1e-6);
        Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), column.Numbers.Deviation, 1e-6);
        Assert.Equal((values.Min(), values.Max()), (column.Numbers.Min, column.Numbers.Max));
        Assert.Equal((values.Distinct().Count(), 0.0), ((int)column.Distinct, column.DistinctError));
        Array.Sort(values);
        Assert.Equal((values[999] + values[1_000]) / 2, column.Numbers.Median);
        Assert.Equal(2_000, column.Numbers.Histogram.Sum());
    }

    [Fact]
    public void Text_has_its_most_frequent_values_lengths_and_shapes()
    {
        var column = Of(Tables.Of(("code", Tables.Words(100, i => i < 90 ? $"AB-{i % 3:000}" : i < 95 ? "ab 1" : i == 95 ? " " : null)))).Columns.Single();

        Assert.Equal((5L, 0.05, 4L), (column.Missing, column.MissingShare, column.Distinct));
        Assert.Equal([new ValueCount("AB-000", 30), new ValueCount("AB-001", 30), new ValueCount("AB-002", 30), new ValueCount("ab 1", 5)], column.Top);
        Assert.Equal([new ValueCount("A-9", 90), new ValueCount("a 9", 5)], column.Text!.Shapes);
        Assert.Equal((4.0, 6.0), (column.Text.Shortest, column.Text.Longest));
    }

    [Fact]
    public void Remarks_say_what_to_look_at()
    {
        var table = Tables.Of(
            ("row_id", new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(1, 200).Select(i => (long)i)])),
            ("same", Tables.Numbers(200, _ => 7)),
            ("far", Tables.Numbers(200, i => i == 0 ? 1e6 : i % 10)),
            ("empty", Tables.Words(200, _ => null)),
            ("half", Tables.Words(200, i => i % 2 == 0 ? null : "x" + (i % 3))));

        var remarks = Of(table).Columns.ToDictionary(c => c.Name, c => string.Join("; ", c.Remarks));

        Assert.Equal("every value once; an identifier, by its name or because it counts rows", remarks["row_id"]);
        Assert.Equal("one value only", remarks["same"]);
        Assert.Equal("1 beyond Tukey's fences (0.5%)", remarks["far"]);
        Assert.Equal("no values", remarks["empty"]);
        Assert.Equal("50 % missing", remarks["half"].Replace('\u00A0', ' '));
    }

    [Fact]
    public void Associations_are_exact_where_they_say_so()
    {
        var random = new Random(22);
        double[] x = [.. Enumerable.Range(0, 3_000).Select(_ => random.NextDouble())];
        double[] noise = [.. Enumerable.Range(0, 3_000).Select(_ => random.NextDouble())];
        var table = Tables.Of(
            ("x", Tables.Numbers(3_000, i => x[i])), ("cube", Tables.Numbers(3_000, i => -x[i] * x[i] * x[i])), ("noise", Tables.Numbers(3_000, i => noise[i])),
            ("group", Tables.Words(3_000, i => x[i] < 0.5 ? "low" : "high")), ("copy", Tables.Words(3_000, i => x[i] < 0.5 ? "a" : "b")));

        var found = Of(table).Associations.ToDictionary(a => (a.Measure, a.Left, a.Right));

        Assert.Equal(Pearson(x, [.. x.Select(v => -v * v * v)]), found[("pearson", "x", "cube")].Value, 1e-12);
        Assert.Equal(-1, found[("spearman", "x", "cube")].Value, 1e-12);
        Assert.Equal(1, found[("cramers_v", "group", "copy")].Value, 1e-3);
        Assert.InRange(found[("correlation_ratio", "group", "x")].Value, 0.85, 0.88);
        Assert.InRange(found[("correlation_ratio", "group", "noise")].Value, 0, 0.06);
        Assert.All(found.Values, a => Assert.Equal((0.0, 3_000L), (a.Error, a.Rows)));
    }

    [Fact]
    public void Associations_from_a_sample_state_an_error_that_holds()
    {
        var random = new Random(23);
        const int rows = 40_000;
        double[] x = [.. Enumerable.Range(0, rows).Select(_ => Tables.Normal(random))];
        double[] y = [.. x.Select(v => v + (2 * Tables.Normal(random)))];

        var profile = Of(Tables.Of(("x", Tables.Numbers(rows, i => x[i])), ("y", Tables.Numbers(rows, i => y[i]))));

        var spearman = profile.Associations.Single(a => a.Measure == "spearman");
        Assert.Equal(4_096, spearman.Rows);
        Assert.InRange(spearman.Error, 0.01, 0.02);

        // For normal values, 6/π · asin(ρ/2) with ρ = 1/√5.
        Assert.InRange(spearman.Value, 0.43 - (3 * spearman.Error), 0.43 + (3 * spearman.Error));
        Assert.Contains("from a sample of 4,096 different rows", Assert.Single(profile.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_nothing_has_a_profile()
    {
        Assert.Equal((0L, 12), (Of(DirtyTable.Of(0, 1)).Rows, Of(DirtyTable.Of(0, 1)).Columns.Count));
        Assert.Equal((5L, 0), (Of(new Batch(new Schema([]), [], 5)).Rows, Of(new Batch(new Schema([]), [], 5)).Columns.Count));
        Assert.All(Of(DirtyTable.Empty(DirtyTable.Schema, 50)).Columns, c => Assert.Equal((1.0, 0L), (c.MissingShare, c.Distinct)));
    }

    [Fact]
    public void Infinite_and_huge_values_are_told_apart_from_numbers()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, -1e308, 5e-324, -0.0, 0];

        var column = Of(Tables.Of(("x", Tables.Numbers(8, i => values[i])), ("y", Tables.Numbers(8, i => i)))).Columns[0];

        Assert.Equal((1L, 6L, 2L), (column.Missing, column.Distinct, column.Numbers!.Zeros));
        Assert.Contains("has infinite values", column.Remarks);
    }

    [Fact]
    public void Ten_thousand_columns_are_profiled()
    {
        var table = new Batch(
            new Schema(Enumerable.Range(0, 10_000).Select(i => new Field($"c{i}", i % 2 == 0 ? ColumnType.Int64 : ColumnType.Text))),
            Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? (Column)new ValueColumn<long>(ColumnType.Int64, [i, 2, 3]) : TextColumn.Of("a", null, "b")), 3);

        var profile = Of(table);

        Assert.Equal(10_000, profile.Columns.Count);
        Assert.Equal("Associations are between the first 32 of 10,000 columns.", profile.Notes.Single());
    }

    static TableProfile Of(Batch table)
    {
        var sketch = new TableSketch(table.Schema);
        sketch.Observe(table);
        return Profiler.Of(sketch);
    }

    static double Pearson(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        var xy = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum();
        return xy / Math.Sqrt(x.Sum(a => (a - mx) * (a - mx)) * y.Sum(b => (b - my) * (b - my)));
    }
}
