using System.Runtime.CompilerServices;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Profiles.Kpis;
using Sluice.Reports;
using Sluice.Storage;
using Sluice.Tests.Runs;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Profiles;

public sealed class KpiTests
{
    static readonly DateOnly today = new(2026, 1, 31);

    static readonly Batch table = Tables.Of(
        ("source", Tables.Words(8, i => i == 7 ? null : i < 4 ? "web" : i < 6 ? " shop" : "fax")),
        ("kind", Tables.Words(8, i => i % 2 == 0 ? "car" : "bus")),
        ("one", Tables.Words(8, _ => "same")),
        ("at", new ValueColumn<int>(ColumnType.Date, [.. Enumerable.Range(0, 8).Select(i => today.DayNumber - new DateOnly(1970, 1, 1).DayNumber - new[] { 0, 1, 2, 7, 8, 400, 9999, -3 }[i])])),
        ("text", Tables.Words(8, i => i % 2 == 0 ? "Ships enter the harbour." : "Violins need rosin.")));

    static readonly KpiOptions all = KpiOptions.Parse("""
        coverage: [{ column: source, expected: [web, shop, phone] }]
        diversity: { columns: [kind, one], text: text, model: hashing-64 }
        freshness: { column: at }
        """, null);

    [Fact]
    public async Task Every_figure_is_counted()
    {
        var kpis = await OfAsync(all, table);

        var coverage = Assert.Single(kpis.Coverage);
        Assert.Equal((0.666667, 1L, 1L), (coverage.Share, coverage.UnexpectedRows, coverage.WithoutValue));
        Assert.Equal([new("web", 4), new("shop", 2)], coverage.Present);
        Assert.Equal(["phone"], coverage.Missing);
        Assert.Equal([new("fax", 1)], coverage.Unexpected);
        Assert.Equal([("kind", 2, 1, 2), ("one", 1, 0, 1)], kpis.Diversity.Select(d => (d.Column, d.Categories, d.Evenness, d.Effective)));
        var freshness = kpis.Freshness!;
        Assert.Equal((today, 1L, 0L, 7.0, "2026-02-03"), (freshness.AsOf, freshness.Future, freshness.WithoutValue, freshness.MedianDays, freshness.Newest));
        Assert.Equal([(1, 2L), (7, 2L), (30, 1L), (90, 0L), (365, 0L), (1095, 1L), (3650, 0L), (null, 1L)], freshness.Ages.Select(a => (a.UpToDays, a.Rows)));
        Assert.Equal((2, 8L, false), (kpis.Vendi!.Different, kpis.Vendi.Texts, kpis.Vendi.IsSample));
        Assert.InRange(kpis.Vendi.Score, 1.5, 2);
        Assert.Empty(kpis.Notes);
    }

