using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>What becomes of answers that are not as they should be.</summary>
public sealed class AskerTests
{
    const string Yaml = TestRuns.Source + """
          - id: add
            type: llm_process
            config:
              type: enrich
              prompt: 'Length of {{ text }}'
              batch_size: 8
              output: [{ name: length, type: integer, min: 0, max: 100 }]

        """;

    static JsonObject Length(JsonElement data) => new() { ["length"] = data.GetProperty("text").GetString()!.Length };

    static async Task<(TestRuns Runs, FinishedRun Run, List<string> Rows)> RunAsync(ScriptedModels models, int rows = 8, string yaml = Yaml)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},text {i}\n")));
        var run = await runs.RunAsync(yaml, batchBytes: 1 << 20);
        return (runs, run, await runs.RowsAsync(run.Version));
    }

    static async Task<List<string>> EvidenceAsync(TestRuns runs, FinishedRun run)
    {
        var found = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, await runs.RecordAsync(run.Outcome)).ReadAsync(CancellationToken.None))
        {
            found.AddRange(Enumerable.Range(0, batch.Rows).Select(row => $"{batch["row"].Display(row)} {batch["reason"].Display(row)}: {batch["detail"].Display(row)}"));
        }

        return found;
    }

    [Fact]
    public async Task What_is_missing_twice_or_foreign_is_asked_again_and_the_rest_is_kept()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call =>
            {
                if (call.Number > 1)
                {
                    return null;
                }

                var results = call.Results(Length);
                results[1]!["id"] = 99;
                results[3]!["id"] = 5;
                results[6]!.AsObject().Remove("id");
                return call.Answer(results);
            },
        };

        var (runs, run, rows) = await RunAsync(models);
        await using var owned = runs;

        Assert.All(rows, row => Assert.EndsWith("|6", row));
        Assert.Equal([8, 2, 2], models.Sizes);
        Assert.Equal(["text 1", "text 3", "text 4", "text 6"], models.Asked.Where(a => a.Value == 2).Select(a => a.Key[9..15]).Order());
        Assert.Empty((await runs.RecordAsync(run.Outcome)).Evidence);
    }

    [Fact]
    public async Task A_poison_row_is_found_by_halving_and_keeps_its_values()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => call.Items.Any(i => i.GetProperty("data").GetProperty("text").GetString() == "text 5") ? call.Answer("I cannot help with that.", AnswerFinish.Refused) : null,
        };

        var (runs, run, rows) = await RunAsync(models);
        await using var owned = runs;

        Assert.Equal([8, 4, 4, 2, 2, 1, 1], models.Sizes);
        Assert.Equal("5|text 5|", rows[5]);
        Assert.Equal(7, rows.Count(row => row.EndsWith("|6", StringComparison.Ordinal)));
        Assert.Equal(["6 llm_refused: I cannot help with that."], await EvidenceAsync(runs, run));
    }

    [Fact]
    public async Task Whole_results_of_a_cut_answer_are_kept()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call =>
            {
                var text = call.Answer(Length).Text;
                return call.Number == 1 ? call.Answer(text[..(text.Length * 2 / 3)], AnswerFinish.Length) : null;
            },
        };

        var (runs, _, rows) = await RunAsync(models);
        await using var owned = runs;

        Assert.All(rows, row => Assert.EndsWith("|6", row));
        Assert.Equal(8, models.Sizes[0]);
        Assert.Equal(3, models.Sizes.Skip(1).Sum());
    }

    [Theory]
    [InlineData("", AnswerFinish.Stop, "llm_no_answer: The answer has no JSON.")]
    [InlineData("{\"results\":[]}", AnswerFinish.Stop, "llm_no_answer: The answer has no result with the row's id, or several.")]
    [InlineData("{\"other\":[]}", AnswerFinish.Stop, "llm_no_answer: The answer has no list \"results\".")]
    [InlineData("{\"results\":[{\"id\":1,", AnswerFinish.Length, "llm_cut: The answer was cut after 7 tokens.")]
    [InlineData("{\"results\":[{\"id\":1,\"length\":\"six\"}]}", AnswerFinish.Stop, "llm_invalid_answer: 'length' is \"six\"; expected a whole number.")]
    [InlineData("{\"results\":[{\"id\":1,\"length\":101}]}", AnswerFinish.Stop, "llm_invalid_answer: 'length' is 101; expected at most 100.")]
    [InlineData("{\"results\":[{\"id\":1}]}", AnswerFinish.Stop, "llm_invalid_answer: 'length' is missing; expected a value.")]
    public async Task A_row_that_gets_no_valid_answer_is_evidence_with_the_exact_error(string text, AnswerFinish finish, string expected)
    {
        var (runs, run, rows) = await RunAsync(new ScriptedModels { Row = Length, Call = call => call.Answer(text, finish) }, rows: 1);
        await using var owned = runs;

        Assert.Equal(["0|text 0|"], rows);
        Assert.Equal([$"1 {expected}"], await EvidenceAsync(runs, run));
    }

    [Fact]
    public async Task An_invalid_answer_is_asked_for_again_with_the_reason()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => call.Number == 1 ? call.Answer("{\"results\":[{\"id\":1,\"length\":-6},{\"id\":2,\"length\":6}]}") : null,
        };

        var (runs, _, rows) = await RunAsync(models, rows: 2);
        await using var owned = runs;

        Assert.Equal(["0|text 0|6", "1|text 1|6"], rows);
        var again = Assert.Single(AskedCall.Of(models.Calls[1], 2).Items);
        Assert.Equal("'length' is -6; expected at least 0.", again.GetProperty("problem").GetString());
        Assert.Equal("{\"id\":1,\"length\":-6}", again.GetProperty("previous").GetString());
    }

    [Fact]
    public async Task An_answer_without_end_is_not_sent_back_whole()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => call.Number == 1 ? call.Answer($"{{\"results\":[{{\"id\":1,\"length\":\"{new string('x', 3_000_000)}\"}}]}}") : null,
        };

        var (runs, _, rows) = await RunAsync(models, rows: 1);
        await using var owned = runs;

        Assert.Equal(["0|text 0|6"], rows);
        Assert.InRange(models.Calls[1].Prompt.Length, 2_000, 3_000);
    }

    [Fact]
    public async Task An_id_that_is_written_as_a_text_is_the_number()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => call.Answer("{\"results\":[{\"id\":\"1\",\"length\":6},{\"id\":\"2\",\"length\":7},{\"id\":\" 2\",\"length\":8}]}"),
        };

        var (runs, _, rows) = await RunAsync(models, rows: 2);
        await using var owned = runs;

        Assert.Equal(["0|text 0|6", "1|text 1|7"], rows);
        Assert.Single(models.Calls);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public async Task An_answer_is_gleaned_as_often_as_the_option_says(int gleanings, int calls)
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["length"] = 1_000 } };

        var (runs, _, _) = await RunAsync(models, rows: 1, Yaml.Replace("batch_size: 8", $"gleanings: {gleanings}", StringComparison.Ordinal));
        await using var owned = runs;

        Assert.Equal(calls, models.Calls.Count);
    }

    [Theory]
    [InlineData("", 15 + 14)]
    [InlineData("{\"results\":[]}", 15 + 14)]
    [InlineData("{\"results\":[{\"id\":1,\"length\":\"six\"}]}", 15 + 15)]
    public async Task A_model_that_answers_nothing_is_not_asked_for_every_row(string text, int calls)
    {
        var models = new ScriptedModels { Row = Length, Call = call => call.Answer(text) };

        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(models, rows: 120));

        Assert.StartsWith("Step 'add': 'test/model' gave no valid answer to any of 15 calls, nor to one of the 8 rows of the first of them when they were asked for again. No more is asked.", error.Message, StringComparison.Ordinal);
        Assert.InRange(models.Calls.Count, 15 + 2, calls);
    }

    [Fact]
    public async Task A_poison_row_in_every_call_stops_nothing()
    {
        var models = new ScriptedModels { Row = Length, Call = call => call.Items.Any(i => i.GetProperty("data").GetProperty("text").GetString()!.EndsWith('7')) ? call.Answer("") : null };

        var (runs, run, rows) = await RunAsync(models, rows: 120, Yaml.Replace("batch_size: 8", "batch_size: 10", StringComparison.Ordinal));
        await using var owned = runs;

        Assert.Equal(12, (await EvidenceAsync(runs, run)).Count(e => e.Contains("llm_no_answer", StringComparison.Ordinal)));
        Assert.Equal(108, rows.Count(row => !row.EndsWith('|')));
    }

    [Fact]
    public async Task Failures_are_not_kept_and_the_next_run_asks_for_them_alone()
    {
        var healthy = false;
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => !healthy && call.Items.Any(i => i.GetRawText().Contains("text 3", StringComparison.Ordinal)) ? call.Answer("no") : null,
        };
        var (runs, first, _) = await RunAsync(models);
        await using var owned = runs;
        var before = models.Calls.Count;
        healthy = true;

        var second = await runs.RunAsync(Yaml, batchBytes: 1 << 20);

        Assert.False(second.Outcome.UpToDate);
        Assert.Equal([1], models.Sizes.Skip(before));
        Assert.All(await runs.RowsAsync(second.Version), row => Assert.EndsWith("|6", row));
        Assert.Equal(1, (await runs.RecordAsync(first.Outcome)).Cost!.Unanswered);
        Assert.True((await runs.RunAsync(Yaml, batchBytes: 1 << 20)).Outcome.UpToDate);
    }

    [Fact]
    public async Task A_question_that_the_provider_refuses_is_the_rows_and_any_other_refusal_the_runs()
    {
        var models = new ScriptedModels
        {
            Row = Length,
            Call = call => call.Items.Any(i => i.GetRawText().Contains("text 2", StringComparison.Ordinal)) ? throw new ModelException("Filtered.") { OfQuestion = true } : null,
        };
        var (runs, run, rows) = await RunAsync(models, rows: 4);
        await using var owned = runs;

        Assert.Equal(["3 llm_refused: Filtered."], await EvidenceAsync(runs, run));
        Assert.Equal(3, rows.Count(row => row.EndsWith("|6", StringComparison.Ordinal)));
        var error = await Assert.ThrowsAsync<PipelineException>(
            () => RunAsync(new ScriptedModels { Row = Length, Call = _ => throw new ModelException("The key is wrong.") }));
        Assert.Equal("Step 'add': the model 'test/model' cannot be asked. The key is wrong.", error.Message);
    }

    [Fact]
    public async Task What_was_answered_before_a_fault_is_not_asked_again()
    {
        var broken = true;
        var models = new ScriptedModels { Row = Length, Call = call => broken && call.Number == 3 ? throw new TransientException("Throttled.") : null };
        var yaml = Yaml.Replace("batch_size: 8", "batch_size: 2\n      concurrency: 1", StringComparison.Ordinal);
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"{i},text {i}\n")));
        await Assert.ThrowsAsync<TransientException>(() => runs.RunAsync(yaml, "run", batchBytes: 1 << 20));
        broken = false;

        await runs.RunAsync(yaml, "run", batchBytes: 1 << 20);

        Assert.Equal(5, models.Calls.Count);
        Assert.Equal(2, models.Asked.Values.Count(count => count == 2));
    }
}
