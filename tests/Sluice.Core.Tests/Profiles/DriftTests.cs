using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Profiles;
using Sluice.Steps;

namespace Sluice.Core.Tests.Profiles;

public sealed class DriftTests
{
    const int Seed = 31;

    [Theory]
    [InlineData(100, 100)]
    [InlineData(100, 2_000)]
    [InlineData(1_000, 1_000)]
    public void Equal_tables_raise_the_stated_share_of_false_alarms(int before, int after)
    {
        const int rounds = 400;
        var random = new Random(Seed);
        var alarms = 0;
        for (var round = 0; round < rounds; round++)
        {
            alarms += Compare(Draw(random, before), Draw(random, after)).Changes.Count > 0 ? 1 : 0;
        }

        // 5 % of 400 are 20 ± 4.4; four deviations above, and not so few that the tests would be blind.
        Assert.InRange(alarms, 5, 38);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    public void The_test_of_a_distribution_rejects_equal_ones_at_its_level(int rows)
    {
        var random = new Random(Seed);
        var rejected = Enumerable.Range(0, 1_000).Count(_ => Compare(One(random, rows, 0), One(random, rows, 0)).Columns[0].PValue < 0.05);

        // 50 ± 7; the limits are α ± 40 %, as far as 1,000 rounds can tell.
        Assert.InRange(rejected, 30, 70);
    }

    [Fact]
    public void A_small_shift_is_found_that_an_index_of_one_tenth_would_miss()
    {
        var random = new Random(Seed);
        var found = 0;
        for (var round = 0; round < 100; round++)
        {
            var drift = Compare(One(random, 5_000, 0), One(random, 5_000, 0.15));
            Assert.True(drift.Columns[0].Psi < 0.1);
            found += drift.Changes.Count;
        }

        Assert.InRange(found, 95, 100);
    }

    [Fact]
    public void Says_what_changed_from_what_to_what_and_where()
    {
        var random = new Random(Seed);
        var before = Tables.Of(
            ("age", Tables.Numbers(2_000, _ => Math.Round(40 + (10 * Tables.Normal(random))))),
            ("city", Tables.Words(2_000, i => i % 4 == 0 ? "Ulm" : "Bonn")),
            ("mail", Tables.Words(2_000, i => i % 100 == 0 ? null : "x@y")));
        var after = Tables.Of(
            ("age", Tables.Numbers(2_000, _ => Math.Round(50 + (10 * Tables.Normal(random))))),
            ("city", Tables.Words(2_000, i => i % 4 == 0 ? "Ulm" : i % 4 == 1 ? "Kiel" : "Bonn")),
            ("mail", Tables.Words(2_000, i => i % 2 == 0 ? null : "x@y")));

        var changes = Compare(before, after).Changes.ToDictionary(c => (c.Kind, c.Column));

        Assert.Equal((Severity.High, Severity.High, Severity.High), (changes[("distribution", "age")].Severity, changes[("distribution", "city")].Severity, changes[("missing", "mail")].Severity));
        Assert.StartsWith("median 40 → 50; ", changes[("distribution", "age")].What, StringComparison.Ordinal);
        Assert.StartsWith("new: 'Kiel'; ", changes[("distribution", "city")].What, StringComparison.Ordinal);
        Assert.Equal("missing cells 1.0% → 50.0%", changes[("missing", "mail")].What);
        Assert.Equal(3, changes.Count);
    }

    [Fact]
    public void A_changed_schema_is_a_change()
    {
        var before = Tables.Of(("a", Tables.Numbers(50, i => i)), ("b", Tables.Words(50, i => $"w{i}")), ("c", Tables.Numbers(50, i => i)));
        var after = Tables.Of(("a", Tables.Words(50, i => $"w{i}")), ("c", Tables.Numbers(50, i => i)), ("d", Tables.Words(50, i => "x")));

        var drift = Compare(before, after);

        Assert.Equal(
            [("column_removed", "b", Severity.Critical), ("type_changed", "a", Severity.High), ("column_added", "d", Severity.Low)],
            drift.Changes.Select(c => (c.Kind, c.Column, c.Severity)));
        Assert.Equal("float64 → text", drift.Changes[1].What);
        Assert.Equal(Severity.Critical, drift.Severity);
    }

    [Fact]
    public void A_broken_correlation_is_found_although_both_columns_are_as_before()
    {
        var random = new Random(Seed);
        var before = Pair(random, 1);
        var after = Pair(random, 0);

        var change = Assert.Single(Compare(before, after).Changes);

        Assert.Equal(("correlation", "x × y", Severity.High), (change.Kind, change.Column, change.Severity));
    }

    [Fact]
    public void A_table_did_not_drift_from_itself()
    {
        var table = DirtyTable.Of(500, Seed);

        var drift = Compare(table, table);

        Assert.Empty(drift.Changes);
        Assert.All(drift.Columns, c => Assert.Equal((0.0, 1.0), (c.Psi ?? 0, c.SharedValues ?? 1)));
        Assert.All(drift.Columns.Where(c => c.Ks is not null), c => Assert.Equal((0.0, 0.0), (c.Ks, c.Wasserstein ?? 0)));
    }

    [Fact]
    public void Numbers_too_many_to_count_are_compared_as_well_as_counted_ones()
    {
        // The one is exact, the other in buckets; both hold the same heavy value.
        var random = new Random(Seed);
        var few = Tables.Of(("x", Tables.Numbers(3_000, i => i % 2 == 0 ? 5.1 : random.NextDouble() * 10)));
        var many = Tables.Of(("x", Tables.Numbers(60_000, i => i % 2 == 0 ? 5.1 : random.NextDouble() * 10)));

        Assert.Empty(Compare(few, many).Changes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 100)]
    [InlineData(3, 3)]
    public void Tables_with_nearly_nothing_compare(int before, int after) =>
        Assert.DoesNotContain(Compare(DirtyTable.Of(before, 1), DirtyTable.Of(after, 2)).Changes, c => c.Kind == "distribution");

    [Theory]
    [InlineData(3.841459, 1, 0.05)]
    [InlineData(16.918978, 9, 0.05)]
    [InlineData(21.665994, 9, 0.01)]
    [InlineData(0.016, 1, 0.899343)]
    [InlineData(150, 100, 0.000904)]
    public void The_tail_of_chi_square_is_the_tabled_one(double value, double degrees, double expected) =>
        Assert.Equal(expected, Probability.ChiSquareTail(value, degrees), 2e-5);

    static DriftReport Compare(Batch before, Batch after) => Drift.Of(Sketch(before), Sketch(after));

    static TableSketch Sketch(Batch table)
    {
        var sketch = new TableSketch(table.Schema);
        sketch.Observe(table);
        return sketch;
    }

    static Batch One(Random random, int rows, double shift) => Tables.Of(("x", Tables.Numbers(rows, _ => shift + Tables.Normal(random))));

    // Columns of several kinds: normal, skewed, whole numbers, categories with rare ones, missing cells.
    static Batch Draw(Random random, int rows) => Tables.Of(
        ("normal", Tables.Numbers(rows, _ => Tables.Normal(random))),
        ("skewed", Tables.Numbers(rows, _ => Math.Exp(2 * Tables.Normal(random)))),
        ("whole", Tables.Numbers(rows, _ => random.Next(8))),
        ("gaps", Tables.Numbers(rows, _ => random.Next(5) == 0 ? double.NaN : random.NextDouble())),
        ("word", Tables.Words(rows, _ => "w" + (int)(random.NextDouble() * random.NextDouble() * 12))));

    static Batch Pair(Random random, double weight)
    {
        double[] x = [.. Enumerable.Range(0, 1_000).Select(_ => Tables.Normal(random))];
        return Tables.Of(("x", Tables.Numbers(1_000, i => x[i])), ("y", Tables.Numbers(1_000, i => ((weight * x[i]) + (0.5 * Tables.Normal(random))) / Math.Sqrt((weight * weight) + 0.25))));
    }
}
