using System.Text;
using System.Text.RegularExpressions;
using Sluice.Reports;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Reports;

public sealed partial class HtmlReportTests
{
    const string Hostile = "<script>alert('x')</script>\"'&<b onload=x>";

    [Fact]
    public async Task Names_and_values_are_escaped()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,\"<img src=x onerror=alert(1)>\"\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{i},\"{Hostile.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")));

        var page = await RenderAsync(runs, TestRuns.Source.Replace("name: t", "name: '<h2>zz</h2>'", StringComparison.Ordinal) + """
              - { id: keep, type: filter, config: { condition: 'id >= 3' } }
            """);

        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&#39;&amp;&lt;b onload=x&gt;", page, StringComparison.Ordinal);
        foreach (var raw in new[] { "<script", "<img", "<b ", "<h2>zz" })
        {
            Assert.DoesNotContain(raw, page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_page_needs_nothing_else()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(120, seed: 22));

        var page = await RenderAsync(runs, TestRuns.Chain);

        Assert.DoesNotContain("http://", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https://", page, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Reference().Matches(page));
        Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>", page.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        AssertBalanced(page);
    }

    [Fact]
    public async Task What_steps_found_and_the_certificate_are_on_the_page()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(120, seed: 24));

        var page = await RenderAsync(runs, TestRuns.Chain + """
              - { id: choose, type: select_rows, config: { features: { columns: [id, amount] }, count: 17, action: flag } }
            """);

        Assert.Contains("<tr><td>keys crossing sets</td><td>0</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<h3>choose</h3>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td>chosen</td><td>17</td></tr>", page, StringComparison.Ordinal);
        AssertBalanced(page);
    }

    [Fact]
    public async Task Pairs_that_were_judged_are_not_rows_that_are_gone()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,name\n1,Anna Smith\n2,Anna Smyth\n3,Bert Jones\n4,Anna Smith\n");

        var page = await RenderAsync(runs, TestRuns.Source + "  - { id: one, type: resolve, config: { on: [name], unsure_from: 0.3, similarity_threshold: 0.5 } }\n");

        Assert.Contains("""<div class="tile"><b>0</b><span>rows rejected</span></div>""", page, StringComparison.Ordinal);
        Assert.Contains("No row was rejected.", page, StringComparison.Ordinal);
        Assert.Matches("4 read \\+ (\\d) made = 4 kept \\+ \\1 rejected\\. \\1 of those rejected are pairs of rows that were judged \\(\\d [a-z_, 0-9]+\\): a pair is a row that was made while it is judged, and no row of the table\\.", page);
    }

    [Fact]
    public async Task A_refused_gate_is_on_the_page()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(120, seed: 23));
        var run = await runs.RunAsync(TestRuns.Source + "  - { id: gate, type: quality_validation, config: { min_quality_score: 100 } }\n");

        var page = HtmlReport.Render(null, await runs.RecordAsync(run.Outcome), TimeSpan.FromSeconds(1.5));

        Assert.Contains("No version was committed.", page, StringComparison.Ordinal);
        Assert.Contains("1.5 s", page, StringComparison.Ordinal);
        Assert.Contains(System.Net.WebUtility.HtmlEncode(run.Outcome.GateFailure!), page, StringComparison.Ordinal);
        AssertBalanced(page);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(900)]
    public async Task The_page_stays_small_with_many_columns(int columns)
    {
        await using var runs = new TestRuns();
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, columns).Select(c => $"column_{c}"))).Append('\n');
        for (var row = 0; row < 40; row++)
        {
            text.AppendJoin(',', Enumerable.Range(0, columns).Select(c => c % 2 == 0 ? $"{row * c % 17}" : $"value {row % (c + 1)}")).Append('\n');
        }

        runs.Write("data.csv", text.ToString());

        var page = await RenderAsync(runs, TestRuns.Source, batchBytes: 1 << 20);

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 1_500_000);
        Assert.Equal(300, page.Split("<article ").Length - 1);
        Assert.Equal(columns > 300, page.Contains("and 600 more columns", StringComparison.Ordinal));
    }

    static async Task<string> RenderAsync(TestRuns runs, string yaml, long batchBytes = 600)
    {
        var run = await runs.RunAsync(yaml, batchBytes: batchBytes);
        var (_, manifest) = await runs.Catalogue.ShowAsync("t", "latest", default);
        return HtmlReport.Render(manifest, await runs.RecordAsync(run.Outcome));
    }

    static void AssertBalanced(string page)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(page))
        {
            var name = tag.Groups["name"].Value;
            if (tag.Groups["end"].Length > 0)
            {
                Assert.Equal(name, open.Pop());
            }
            else if (tag.Groups["self"].Length == 0 && name is not ("meta" or "br"))
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
    }

    [GeneratedRegex("<(?<end>/?)(?<name>[a-z][a-z0-9]*)[^>]*?(?<self>/?)>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\b(src|href|action|xlink:href)\\s*=|url\\(|@import|<(script|link|iframe|object|embed|base)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Reference();
}
