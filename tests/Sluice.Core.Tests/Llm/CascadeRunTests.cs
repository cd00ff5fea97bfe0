using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Whole runs with a cascade: a cheap model that knows how sure it is, and a dear one that is right.</summary>
public sealed class CascadeRunTests
{
    const string Step = """
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: dear, batch_size: 20, cascade: { model: cheap, label_budget: 100 } }

        """;

    static string Label(JsonElement data) => Number(data) % 2 == 0 ? "good" : "bad";

    static int Number(JsonElement data) => int.Parse(data.GetProperty("text").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture);

    static string Csv(int rows) => "id,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},word {i % 450}\n")));

    /// <summary>Right and sure of nine in ten; else as <paramref name="unsure"/> says.</summary>
    static TwoModels Models(double unsure = 0.3) => new(
        new ScriptedModels
        {
            Info = new("cheap", new TokenPrice(0.2m, 0.02m, 1m), 100_000, 20_000, []),
            Row = data => Number(data) % 10 == 3
                ? new JsonObject { ["label"] = "good", ["confidence"] = unsure }
                : new JsonObject { ["label"] = Label(data), ["confidence"] = 0.9 },
        },
        new ScriptedModels { Info = new("dear", new TokenPrice(3m, 0.3m, 15m), 100_000, 20_000, []), Row = data => new JsonObject { ["label"] = Label(data) } });

    static TestRuns Runs(TwoModels models, int rows = 600)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(rows));
        return runs;
    }

    static IEnumerable<string> Right(int rows) => Enumerable.Range(0, rows).Select(i => $"{i}|word {i % 450}|{(i % 450 % 2 == 0 ? "good" : "bad")}");

    [Fact]
    public async Task The_dear_model_is_asked_for_the_sample_and_where_the_cheap_one_is_not_sure()
    {
        var models = Models();
        await using var runs = Runs(models);

        var run = await runs.RunAsync(TestRuns.Source + Step, batchBytes: 4_000);

        Assert.Equal(Right(600), await runs.RowsAsync(run.Version));
        var cost = (await runs.RecordAsync(run.Outcome)).Cost!;
        var cascade = Assert.Single(cost.Cascades!);
        Assert.Equal((600, 450, 100, 0.9), (cascade.Rows, cascade.Questions, cascade.Sampled, cascade.Threshold));
        Assert.Equal(450, models.Cheap.Asked.Count);
        Assert.Equal(450 - cascade.Spared, models.Dear.Asked.Count);
        Assert.InRange(cascade.Spared, 290, 340);
        Assert.All(models.Dear.Asked.Values.Concat(models.Cheap.Asked.Values), count => Assert.Equal(1, count));
        Assert.Contains("accuracy of at least 0.95, missed with a probability of at most 0.05", cascade.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_promise_cannot_be_shown_the_dear_model_answers_all_and_the_record_says_so()
    {
        var models = Models(unsure: 0.9);
        await using var runs = Runs(models);

        var run = await runs.RunAsync(TestRuns.Source + Step.Replace("label_budget: 100", "label_budget: 100, at_least: 0.99", StringComparison.Ordinal), batchBytes: 4_000);

        Assert.Equal(Right(600), await runs.RowsAsync(run.Version));
        Assert.Equal(450, models.Dear.Asked.Count);
        var cascade = Assert.Single((await runs.RecordAsync(run.Outcome)).Cost!.Cascades!);
        Assert.Null(cascade.Threshold);
        Assert.StartsWith("'dear' answers all: a sample of 100 questions does not show", cascade.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_questions_are_not_asked_twice()
    {
        var models = Models();
        await using var runs = Runs(models, rows: 100);

        await runs.RunAsync(TestRuns.Source + Step, batchBytes: 4_000);

        Assert.Equal((0, 100), (models.Cheap.Asked.Count, models.Dear.Asked.Count));
    }

    [Fact]
    public async Task The_version_is_the_same_however_rows_are_cut_and_delivered()
    {
        var found = new HashSet<string>();
        foreach (var (batchBytes, deliveries) in new[] { (1_500L, 1), (6_000L, 2), (1L << 20, 1) })
        {
            await using var runs = Runs(Models());

            found.Add((await runs.RunAsync(TestRuns.Source + Step, batchBytes: batchBytes, deliveries: deliveries)).Version);
        }

        Assert.Single(found);
    }

    [Fact]
    public async Task A_later_run_with_one_more_row_asks_for_little()
    {
        var models = Models();
        await using var runs = Runs(models);
        await runs.RunAsync(TestRuns.Source + Step, batchBytes: 1 << 20);
        var (cheap, dear) = (models.Cheap.Asked.Count, models.Dear.Asked.Count);
        runs.Write("data.csv", Csv(600) + "600,word 7001\n");

        var run = await runs.RunAsync(TestRuns.Source + Step, batchBytes: 1 << 20);

        Assert.Equal(cheap + 1, models.Cheap.Asked.Count);
        Assert.InRange(models.Dear.Asked.Count - dear, 0, 2);
        Assert.True((await runs.RecordAsync(run.Outcome)).Cost!.KnownAnswers >= 550);
    }

    [Fact]
    public async Task A_run_that_is_killed_at_any_write_ends_alike_and_loses_no_answer()
    {
        var yaml = TestRuns.Source + Step.Replace("label_budget: 100", "label_budget: 20", StringComparison.Ordinal).Replace("batch_size: 20", "batch_size: 100, concurrency: 1", StringComparison.Ordinal);
        var (expected, writes) = ("", 0);
        {
            await using var runs = Runs(Models(), rows: 60);
            var disk = new Disk();
            var outcome = await LocalRun.RunAsync(runs.NewEngineOn(disk), await runs.RequestAsync(yaml, "run", 1_200), 1, null, CancellationToken.None);
            (expected, writes) = (await runs.BytesAsync(outcome.Version!), disk.Writes);
        }

        for (var dies = 1; dies <= writes; dies += 7)
        {
            var models = Models();
            await using var runs = Runs(models, rows: 60);
            var request = await runs.RequestAsync(yaml, "run", 1_200);
            await Record.ExceptionAsync(() => LocalRun.RunAsync(runs.NewEngineOn(new Disk { DiesAt = dies }), request, 1, null, CancellationToken.None));
            var kept = (await new CallLog(runs.Store, "run").AllAsync(CancellationToken.None)).Count;
            var lost = models.Cheap.Calls.Count + models.Dear.Calls.Count - kept;

            var outcome = await LocalRun.RunAsync(runs.NewEngineLater(), request, 1, null, CancellationToken.None);

            Assert.Equal(expected, await runs.BytesAsync(outcome.Version!));
            Assert.InRange(lost, 0, 1);
            Assert.InRange(models.Cheap.Asked.Values.Concat(models.Dear.Asked.Values).Count(count => count > 1), 0, lost * 100);
        }
    }

    [Theory]
    [InlineData("type: enrich, prompt: p", "cascade: { model: cheap }", "every field must have 'labels' or be true or false")]
    [InlineData("type: classify, labels: [a, b]", "cascade: { model: cheap, target: recall }", "The positive label is missing. Expected one of: a, b.")]
    [InlineData("type: classify, labels: [a, b]", "cascade: { model: none }", "asks the language model 'none' first, which cannot be asked here.")]
    [InlineData("type: classify, labels: [a, b]", "cascade: { model: cheap, at_least: 1 }", "at_least")]
    public async Task A_cascade_that_cannot_be_meant_is_refused(string step, string cascade, string expected)
    {
        await using var runs = Runs(Models());

        var error = await Assert.ThrowsAsync<PipelineException>(() =>
            runs.RunAsync($"{TestRuns.Source}  - {{ id: x, type: llm_process, config: {{ {step}, model: dear, {cascade} }} }}\n"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}

/// <summary>A cheap and a dear model behind one port.</summary>
sealed class TwoModels(ScriptedModels cheap, ScriptedModels dear) : LanguageModels
{
    public ScriptedModels Cheap => cheap;

    public ScriptedModels Dear => dear;

    public override ModelInfo? Find(string model, out string? reason) => (model == cheap.Info.Id ? cheap : dear).Find(model, out reason);

    public override async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation)
    {
        var models = request.Model == cheap.Info.Id ? cheap : dear;
        return await models.AskAsync(request, cancellation) with { Model = models.Info.Id };
    }
}
