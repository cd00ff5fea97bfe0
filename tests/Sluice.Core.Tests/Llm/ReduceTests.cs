using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Datasets;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>One answer for each group of rows.</summary>
public sealed class ReduceTests
{
    const string Csv = "team,note,at\nred,late,2\nblue,good,5\nred,early,1\nred,late,2\n,alone,9\n";

    static string Yaml(string reduce) => TestRuns.Source + $"  - {{ id: all, type: reduce, config: {{ group_by: [team], prompt: 'Sum up each {{{{ note }}}}', output: [{{ name: summary }}], {reduce} }} }}\n";

    /// <summary>The notes, or the summaries of parts, one behind the other.</summary>
    static JsonObject Together(JsonElement data) => new()
    {
        ["summary"] = string.Join('+', data.GetProperty("_rows").EnumerateArray().Select(r => (r.TryGetProperty("note", out var note) ? note : r.GetProperty("summary")).GetString())),
    };

    static Task<(List<string> Rows, RunRecord Record, VersionManifest Manifest)> RunAsync(
        string reduce, LanguageModels? models, string csv = Csv, long batchBytes = 600, int deliveries = 1) =>
        TestRuns.OnceAsync(Yaml(reduce), models, new Dictionary<string, string> { ["data.csv"] = csv }, batchBytes, deliveries);

