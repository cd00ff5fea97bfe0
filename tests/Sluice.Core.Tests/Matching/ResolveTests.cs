using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Datasets;
using Sluice.Llm;
using Sluice.Matching;
using Sluice.Runs;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Matching;

/// <summary>Rows that mean the same thing, found by similarity and by asking.</summary>
public sealed class ResolveTests
{
    const string Csv = "id,company,city\n1,Northwind Traders,Bonn\n2,Northwind Trading Limited,Bonn\n3,Northwind Traders,\n4,Contoso Pharma,Ulm\n5,Fabrikam,Jena\n6,,\n";

    static string Yaml(string resolve) => TestRuns.Source + $"  - {{ id: one, type: resolve, config: {{ on: [company], unsure_from: 0.3, pii: allow, {resolve} }} }}\n";

    static JsonObject SameBeginning(JsonElement data) => Names(data) is var names && data.GetProperty("_rows").GetArrayLength() == 2
        ? new JsonObject { ["same"] = names[0][..7] == names[1][..7] }
        : throw new InvalidOperationException("A pair has two rows.");

    static string[] Names(JsonElement data) => [.. data.GetProperty("_rows").EnumerateArray().Select(r => r.GetProperty("company").GetString()!)];

    static Task<(List<string> Rows, RunRecord Record, VersionManifest Manifest)> RunAsync(
        string resolve, LanguageModels? models, string csv = Csv, long batchBytes = 600, int deliveries = 1) =>
        TestRuns.OnceAsync(Yaml(resolve), models, new Dictionary<string, string> { ["data.csv"] = csv }, batchBytes, deliveries);

    static string[] Without(IEnumerable<string> rows) => [.. rows.Select(r => r[..r.LastIndexOf('|')])];

    static int Entities(IEnumerable<string> rows) => rows.Select(r => r[(r.LastIndexOf('|') + 1)..]).Where(id => id.Length > 0).Distinct().Count();

