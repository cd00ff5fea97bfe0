using System.Text;
using Sluice.Batches;
using Sluice.Core.Tests.Profiles;
using Sluice.Profiles;
using Sluice.Reports;

namespace Sluice.Core.Tests.Reports;

public sealed class ProfileReportTests
{
    [Fact]
    public void Names_and_values_are_escaped()
    {
        const string hostile = "<script>alert(1)</script>";
        var page = Render(Tables.Of((hostile, Tables.Words(50, _ => hostile)), ("x", Tables.Numbers(50, i => i))), hostile);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300, 10)]
    [InlineData(2_000, 10)]
    [InlineData(300, 5_000)]
    public void The_page_stays_small(int columns, int rows)
    {
        var table = Tables.Of([.. Enumerable.Range(0, columns).Select(c => ($"column {c}", c % 2 == 0 ? Tables.Numbers(rows, i => i * c % 97) : Tables.Words(rows, i => $"value {i % (c + 1)}")))]);

        var page = Render(table, "wide.csv");

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 1_500_000);
        Assert.Equal(300, page.Split("<article ").Length - 1);
        Assert.Equal(columns > 300, page.Contains("and 1,700 more columns", StringComparison.Ordinal));
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Changes_come_first()
    {
        var (before, after) = (Sketch(Tables.Of(("x", Tables.Numbers(500, i => i % 50)))), Sketch(Tables.Of(("x", Tables.Numbers(500, i => (i % 50) + 20)))));

        var page = ProfileReport.Render("new.csv", Profiler.Of(after), "old.csv", Drift.Of(before, after));

        Assert.Contains("<h2>Changes since old.csv</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"sev high\">high</span></td><td>x</td><td>distribution</td><td>median ", page, StringComparison.Ordinal);
    }

    static string Render(Batch table, string title) => ProfileReport.Render(title, Profiler.Of(Sketch(table)));

    static TableSketch Sketch(Batch table)
    {
        var sketch = new TableSketch(table.Schema);
        sketch.Observe(table);
        return sketch;
    }
}