    [Fact]
    public async Task A_group_becomes_one_row_with_the_answer_to_all_of_its_rows()
    {
        var models = new ScriptedModels { Row = Together };

        var (rows, record, manifest) = await RunAsync("count_column: rows", models);

        Assert.Equal(["red|3|early+late+late", "blue|1|good", "|1|alone"], rows);
        Assert.Equal(3, models.Asked.Count);
        Assert.Equal(2, record.Rejected["reduced"]);
        Assert.DoesNotContain("early", JsonSerializer.Serialize(manifest.Steps.Select(s => s.Fitted)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_rows_of_a_group_stay_with_its_answer_where_that_is_asked_for()
    {
        foreach (var bytes in new[] { 20L, 10_000 })
        {
            var models = new ScriptedModels { Row = Together };

            var (rows, record, _) = await RunAsync("keep_rows: true, fold_size: 2, count_column: n", models, Csv + "none,,1\n", bytes, deliveries: 2);

            // A group without a single value is no question.
            Assert.Equal(["red|late|2|3|early+late+late", "blue|good|5|1|good", "red|early|1|3|early+late+late", "red|late|2|3|early+late+late", "|alone|9|1|alone", "none||1|1|"], rows);
            Assert.Equal(3, models.Asked.Count);
            Assert.All(models.Asked.Values, times => Assert.Equal(1, times));
            Assert.Empty(record.Rejected);
        }
    }

    [Theory]
    [InlineData("count_column: note", "Column 'note' is there already, and keep_rows keeps it. Choose another name.")]
    public async Task What_keeping_rows_cannot_do_is_refused(string options, string expected)
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync($"keep_rows: true, {options}", new ScriptedModels { Row = Together }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_text_than_may_be_held_for_each_row_stops_the_run()
    {
        var csv = "team,note\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"red,{i} {new string('x', 20)}\n"));

        var error = await Assert.ThrowsAsync<DataException>(() => RunAsync("keep_rows: true, max_mb: 1", new ScriptedModels { Row = Together }, csv, 100_000));

        Assert.StartsWith("reduce: with keep_rows a group's text counts for each of its rows, and that is more than 1 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_sent_in_the_order_that_is_asked_for()
    {
        var (rows, _, _) = await RunAsync("order_by: at", new ScriptedModels { Row = Together }, "team,note,at\nred,a,10\nred,b,9\nred,c,\nred,d,-1\n");

        Assert.Equal(["red|c+d+b+a"], rows);
    }

    [Theory]
    [InlineData(2, 1, 4)]
    [InlineData(2, 2, 6)]
    [InlineData(2, 3, 6)]
    [InlineData(2, 0, 1)]
    [InlineData(100, 1, 1)]
    public async Task A_long_group_is_folded_and_no_row_is_lost(int foldSize, int levels, int calls)
    {
        foreach (var bytes in new[] { 20L, 10_000 })
        {
            var models = new ScriptedModels { Row = Together };

            var (rows, record, _) = await RunAsync(
                $"fold_size: {foldSize}, fold_levels: {levels}, count_column: n", models, "team,note\n" + string.Concat("fcadbe".Select(note => $"red,{note}\n")) + "blue,x\n", bytes);

            Assert.Equal(["red|6|a+b+c+d+e+f", "blue|1|x"], rows);

            // The blue group is one question more.
            Assert.Equal(calls + 1, models.Asked.Count);
            Assert.Equal(record.RowsRead + (record.Made?.Values.Sum() ?? 0), rows.Count + record.Rejected.Values.Sum());
        }
    }

    [Fact]
    public async Task A_group_with_a_chunk_without_an_answer_has_none()
    {
        var models = new ScriptedModels
        {
            Row = Together,
            Call = call => call.Items.Any(i => i.GetRawText().Contains("\"c\"", StringComparison.Ordinal)) ? call.Answer("no", AnswerFinish.Refused) : null,
        };

        var (rows, record, _) = await RunAsync("fold_size: 2, batch_size: 1", models, "team,note\nred,a\nred,b\nred,c\nred,d\nblue,x\n");

        Assert.Equal(["red|", "blue|x"], rows);
        Assert.Equal(1, record.Steps.Sum(s => s.Failures.GetValueOrDefault("llm_partial_group")));
        Assert.Equal(1, record.Steps.Sum(s => s.Failures.GetValueOrDefault("llm_refused")));
    }

    [Fact]
    public async Task A_version_is_the_same_however_the_input_is_cut_delivered_and_within_groups_ordered()
    {
        var found = new HashSet<string>();
        foreach (var (bytes, deliveries) in new[] { (60L, 1), (100_000L, 2) })
        {
            var (rows, _, _) = await RunAsync("fold_size: 3", new ScriptedModels { Row = Together }, Many(24), bytes, deliveries);
            found.Add(string.Join('\n', rows));
        }

        Assert.Single(found);
        var lines = Many(24).TrimEnd('\n').Split('\n');
        var (turned, _, _) = await RunAsync("fold_size: 3", new ScriptedModels { Row = Together }, string.Join('\n', lines.Skip(1).Reverse().Prepend(lines[0])) + "\n");
        Assert.Equal(found.Single().Split('\n').Order(StringComparer.Ordinal), turned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_killed_pays_for_no_answer_twice() =>
        await KilledRuns.CheckAsync(Yaml("fold_size: 2, batch_size: 1, concurrency: 1"), Together, new Dictionary<string, string> { ["data.csv"] = Many(9) }, 60, atMost: 12);

    [Fact]
    public async Task A_group_that_changed_is_the_only_one_that_is_asked_about_again()
    {
        var models = new ScriptedModels { Row = Together };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv);
        await runs.RunAsync(Yaml(""));
        runs.Write("data.csv", Csv + "blue,more,6\n");

        var run = await runs.RunAsync(Yaml(""));

        Assert.Contains("blue|good+more", await runs.RowsAsync(run.Version));
        Assert.Equal(4, models.Asked.Count);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Personal_data_is_redacted_in_every_row_of_a_set()
    {
        var models = new ScriptedModels { Row = Together };

        await RunAsync("", models, "team,note\nred,ann@example.com is late\nred,so is bob@example.com\n");

        Assert.Equal("{\"_rows\":[{\"note\":\"<EMAIL_1> is late\"},{\"note\":\"so is <EMAIL_2>\"}]}", Assert.Single(models.Asked).Key);
    }

    [Fact]
    public async Task A_group_with_personal_data_is_not_sent_where_that_is_denied()
    {
        var models = new ScriptedModels { Row = Together };

        var (rows, record, _) = await RunAsync("pii: deny", models, "team,note\nred,ann@example.com\nblue,x\n");

        Assert.Equal(["red|", "blue|x"], rows);
        Assert.Equal(1, record.Steps.Sum(s => s.Failures.GetValueOrDefault("llm_pii_denied")));
        Assert.Single(models.Asked);
    }

    [Fact]
    public async Task The_budget_holds()
    {
        var models = new ScriptedModels { Row = Together };

        await Assert.ThrowsAsync<BudgetException>(() => RunAsync("budget_usd: 0.0000001", models));

        Assert.Empty(models.Calls);
    }

    [Fact]
    public async Task Without_a_model_it_is_refused()
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync("", null));

        Assert.Contains("There is no way to do it without one.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order_by: when", "Column 'when' does not exist here.")]
    [InlineData("count_column: summary", "Two columns would be called 'summary'")]
    [InlineData("cascade: { model: default }", "A cascade compares answers to rows")]
    public async Task Options_that_cannot_be_are_refused(string reduce, string expected)
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(reduce, new ScriptedModels { Row = Together }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_text_than_may_be_held_stops_the_run()
    {
        var long1 = new string('x', 700_000);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("max_mb: 1", new ScriptedModels { Row = Together }, $"team,note\nred,{long1}\nred,{long1}\n", 1 << 22));

        Assert.Contains("more than 1 MiB, the limit of max_mb", error.Message, StringComparison.Ordinal);
    }

    static string Many(int rows) => "team,note\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"t{i * 7 % 3},{i * 5 % 11} note\n")));
}
