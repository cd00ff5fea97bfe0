using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>How many rows a call has where the run chooses it.</summary>
public sealed class CallRowsTests
{
    const string Yaml = TestRuns.Source + """
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 0 }

        """;

    static string Csv(int rows) => "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},text number {i}\n"));

    [Theory]
    [InlineData(1_000, 100)]
    [InlineData(50, 5)]
    [InlineData(7, 1)]
    public async Task Ten_calls_are_made_where_there_are_few_questions(int questions, int expected)
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["label"] = "good" } };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(questions));

        await runs.RunAsync(Yaml, batchBytes: 1 << 20);

        Assert.All(models.Sizes, size => Assert.Equal(expected, size));
        Assert.Equal(questions, models.Asked.Count);
    }

    [Fact]
    public async Task Answers_of_a_call_fit_what_the_model_can_write_and_a_minute()
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["label"] = "good" }, Info = new("test/model", null, 100_000, 400, []) };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(1_000));

        await runs.RunAsync(Yaml, batchBytes: 1 << 20);

        Assert.InRange(models.Sizes[0], 5, 30);
        Assert.All(models.Calls, c => Assert.True(c.MaxOutputTokens <= 400, "the answer would be cut"));
    }

    [Fact]
    public async Task It_is_fixed_for_the_run_so_that_nothing_is_paid_again()
    {
        var fails = true;
        var models = new ScriptedModels { Row = _ => new JsonObject { ["label"] = "good" }, Call = call => fails && call.Number == 4 ? throw new TransientException("Busy.") : null };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(60));
        var request = await runs.RequestAsync(Yaml, "one", 1 << 20);
        await Assert.ThrowsAsync<TransientException>(() => LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None));

        // What is written down counts, whatever another version of the code would choose.
        Assert.Equal(new CallRows(6), DocumentJson.Parse<CallRows>(await runs.Store.ReadAsync("runs/one/call-rows-0.json", CancellationToken.None)));
        fails = false;
        await LocalRun.RunAsync(runs.NewEngine(), request, 1, null, CancellationToken.None);

        Assert.All(models.Sizes, size => Assert.Equal(6, size));
        Assert.Equal(11, models.Calls.Count);
    }
}
