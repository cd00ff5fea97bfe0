using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Datasets;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Joins;

/// <summary>Joins by what is written alike, with a model for the pairs that similarity leaves open.</summary>
public sealed class FuzzyJoinTests
{
    const string Orders = "id,company\n1,Northwind Traders\n2,Northwind Trading Limited\n3,Contoso Pharma\n4,Quux\n5,\n";
    const string Companies = "company,city\nNorthwind Traders,Bonn\nContoso Pharmaceuticals,Ulm\nContoso Farms,Kiel\nFabrikam,Jena\n";

    static string Yaml(string join) => TestRuns.Source + $"  - {{ id: joined, type: fuzzy_join, config: {{ file: table.csv, on: [company], table_columns: [city], {join} }} }}\n";

    /// <summary>Says that two names are the same when they begin with the same word and one says what the other does; writes down nothing.</summary>
    static JsonObject SameBeginning(JsonElement data)
    {
        var names = Names(data);
        return new JsonObject { ["same"] = names[0][..7] == names[^1][..7] && !names[^1].EndsWith("Farms", StringComparison.Ordinal) };
    }

    static string[] Names(JsonElement data) => [.. data.GetProperty("_rows").EnumerateArray().Select(r => r.GetProperty("company").GetString()!)];

    static Task<(List<string> Rows, RunRecord Record, VersionManifest Manifest)> RunAsync(
        string join, LanguageModels? models, string left = Orders, string right = Companies, long batchBytes = 600, int deliveries = 1) =>
        TestRuns.OnceAsync(Yaml(join), models, new Dictionary<string, string> { ["data.csv"] = left, ["table.csv"] = right }, batchBytes, deliveries);

