using System.Text;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;
using Sluice.Llm.Prompts;
using Sluice.Pipelines;
using Sluice.Storage;

namespace Sluice.Tests.Llm;

/// <summary>Scores of prompts on examples, and their comparison.</summary>
public sealed class PromptEvaluationTests : IAsyncLifetime, IAsyncDisposable
{
    readonly MemoryStore store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    static ScriptedModels Models(double right = 1) => new()
    {
        Row = data => data.TryGetProperty("given", out var given)
            ? new JsonObject { ["score"] = given.GetString()!.Contains("good", StringComparison.Ordinal) ? 0.75 : 0.25 }
            : new JsonObject { ["label"] = Number(data) < right * 100 == (Number(data) % 2 == 0) ? "good" : "bad" },
    };

    static int Number(System.Text.Json.JsonElement data) => int.Parse(data.GetProperty("text").GetString()!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    static PipelineStep Step(string prompt = "Mood of {{ text }}") => Pipeline.Parse($$"""
        name: t
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: '{{prompt}}', labels: [good, bad], batch_size: 10 } }

        """).Steps[0];

    /// <summary>Texts <c>word 0</c>, <c>word 1</c>…, of which the even ones are good.</summary>
    static Batch Examples(int rows = 100)
    {
        var (text, expected) = (new TextBuilder(rows), new TextBuilder(rows));
        for (var i = 0; i < rows; i++)
        {
            text.Append(Encoding.UTF8.GetBytes($"word {i}"));
            expected.Append(i % 2 == 0 ? "Good"u8 : "bad "u8);
        }

        return new Batch(new Schema([new Field("text", ColumnType.Text), new Field("expected", ColumnType.Text)]), [text.Finish(), expected.Finish()], rows);
    }

    Task<PromptEvaluation> EvaluateAsync(LanguageModels models, PromptMetric metric = PromptMetric.Accuracy, PipelineStep? step = null, Batch? examples = null) =>
        new PromptEvaluator(models, store, new MemoryLedger(), TimeProvider.System).EvaluateAsync(new PromptTest(step ?? Step(), examples ?? Examples(), metric), CancellationToken.None);

    [Fact]
    public async Task A_prompt_is_scored_and_asking_again_costs_nothing()
    {
        var models = Models(right: 0.9);

        var first = await EvaluateAsync(models);
        var calls = models.Calls.Count;
        var second = await EvaluateAsync(models);

        Assert.Equal((0.9, 0, 10), (Math.Round(first.Score, 6), first.Unanswered, calls));
        Assert.InRange(first.Low, 0.81, 0.9);
        Assert.InRange(first.High, 0.9, 0.96);
        Assert.True(first.PaidUsd > 0);
        Assert.Equal(first.CostUsd, first.PaidUsd);
        Assert.Equal((calls, 0m, first.Version), (models.Calls.Count, second.PaidUsd, second.Version));
        Assert.All(models.Calls, c => Assert.DoesNotContain("expected", c.Prompt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_of_the_same_step_gives_its_answers_to_the_evaluation()
    {
        var models = Models();
        await EvaluateAsync(models, PromptMetric.Exact);
        var calls = models.Calls.Count;

        var other = await EvaluateAsync(models, PromptMetric.Accuracy);

        Assert.Equal((calls, 0m, 1.0), (models.Calls.Count, other.PaidUsd, other.Score));
    }

    [Theory]
    [InlineData(PromptMetric.Exact, 0)]
    [InlineData(PromptMetric.Accuracy, 1)]
    [InlineData(PromptMetric.F1, 1)]
    [InlineData(PromptMetric.Jaccard, 1)]
    [InlineData(PromptMetric.Judge, 0.5)]
    public async Task Metrics_differ_in_what_they_forgive(PromptMetric metric, double expected) =>
        Assert.Equal(expected, (await EvaluateAsync(Models(), metric)).Score, 6);

    [Theory]
    [InlineData(PromptMetric.Accuracy, "1.50", "1.5", 1)]
    [InlineData(PromptMetric.Exact, "1.50", "1.5", 0)]
    [InlineData(PromptMetric.F1, "the red house", "a red house", 2 / 3.0)]
    [InlineData(PromptMetric.F1, "red red", "red", 2 / 3.0)]
    [InlineData(PromptMetric.F1, null, null, 1)]
    [InlineData(PromptMetric.F1, "x", null, 0)]
    [InlineData(PromptMetric.Jaccard, "[\"a b\", \"c\"]", "[\"c\", \"d\"]", 1 / 3.0)]
    [InlineData(PromptMetric.Jaccard, "[broken", "broken", 1)]
    [InlineData(PromptMetric.Jaccard, "", null, 1)]
    public void Two_values_are_compared_as_the_metric_says(PromptMetric metric, string? given, string? expected, double score) =>
        Assert.Equal(score, PromptMetrics.Score(metric, [new ComparedField(given, expected)]), 9);

    [Fact]
    public async Task Worse_beyond_chance_is_told_from_worse_by_chance()
    {
        var good = await EvaluateAsync(Models());
        var step = Step("Feeling of {{ text }}");
        var (slightly, clearly) = (await EvaluateAsync(Models(right: 0.98), step: step), await EvaluateAsync(Models(right: 0.85), step: Step("Tone of {{ text }}")));

        var (small, great) = (PromptComparison.Of(good, slightly), PromptComparison.Of(good, clearly));

        Assert.False(small.IsWorse);
        Assert.InRange(small.WorseByChance, 0.2, 0.3);
        Assert.True(great.IsWorse);
        Assert.Equal((100, 1.0, 0.85), (great.Examples, great.Before, Math.Round(great.After, 6)));
        Assert.InRange(great.High, -0.12, -0.05);
        Assert.False(PromptComparison.Of(clearly, good).IsWorse);
        Assert.Equal(1, PromptComparison.Of(good, good).WorseByChance);
        Assert.InRange(great.CostRatio!.Value, 0.9, 1.1);
    }

    [Fact]
    public async Task The_null_is_kept_to()
    {
        // Two prompts of the same quality whose mistakes are drawn at random: so often one looks worse beyond chance.
        var random = new Random(8);
        var wrong = 0;
        var like = await EvaluateAsync(Models());
        PromptEvaluation Drawn() => like with { Rows = [.. like.Rows.Select(r => r with { Score = random.NextDouble() < 0.8 ? 1 : 0 })] };
        for (var i = 0; i < 200; i++)
        {
            wrong += PromptComparison.Of(Drawn(), Drawn()).IsWorse ? 1 : 0;
        }

        Assert.InRange(wrong, 0, 20);
    }

    [Fact]
    public async Task An_example_without_an_answer_scores_nothing_and_is_asked_again_next_time()
    {
        var broken = new ScriptedModels { Row = data => Number(data) == 7 ? new JsonObject { ["label"] = "neither" } : new JsonObject { ["label"] = Number(data) % 2 == 0 ? "good" : "bad" } };

        var first = await EvaluateAsync(broken);
        var second = await EvaluateAsync(Models());

        Assert.Equal((1, 0.99), (first.Unanswered, Math.Round(first.Score, 6)));
        Assert.Equal((0, 1.0), (second.Unanswered, second.Score));
    }

    [Fact]
    public async Task Examples_that_do_not_fit_are_refused()
    {
        var examples = Examples(3);
        var without = new Batch(new Schema([examples.Schema[0]]), [examples[0]], 3);
        var renamed = new Batch(new Schema([new Field("body", ColumnType.Text), examples.Schema[1]]), examples.Columns, 3);

        Assert.Equal(
            "The examples have no column 'expected' with what is expected as 'label'. They have: text.",
            (await Assert.ThrowsAsync<DataException>(() => EvaluateAsync(Models(), examples: without))).Message);
        Assert.Contains(
            "Column 'text' does not exist here.", (await Assert.ThrowsAsync<DataException>(() => EvaluateAsync(Models(), examples: renamed))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PipelineException>(() => EvaluateAsync(LanguageModels.None));
    }
}
