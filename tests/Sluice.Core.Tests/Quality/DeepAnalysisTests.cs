using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Quality;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Quality;

/// <summary>Runs whose rows a language model reads for what they mean.</summary>
public sealed class DeepAnalysisTests
{
    const string Deep = TestRuns.Source + "  - { id: check, type: quality_validation, config: { deep_analysis: true } }\n";

    /// <summary>Cities and countries; every tenth row contradicts itself, and one is nonsense.</summary>
    static string Csv(int rows) => "id,city,country\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"{i},{(i == 7 ? "asdf" : "Paris")},{(i % 10 == 3 ? "Japan" : "France")}\n")));

    static JsonObject Read(JsonElement row) => (row.GetProperty("city").GetString(), row.GetProperty("country").GetString()) switch
    {
        ("Paris", "Japan") => Found("contradictory", "country", "Paris is not in Japan."),
        ("asdf", _) => Found("nonsensical", "town", "No city has that name."),
        _ => Found("none", null, null),
    };

    static JsonObject Found(string problem, string? column, string? why) => new() { ["problem"] = problem, ["column"] = column, ["explanation"] = why };

    static TestRuns Runs(ScriptedModels? models, int rows)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(rows));
        return runs;
    }

    static async Task<List<string>> EvidenceAsync(TestRuns runs, FinishedRun run)
    {
        var lines = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, await runs.RecordAsync(run.Outcome)).ReadAsync(CancellationToken.None))
        {
            lines.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.Display(row)))));
        }

        return lines;
    }

    static async Task<QualityReport> ReportAsync(TestRuns runs, FinishedRun run, string which = "qualityBefore") =>
        JsonNode.Parse(await runs.BytesAsync(run.Version))![which].Deserialize<QualityReport>(StepJson.Options)!;

    [Fact]
    public async Task Every_row_that_contradicts_itself_is_evidence_with_column_model_and_reason()
    {
        await using var runs = Runs(new ScriptedModels { Row = Read }, 30);

        var run = await runs.RunAsync(Deep);

        var evidence = (await EvidenceAsync(runs, run)).Where(line => line.Contains("semantic_", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, evidence.Count);
        Assert.Equal(3, evidence.Count(line => line.Contains("semantic_contradictory", StringComparison.Ordinal) && line.Contains("test/model: Paris is not in Japan.", StringComparison.Ordinal)
            && line.Contains("country", StringComparison.Ordinal)));
        Assert.Single(evidence, line => line.Contains("semantic_nonsensical", StringComparison.Ordinal) && line.Contains("test/model: No city has that name.", StringComparison.Ordinal));
        Assert.Equal(30, (await runs.RowsAsync(run.Version)).Count);
        Assert.Equal("0|Paris|France", (await runs.RowsAsync(run.Version))[0]);
    }

    [Fact]
    public async Task What_was_found_counts_in_the_score_by_the_published_formula()
    {
        await using var runs = Runs(new ScriptedModels { Row = Read }, 30);

        var report = await ReportAsync(runs, await runs.RunAsync(Deep));

        Assert.Equal(
            [("semantic_contradictory", 3L, 30L), ("semantic_nonsensical", 1L, 30L), ("semantic_out_of_context", 0L, 30L), ("semantic_outlier", 0L, 30L)],
            report.Checks.Where(c => c.Name.StartsWith("semantic_", StringComparison.Ordinal)).Select(c => (c.Name, c.Issues, c.Denominator)));
        Assert.Equal(QualityValidation.Score(report.Checks), report.Score);
        Assert.Equal(["deep_analysis: test/model read 30 of 30 rows."], report.Notes);
        Assert.DoesNotContain(report.Columns, c => c.Name.StartsWith('_'));
    }

    [Fact]
    public async Task The_published_rows_are_not_read_again_and_their_report_says_so()
    {
        var models = new ScriptedModels { Row = Read };
        await using var runs = Runs(models, 30);

        var run = await runs.RunAsync(Deep);

        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        Assert.Equal(["deep_analysis: the published rows were not read again; the score of the step has what was found, this one does not."], (await ReportAsync(runs, run, "qualityAfter")).Notes);
    }

    [Fact]
    public async Task A_gate_can_refuse_what_a_model_found()
    {
        await using var runs = Runs(new ScriptedModels { Row = Read }, 30);

        var run = await runs.RunAsync(Deep.Replace("deep_analysis: true", "deep_analysis: true, max_issue_rate: { semantic_contradictory: 0.05 }", StringComparison.Ordinal));

        Assert.Null(run.Outcome.Version);
        Assert.Contains("semantic_contradictory: 3 of 30 rows", run.Outcome.GateFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_most_so_many_rows_are_read_and_the_same_ones_for_every_size_of_batches()
    {
        var yaml = Deep.Replace("deep_analysis: true", "deep_analysis: true, deep: { max_rows: 12, batch_size: 5 }", StringComparison.Ordinal);
        var seen = new HashSet<string>();
        foreach (var batchBytes in new long[] { 120, 500, 1 << 20 })
        {
            var models = new ScriptedModels { Row = Read };
            await using var runs = Runs(models, 60);

            var run = await runs.RunAsync(yaml, batchBytes: batchBytes);

            Assert.Equal(12, models.Asked.Count);
            Assert.Equal(["deep_analysis: test/model read 12 of 60 rows; what it counts is of these."], (await ReportAsync(runs, run)).Notes);
            Assert.DoesNotContain(await EvidenceAsync(runs, run), line => line.Contains("llm_", StringComparison.Ordinal));
            seen.Add(string.Join('\n', models.Asked.Keys.Order(StringComparer.Ordinal)) + run.Version);
        }

        Assert.Single(seen);
    }

    [Fact]
    public async Task Without_a_model_it_says_so_and_numbers_that_are_unusual_for_their_group_are_still_found()
    {
        await using var runs = Runs(null, 30);

        var report = await ReportAsync(runs, await runs.RunAsync(Deep));

        Assert.StartsWith("deep_analysis was asked for and did not run: no language model is configured", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Contains(report.Checks, c => c.Name == "contextual_outlier");
        Assert.DoesNotContain(report.Checks, c => c.Name.StartsWith("semantic_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_is_not_among_those_that_are_configured_is_refused_before_anything_is_read()
    {
        var models = new ScriptedModels { Row = Read };
        await using var runs = Runs(models, 30);

        var error = await Assert.ThrowsAsync<PipelineException>(
            () => runs.RunAsync(Deep.Replace("deep_analysis: true", "deep_analysis: true, deep: { model: other, columns: [city, town] }", StringComparison.Ordinal)));

        Assert.Contains("asks the language model 'other', which cannot be asked here. There is no model 'other'.", error.Problems[0].Message, StringComparison.Ordinal);
        Assert.Empty(models.Calls);
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_refused()
    {
        await using var runs = Runs(new ScriptedModels { Row = Read }, 3);

        var error = await Assert.ThrowsAsync<PipelineException>(
            () => runs.RunAsync(Deep.Replace("deep_analysis: true", "deep_analysis: true, deep: { columns: [city, town] }", StringComparison.Ordinal)));

        Assert.Contains("Column 'town' does not exist here.", error.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_delivery_of_every_unit_pays_once()
    {
        var models = new ScriptedModels { Row = Read };
        await using var runs = Runs(models, 30);

        var run = await runs.RunAsync(Deep, deliveries: 2, batchBytes: 200);

        Assert.Equal(models.Paid, (await runs.RecordAsync(run.Outcome)).Cost!.Total.Tokens);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_row_without_a_valid_answer_is_not_counted_and_is_evidence()
    {
        await using var runs = Runs(new ScriptedModels { Row = row => row.GetProperty("id").GetInt64() == 5 ? Found("odd", null, null) : Read(row) }, 30);

        var run = await runs.RunAsync(Deep);

        Assert.Equal(29, (await ReportAsync(runs, run)).Checks.First(c => c.Name == "semantic_nonsensical").Denominator);
        Assert.Single(await EvidenceAsync(runs, run), line => line.Contains("llm_invalid_answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Personal_data_is_masked_and_a_budget_stops_the_run()
    {
        var models = new ScriptedModels { Row = _ => Found("none", null, null) };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,city,country\n1,ann@x.org,France\n2,Paris,France\n");

        await runs.RunAsync(Deep);
        var stopped = await Record.ExceptionAsync(() => runs.RunAsync(
            Deep.Replace("deep_analysis: true", "deep_analysis: true, deep: { budget_usd: 0.000001, context: 'Towns' }", StringComparison.Ordinal)));

        Assert.DoesNotContain(models.Calls, c => c.Prompt.Contains("ann@x.org", StringComparison.Ordinal));
        Assert.Contains("Step 'check' may spend", stopped?.Message, StringComparison.Ordinal);
    }
}