    [Fact]
    public async Task The_model_is_asked_for_unsure_pairs_alone_and_decides_them()
    {
        var models = new ScriptedModels { Row = SameBeginning };

        var (rows, record, _) = await RunAsync("unsure_from: 0.3, pii: allow", models);

        Assert.Equal(["1|Northwind Traders|Bonn", "2|Northwind Trading Limited|Bonn", "3|Contoso Pharma|Ulm"], rows.Select(r => r[..r.LastIndexOf('|')]));
        Assert.EndsWith("|1", rows[0], StringComparison.Ordinal);

        // The first has a match that is sure, and only the best is wanted.
        Assert.Equal(["Contoso Pharma", "Northwind Trading Limited"], models.Asked.Keys.Select(data => Names(JsonDocument.Parse(data).RootElement)[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, record.Rejected["no_match"]);
        Assert.True(record.Rejected["not_same"] > 0);
    }

    [Fact]
    public async Task Without_a_model_similarity_decides_and_every_pair_that_would_be_asked_is_evidence()
    {
        var (rows, record, _) = await RunAsync("unsure_from: 0.3, similarity_threshold: 0.7", null);

        Assert.Contains(rows, row => row.StartsWith("1|Northwind Traders|Bonn|1", StringComparison.Ordinal));
        Assert.True(record.Steps.Single(s => s.Step.Contains("same_pairs", StringComparison.Ordinal)).Failures["llm_not_asked"] > 0);
        Assert.Contains("similarity_threshold decided", record.Evidence.SelectMany(e => e.Rules).First(r => r.Reason == "llm_not_asked").Detail, StringComparison.Ordinal);
        Assert.Null(record.Cost);
    }

    [Fact]
    public async Task A_left_join_keeps_rows_without_a_match_without_values()
    {
        var (rows, record, _) = await RunAsync("unsure_from: 0.3, how: left", new ScriptedModels { Row = _ => new JsonObject { ["same"] = false } });

        Assert.Equal(["1|Northwind Traders|Bonn|1", "2|Northwind Trading Limited||", "3|Contoso Pharma||", "4|Quux||", "5|||"], rows);
        Assert.False(record.Rejected.ContainsKey("no_match"));
    }

    [Theory]
    [InlineData("best", "1|Acme|x;2|Acme|x;3|Acme|x")]
    [InlineData("one_to_one", "1|Acme|x;2|Acme|y")]
    [InlineData("all", "1|Acme|x;1|Acme|y;2|Acme|x;2|Acme|y;3|Acme|x;3|Acme|y")]
    public async Task Matches_that_are_kept_are_those_that_are_asked_for(string matches, string expected)
    {
        foreach (var bytes in new[] { 15L, 600 })
        {
            var (rows, record, _) = await RunAsync($"matches: {matches}", null, "id,company\n1,Acme\n2,Acme\n3,Acme\n", "company,city\nAcme,x\nAcme,y\n", bytes);

            Assert.Equal(expected.Split(';').Select(r => r + "|1"), rows);
            Assert.Equal(matches == "one_to_one" ? 1 : 0, record.Rejected.GetValueOrDefault("no_match"));
        }
    }

    [Fact]
    public async Task One_to_one_takes_the_most_similar_pairs_first()
    {
        var (rows, _, _) = await RunAsync(
            "matches: one_to_one, unsure_from: 0.5, similarity_threshold: 0.5, sure_from: 0.5", null, "id,company\n1,Contoso Pharm\n2,Contoso Pharma\n", "company,city\nContoso Pharma,Ulm\nContoso Pharmacy,Kiel\n");

        Assert.Equal(["1|Contoso Pharm|Kiel", "2|Contoso Pharma|Ulm"], rows.Select(r => r[..r.LastIndexOf('|')]));
    }

    [Fact]
    public async Task A_version_is_the_same_however_the_input_is_cut_and_delivered()
    {
        var (left, right) = (Left(24), Right(14));
        foreach (var matches in new[] { "best", "one_to_one", "all" })
        {
            var found = new HashSet<string>();
            foreach (var (bytes, deliveries) in new[] { (150L, 1), (100_000L, 2) })
            {
                var (rows, _, _) = await RunAsync($"matches: {matches}, how: left, unsure_from: 0.4", new ScriptedModels { Row = Even }, left, right, bytes, deliveries);
                found.Add(string.Join('\n', rows));
            }

            Assert.Single(found);
        }
    }

    [Fact]
    public async Task Each_row_has_the_same_match_in_any_order_of_rows()
    {
        var (rows, _, _) = await RunAsync("unsure_from: 0.4, how: left", new ScriptedModels { Row = Even }, Left(24), Right(14));
        var lines = Left(24).TrimEnd('\n').Split('\n');
        var turned = string.Join('\n', lines.Skip(1).Reverse().Prepend(lines[0])) + "\n";

        var (other, _, _) = await RunAsync("unsure_from: 0.4, how: left", new ScriptedModels { Row = Even }, turned, Right(14), 200);

        Assert.Equal(rows.Order(StringComparer.Ordinal), other.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_killed_pays_for_no_answer_twice() => await KilledRuns.CheckAsync(
        Yaml("unsure_from: 0.4, batch_size: 5, concurrency: 1"), Even, new Dictionary<string, string> { ["data.csv"] = Left(14), ["table.csv"] = Right(8) }, 150);

    [Fact]
    public async Task Equal_pairs_are_one_question()
    {
        var models = new ScriptedModels { Row = SameBeginning };

        await RunAsync("unsure_from: 0.3", models, Orders + "6,Contoso Pharma\n7,Contoso Pharma\n");

        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task The_recall_of_the_search_for_candidates_is_measured_and_stands_in_the_version()
    {
        var (_, _, manifest) = await RunAsync("unsure_from: 0.3, recall_sample: 100", new ScriptedModels { Row = SameBeginning });

        var recall = manifest.Steps[^1].Fitted!.Value.GetProperty("candidate_recall");
        Assert.Equal((3, 3, 1.0), (recall.GetProperty("pairs").GetInt32(), recall.GetProperty("found").GetInt32(), recall.GetProperty("recall").GetDouble()));
        Assert.InRange(recall.GetProperty("low").GetDouble(), 0.3, 0.6);
        Assert.Equal(1, recall.GetProperty("high").GetDouble());
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(0, 0)]
    public async Task What_the_search_misses_lowers_the_recall_and_is_used(int sample, int expected)
    {
        // One word with slips in its first and in its last letters, which are what candidates are found by.
        var (rows, _, manifest) = await RunAsync(
            $"recall_sample: {sample}, sure_from: 0.85", null, "id,company\n1,axcdefghijklmnopqrsxu\n", "company,city\nabcdefghijklmnopqrstu,x\nother,y\n");

        var recall = manifest.Steps[^1].Fitted!.Value.GetProperty("candidate_recall");
        Assert.Equal((expected, 0), (recall.GetProperty("pairs").GetInt32(), recall.GetProperty("found").GetInt32()));
        Assert.Equal(expected, rows.Count);
    }

    [Fact]
    public async Task A_row_without_an_answer_goes_by_similarity_and_is_evidence()
    {
        var (rows, record, _) = await RunAsync(
            "unsure_from: 0.3, similarity_threshold: 0.7, gleanings: 0", new ScriptedModels { Row = _ => new JsonObject { ["same"] = "perhaps" } });

        Assert.Contains(rows, row => row.StartsWith("1|", StringComparison.Ordinal));
        Assert.True(record.Steps.Sum(s => s.Failures.GetValueOrDefault("llm_invalid_answer:") + s.Failures.GetValueOrDefault("llm_invalid_answer")) > 0);
    }

    [Fact]
    public async Task Personal_data_is_numbered_so_that_two_people_stay_two()
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["same"] = false } };

        await RunAsync("unsure_from: 0.2, matches: all", models, "id,company\n1,shop ann@example.com\n", "company,city\nshop bob@example.com,x\nshop  ANN@example.com!,y\n");

        var sent = string.Join('\n', models.Asked.Keys);
        Assert.DoesNotContain("example.com", sent, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<EMAIL_1>", sent, StringComparison.Ordinal);
        Assert.Contains("<EMAIL_2>", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_beyond_the_budget_is_not_made()
    {
        var models = new ScriptedModels { Row = SameBeginning };

        await Assert.ThrowsAsync<BudgetException>(() => RunAsync("unsure_from: 0.3, budget_usd: 0.0000001", models));

        Assert.Empty(models.Calls);
    }

    [Theory]
    [InlineData("unsure_from: 0.9", "Expected unsure_from <= similarity_threshold <= sure_from.")]
    [InlineData("table_on: [a, b]", "'table_on' has 2 columns and 'on' has 1.")]
    [InlineData("table_on: [name]", "Column 'name' does not exist here.")]
    [InlineData("score_column: city", "Two columns would be called 'city'.")]
    [InlineData("prompt: 'as in {{ kind }}'", "Column 'kind' does not exist here.")]
    public async Task Options_that_cannot_be_are_refused(string join, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(join, null));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_different_rows_than_may_be_held_stop_the_run()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("max_rows: 2", null));

        Assert.Contains("more than 2 different values in company", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,company\n1,\"a\nb, \"\"x\"\"\"\n2,\u0001\n3,😀 \ud83d\ude00 é\n", "company,city\n\"[{]\\\",1\n,2\n")]
    [InlineData("id,company\n1,\n2,\n", "company,city\nx,1\n")]
    public async Task Hostile_tables_pass(string left, string right)
    {
        var (rows, record, _) = await RunAsync("how: left, unsure_from: 0, similarity_threshold: 0.5", new ScriptedModels { Row = _ => new JsonObject { ["same"] = false } }, left, right);

        Assert.Equal(record.RowsRead, rows.Count);
    }

    static JsonObject Even(JsonElement data) => new() { ["same"] = string.Concat(Names(data)).Length % 2 == 0 };

    static string Left(int rows) => "id,company\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{Name(i % (rows * 3 / 4))}\n")));

    static string Right(int rows) => "company,city\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Name(i)} Limited,c{i}\n")));

    static string Name(int i) => $"{(char)('a' + (i % 7))}{(char)('k' + (i % 5))}works {(i % 3 == 0 ? "trading" : "traders")} {(char)('p' + (i / 7))}north";
}
