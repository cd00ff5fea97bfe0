using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Quality;

/// <summary>Numbers that are ordinary in their column and far in their group.</summary>
public sealed class ContextualOutliersTests
{
    static readonly Batch shop = Shop(row => row % 3 == 0 ? "snack" : row % 3 == 1 ? "phone" : "car");

    [Fact]
    public void A_price_of_another_group_is_found_though_the_column_has_many_like_it()
    {
        var (report, rows) = Failing(shop, "contextual_outliers", "contextual_outlier");

        // Row 30 is a snack at the price of a phone.
        Assert.Equal([30], rows);
        Assert.Equal(new CheckResult("contextual_outlier", null, Severity.Low, 1, 300, "cells"), Assert.Single(report.Checks));
        Assert.Empty(Failing(shop, "outliers", "outlier").Rows);
        Assert.Matches("^look at values that are unusual for their 'kind', for example outside -?[0-9.]+ to [0-9.]+ where it is 'snack'$", Assert.Single(QualityValidation.Suggest(report)).Text);
    }

    [Fact]
    public void Groups_that_explain_nothing_are_no_context() =>
        Assert.Equal((0, 0), (Failing(Shop(row => $"g{row * 7 % 5}"), "contextual_outliers", "contextual_outlier").Report.Checks[0] is var c ? c.Issues : -1, c.Denominator));

    [Fact]
    public void A_column_of_names_is_no_category() =>
        Assert.Equal(0, Failing(Shop(row => $"name {row}"), "contextual_outliers", "contextual_outlier").Report.Checks[0].Denominator);

    static Batch Shop(Func<int, string> kind)
    {
        var random = new Random(3);
        double?[] prices = [.. Enumerable.Range(0, 300).Select(row => (double?)((row == 30 ? 600 : new[] { 2, 600, 20_000 }[row % 3]) * (0.9 + (random.NextDouble() / 5))))];
        return new Batch(
            new Schema([new("kind", ColumnType.Text), new("price", ColumnType.Float64)]),
            [TextColumn.Of([.. Enumerable.Range(0, 300).Select(kind)]), DirtyTable.Numbers("price", prices)[0]], 300);
    }

    static (QualityReport Report, List<int> Rows) Failing(Batch table, string check, string reason) => CheckedTable.Failing(new() { Checks = [check] }, table, reason);
}
