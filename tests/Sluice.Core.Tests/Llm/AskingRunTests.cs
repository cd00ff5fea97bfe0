using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Whole runs with a step that asks a language model.</summary>
public sealed class AskingRunTests
{
    const string Classify = TestRuns.Source + """
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 10 }

        """;

    /// <summary>Rows <c>0,word 0</c>, <c>1,word 1</c>…; every third text is that of the row three before.</summary>
    static string Csv(int rows) => "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{i},word {(i % 3 == 2 ? 2 : i)}\n")));

    static JsonObject Mood(JsonElement data)
    {
        var text = data.GetProperty("text").GetString()!;
        return new JsonObject { ["label"] = text.Length % 2 == 0 ? "good" : "bad" };
    }

    static TestRuns Runs(ScriptedModels models, int rows = 40)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(rows));
        return runs;
    }

    [Fact]
    public async Task Every_row_gets_the_answer_to_its_own_question()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = Runs(models);

        var run = await runs.RunAsync(Classify);

        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => i % 3 == 2 ? 2 : i).Select((text, i) => $"{i}|word {text}|{($"word {text}".Length % 2 == 0 ? "good" : "bad")}"),
            await runs.RowsAsync(run.Version));
    }

    [Fact]
    public async Task Equal_questions_are_asked_once()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = Runs(models);

        var run = await runs.RunAsync(Classify, batchBytes: 100);

        Assert.Equal(40 - 12, models.Asked.Count);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        var cost = (await runs.RecordAsync(run.Outcome)).Cost!;
        Assert.Equal((12, 0), (cost.RepeatedRows, cost.KnownAnswers));
        Assert.True(cost.SavedUsd > 0);
    }

    [Fact]
    public async Task A_thousand_rows_are_ten_calls_of_a_hundred()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i},text number {i}\n")));

        await runs.RunAsync(Classify.Replace("batch_size: 10", "batch_size: 100", StringComparison.Ordinal), batchBytes: 1 << 20);

        Assert.Equal(Enumerable.Repeat(100, 10), models.Sizes);
    }

    [Fact]
    public async Task The_version_is_the_same_for_every_size_of_batches_and_calls()
    {
        var found = new HashSet<string>();
        foreach (var batchBytes in new long[] { 60, 250, 1 << 20 })
        {
            await using var runs = Runs(new ScriptedModels { Row = Mood });

            found.Add((await runs.RunAsync(Classify, batchBytes: batchBytes)).Version);
        }

        Assert.Single(found);
    }

    [Fact]
    public async Task A_later_step_and_a_later_look_see_the_answers()
    {
        await using var runs = Runs(new ScriptedModels { Row = Mood });

        var run = await runs.RunAsync(Classify + """
              - id: keep
                type: filter
                config: { condition: "label = 'good'" }
              - id: once
                type: remove_duplicates
                config: { keys: [text] }

            """.Replace("keys:", "duplicate_keys:", StringComparison.Ordinal));

        Assert.All(await runs.RowsAsync(run.Version), row => Assert.EndsWith("|good", row));
    }

    [Fact]
    public async Task A_later_run_asks_only_what_it_does_not_know()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = Runs(models);
        await runs.RunAsync(Classify);
        var before = models.Calls.Count;
        runs.Write("data.csv", Csv(40) + "40,something new\n");

        var run = await runs.RunAsync(Classify);

        Assert.Equal([1], models.Sizes.Skip(before));
        Assert.Equal(1, models.Asked["{\"text\":\"something new\"}"]);
        var cost = (await runs.RecordAsync(run.Outcome)).Cost!;
        Assert.Equal((1, 28), (cost.Total.Calls, cost.KnownAnswers));
        Assert.True(cost.SavedUsd > cost.Total.CostUsd);
    }

    [Fact]
    public async Task A_run_that_is_delivered_twice_pays_once()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = Runs(models);

        var run = await runs.RunAsync(Classify, deliveries: 2);

        var cost = (await runs.RecordAsync(run.Outcome)).Cost!;
        Assert.Equal(models.Paid, cost.Total.Tokens);
        Assert.Equal(models.Calls.Count, cost.Total.Calls);
        Assert.Equal(run.Version, (await runs.RunAsync(Classify)).Version);
    }

    [Fact]
    public async Task A_run_that_is_killed_at_any_write_pays_for_no_answer_twice()
    {
        var yaml = Classify.Replace("batch_size: 10", "batch_size: 4, concurrency: 1", StringComparison.Ordinal);

        var again = await KilledRuns.CheckAsync(yaml, Mood, new Dictionary<string, string> { ["data.csv"] = Csv(20) }, 120, int.MaxValue);

        // Kills that lose the record of a call are among the schedules, or this would say nothing.
        Assert.True(again > 0);
    }

    [Fact]
    public async Task Without_a_model_the_run_is_refused_before_anything_is_written()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv(5));

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Classify));

        Assert.Contains("Step 'mood' asks the language model 'default', which cannot be asked here. No language model is configured.", error.Message, StringComparison.Ordinal);
        Assert.Empty(await runs.Store.ListAsync("runs/", CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_column_that_does_not_exist_is_a_problem_of_the_pipeline()
    {
        await using var runs = Runs(new ScriptedModels { Row = Mood });

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Classify.Replace("{{ text }}", "{{ txt }}", StringComparison.Ordinal)));

        Assert.Contains("Column 'txt' does not exist here. Did you mean 'text'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_columns_that_the_prompt_names_are_sent()
    {
        var models = new ScriptedModels { Row = Mood };
        await using var runs = Runs(models);

        await runs.RunAsync(Classify);

        Assert.All(models.Asked.Keys, data => Assert.StartsWith("{\"text\":\"word ", data, StringComparison.Ordinal));
        Assert.All(models.Calls, call => Assert.Contains("Mood of \"text\"", call.System, StringComparison.Ordinal));
        Assert.Single(models.Calls.Select(c => c.System).Distinct());
    }
}