    [Fact]
    public async Task Batches_and_their_order_do_not_show()
    {
        var one = ProfilePage(await OfAsync(all, table));

        Assert.Equal(one, ProfilePage(await OfAsync(all, [.. Enumerable.Range(0, 8).Reverse().Select(i => table.Slice(i, i + 1))])));
        Assert.Contains("<h2>Key figures</h2>", one, StringComparison.Ordinal);
        Assert.Contains("Coverage of source: 2 of 3 expected (66.7%)", one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_category_is_noted_and_no_rows_are_no_problem()
    {
        var options = KpiOptions.Parse("{ coverage: [{ column: id, expected: [a] }], diversity: { columns: [id] } }", null);

        var many = await OfAsync(options, Tables.Of(("id", Tables.Words(1_001, i => $"{i}"))));
        var none = await OfAsync(all, table.Slice(0, 0));

        Assert.StartsWith("'id' has more than 1,000 different values", Assert.Single(many.Notes), StringComparison.Ordinal);
        Assert.Empty(many.Coverage);
        Assert.Empty(many.Diversity);
        Assert.Equal((0L, 0.0, null, null), (none.Rows, none.Coverage[0].Share, none.Vendi, none.Freshness));
    }

    [Fact]
    public async Task Every_wrong_column_is_named()
    {
        var options = KpiOptions.Parse("{ coverage: [{ column: no, expected: [a] }], diversity: { columns: [nor], text: at, model: nothing }, freshness: { column: kind } }", null);

        var error = await Assert.ThrowsAsync<PipelineException>(() => OfAsync(options, table));

        Assert.Equal(
            ["coverage[0].column", "diversity.columns[0]", "diversity.text", "diversity.model", "freshness.column"], error.Problems.Select(p => p.Message.Split(':')[0]));
        Assert.Contains("expected dates or times. Make them such with the step fix_types.", error.Problems[^1].Message, StringComparison.Ordinal);
        Assert.StartsWith("k.yaml:1:14: freshness needs the option 'column'", Assert.Throws<PipelineException>(() => KpiOptions.Parse("{ freshness: { colum: at } }", "k.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_pass_that_no_validation_fails_and_missing_values_are_not_wrong()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,age\n1,20\n2,-5\n3,\n4,900\n4,900\n");
        var run = await runs.RunAsync(TestRuns.Source + """
              - id: check
                type: quality_validation
                config:
                  checks: [missing, outliers]
                  business_rules: [{ type: range, column: age, min: 0, max: 150 }, { type: unique, column: id }]
              - { id: adults, type: filter, config: { condition: age > 30 } }
            """);
        var (_, manifest) = await runs.Catalogue.ShowAsync(run.Outcome.Dataset, "latest", CancellationToken.None);
        var record = await runs.RecordAsync(run.Outcome);

        var found = (await RowsThatPass.OfAsync(runs.Files, record, manifest.Steps, CancellationToken.None))!;

        Assert.Equal((0.4, 5L, 3L), (found.Share, found.Rows, found.Failing));
        Assert.Equal(["check"], found.Validations);
        Assert.Equal([new("out_of_range", 3), new("not_unique", 1)], found.Reasons);
        Assert.Null(await RowsThatPass.OfAsync(runs.Files, record, [.. manifest.Steps.Where(s => s.Type == "filter")], CancellationToken.None));
    }

    [Fact]
    public void The_vendi_score_is_1_for_copies_and_their_number_for_texts_with_nothing_in_common()
    {
        float[] Axes(int count) => [.. Enumerable.Range(0, count * count).Select(i => i / count == i % count ? 2f : 0f)];

        Assert.Equal(1, Vendi([1f, 2, 2, 4, 3, 6], 2), 9);
        Assert.Equal(5, Vendi(Axes(5), 5), 9);

        // Two kinds, one three times as often: 0.75 and 0.25.
        Assert.Equal(Math.Exp(-(0.75 * Math.Log(0.75)) - (0.25 * Math.Log(0.25))), Vendi([1f, 0, 0, 1], 2, 3, 1), 9);
    }

    [Fact]
    public void Eigenvalues_are_those_of_the_similarities_themselves()
    {
        var random = new Random(3);
        foreach (var (rows, dimensions) in new[] { (1, 4), (6, 3), (3, 6), (20, 12) })
        {
            var vectors = Enumerable.Range(0, rows * dimensions).Select(_ => (float)Tables.Normal(random)).ToArray();
            var similar = new double[rows, rows];
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < rows; j++)
                {
                    similar[i, j] = Vectors.Cosine(vectors.AsSpan(i * dimensions, dimensions), vectors.AsSpan(j * dimensions, dimensions)) / rows;
                }
            }

            var entropy = SymmetricEigenvalues.Of(similar).Where(e => e > 1e-14).Sum(e => -e * Math.Log(e));
            Assert.Equal(Math.Exp(entropy), Vendi(vectors, dimensions), 5);
        }
    }

    static double Vendi(float[] vectors, int dimensions, params long[] copies) =>
        VendiScore.Of(new VectorRows(vectors, dimensions), copies.Length > 0 ? copies : [.. Enumerable.Repeat(1L, vectors.Length / dimensions)], CancellationToken.None);

    static string ProfilePage(KpiReport kpis) => ProfileReport.Render("t", new() { Rows = 0, Columns = [], Associations = [], Notes = [] }, kpis: kpis);

    static async Task<KpiReport> OfAsync(KpiOptions options, params Batch[] batches)
    {
        await using var store = new MemoryStore();
        return await KpiLook.OfAsync(options, new Given(batches), null, today, new VectorStore(store), CancellationToken.None);
    }

    sealed class Given(Batch[] batches) : DatasetRows
    {
        public override Schema Schema => batches[0].Schema;

        public override long Rows => batches.Sum(b => (long)b.Rows);

        public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            foreach (var batch in batches)
            {
                await Task.Yield();
                yield return batch;
            }
        }
    }
}