    [Fact]
    public async Task Every_row_stays_and_rows_of_an_entity_are_written_alike_and_have_its_id()
    {
        var models = new ScriptedModels { Row = SameBeginning };

        var (rows, record, manifest) = await RunAsync("", models);

        Assert.Equal(["1|Northwind Traders|Bonn", "2|Northwind Traders|Bonn", "3|Northwind Traders|", "4|Contoso Pharma|Ulm", "5|Fabrikam|Jena", "6||"], Without(rows));
        Assert.Equal(3, Entities(rows));
        Assert.EndsWith("|", rows[5], StringComparison.Ordinal);
        Assert.Equal(1, record.Steps[^1].Changed["resolve:company"]);
        Assert.Equal(record.Made!["pairs"], record.Rejected.Values.Sum());
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        var shown = manifest.Steps[^1].Fitted!.Value;
        Assert.Equal((1, 2), (shown.GetProperty("entities").GetInt32(), shown.GetProperty("ways_of_writing").GetInt32()));
        Assert.Equal(1, shown.GetProperty("candidate_recall").GetProperty("recall").GetDouble());
        Assert.DoesNotContain("Northwind", JsonSerializer.Serialize(manifest.Steps.Select(s => s.Fitted)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_similarity_decides_and_says_so()
    {
        var (rows, record, _) = await RunAsync("similarity_threshold: 0.7, canonical: ask", null);

        Assert.Equal(record.RowsRead, rows.Count);
        Assert.True(record.Steps.Sum(s => s.Failures.GetValueOrDefault("llm_not_asked")) > 0);
        Assert.Null(record.Cost);
    }

    [Fact]
    public async Task A_model_may_write_what_stands_for_an_entity_and_is_asked_once_for_each()
    {
        var models = new ScriptedModels
        {
            Row = SameBeginning,
            Call = call => call.Request.System!.Contains("the one right way", StringComparison.Ordinal) ? call.Answer(_ => new JsonObject { ["company"] = "Northwind Ltd" }) : null,
        };

        var (rows, record, _) = await RunAsync("canonical: ask", models);

        Assert.Equal(["1|Northwind Ltd|Bonn", "2|Northwind Ltd|Bonn", "3|Northwind Ltd|", "4|Contoso Pharma|Ulm", "5|Fabrikam|Jena", "6||"], Without(rows));
        Assert.Equal(1, models.Calls.Count(c => c.System!.Contains("the one right way", StringComparison.Ordinal)));
        Assert.Equal(3, record.Steps[^1].Changed["answer:company"]);
    }

    [Theory]
    [InlineData("canonical: first", "Northwind Trading Limited")]
    [InlineData("canonical: best", "Northwind Traders")]
    [InlineData("canonical: latest, latest_by: at", "Northwind Trader Inc")]
    [InlineData("canonical: most", "Northwind Traders")]
    public async Task The_values_that_stand_are_those_of_the_policy(string policy, string expected)
    {
        var (rows, _, _) = await RunAsync(
            policy + ", columns: [city, at]", new ScriptedModels { Row = SameBeginning },
            "company,city,at\nNorthwind Trading Limited,,3\nNorthwind Traders,Bonn,1\nNorthwind Traders,Bonn,1\nNorthwind Trader Inc,,9\n");

        Assert.All(rows, row => Assert.StartsWith(expected + "|", row, StringComparison.Ordinal));
        Assert.Equal(1, Entities(rows));
    }

    [Fact]
    public async Task What_was_said_to_differ_is_not_joined_by_a_third()
    {
        // a is b and b is c, but a is not c: the less similar of the two pairs goes.
        var models = new ScriptedModels { Row = data => new JsonObject { ["same"] = !Names(data).Order(StringComparer.Ordinal).SequenceEqual(["alpha beta gamma", "alpha beta gamma delta epsilon"]) } };

        var (rows, record, manifest) = await RunAsync("", models, "company\nalpha beta gamma\nalpha beta gamma delta\nalpha beta gamma delta epsilon\n");

        Assert.Equal(2, Entities(rows));
        Assert.Equal(1, record.Rejected["contradiction"]);
        Assert.Equal(1, manifest.Steps[^1].Fitted!.Value.GetProperty("contradictions").GetInt32());
    }

    [Fact]
    public async Task A_version_is_the_same_however_the_input_is_cut_and_delivered()
    {
        foreach (var canonical in new[] { "most", "first" })
        {
            var found = new HashSet<string>();
            foreach (var (bytes, deliveries) in new[] { (120L, 1), (100_000L, 2) })
            {
                var (rows, _, _) = await RunAsync($"canonical: {canonical}", new ScriptedModels { Row = Even }, Many(20), bytes, deliveries);
                found.Add(string.Join('\n', rows));
            }

            Assert.Single(found);
        }
    }

    [Fact]
    public async Task Rows_have_the_same_entity_in_any_order()
    {
        var lines = Many(20).TrimEnd('\n').Split('\n');

        var (rows, _, _) = await RunAsync("", new ScriptedModels { Row = Even }, Many(20));
        var (turned, _, _) = await RunAsync("", new ScriptedModels { Row = Even }, string.Join('\n', lines.Skip(1).Reverse().Prepend(lines[0])) + "\n", 150);

        Assert.Equal(rows.Order(StringComparer.Ordinal), turned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_killed_pays_for_no_answer_twice() =>
        await KilledRuns.CheckAsync(Yaml("batch_size: 5, concurrency: 1"), Even, new Dictionary<string, string> { ["data.csv"] = Many(10) }, 120, atMost: 12);

    [Fact]
    public async Task The_parts_of_the_step_share_its_budget()
    {
        var models = new ScriptedModels { Row = SameBeginning };

        var error = await Assert.ThrowsAsync<BudgetException>(() => RunAsync("canonical: ask, budget_usd: 0.0000001", models));

        Assert.Contains("Step 'one' may spend", (error.InnerException ?? error).Message, StringComparison.Ordinal);
        Assert.Empty(models.Calls);
    }

    [Theory]
    [InlineData("latest_by: city", "'latest_by' belongs to canonical: latest")]
    [InlineData("canonical: latest", "'latest_by' belongs to canonical: latest")]
    [InlineData("entity_column: city", "Column 'city' is there already.")]
    [InlineData("columns: [town]", "Column 'town' does not exist here.")]
    [InlineData("max_rows: 1", "more than 1 different rows in company")]
    public async Task Options_that_cannot_be_are_refused(string resolve, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(resolve, null));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_with_a_name_that_the_step_needs_is_refused()
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync("", null, "company,_rows\na,b\n"));

        Assert.Contains("Column '_rows' has a name that this step needs while it works.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entities_do_not_depend_on_the_order_of_pairs_and_never_join_what_was_said_to_differ() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte, byte, bool)[]>(), ArbMap.Default.ArbFor<int>(), (drawn, seed) =>
        {
            var pairs = drawn.Select(d => (First: d.Item1 % 8, Second: d.Item2 % 8, d.Item3, d.Item4)).Where(d => d.First < d.Second)
                .DistinctBy(d => (d.First, d.Second)).Select(d => new DecidedPair(d.First, d.Second, d.Item3 / 255.0, d.Item4, IsSaid: true)).ToList();
            DecidedPair[] other = [.. pairs];
            new Random(seed).Shuffle(other);

            var (one, two) = (new EntityClusters(8, pairs), new EntityClusters(8, other));

            return Enumerable.Range(0, 8).All(i => one.Of(i) == two.Of(i))
                && pairs.All(p => p.IsSame ? one.Of(p.First) == one.Of(p.Second) || one.IsDropped(p.First, p.Second) : one.Of(p.First) != one.Of(p.Second));
        }).QuickCheckThrowOnFailure();

    static JsonObject Even(JsonElement data) => new() { ["same"] = string.Concat(Names(data)).Length % 2 == 0 };

    static string Many(int rows) => "id,company\n" + string.Concat(Enumerable.Range(0, rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{i},{(char)('a' + (i % 7))}works {(i % 3 == 0 ? "trading" : "traders")} {(char)('p' + (i / 9))}north\n")));
}
