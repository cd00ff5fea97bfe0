using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;
using Sluice.Llm.Prompts;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Plans of several steps, held against known answers or against those of the steps as written.</summary>
public sealed class AgreementTests : IAsyncLifetime, IAsyncDisposable
{
    const string Steps = """
          - { id: keep, type: semantic_filter, config: { prompt: '{{ text }} matters', model: dear } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: dear } }
          - { id: topic, type: llm_process, config: { type: classify, prompt: 'Topic of {{ text }}', labels: [a, b], output_column: topic, model: dear } }

        """;

    readonly MemoryStore store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    static JsonNode? Answer(string system, string field, JsonElement data) => Answer(field, int.Parse(data.GetProperty("text").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture));

    static JsonNode? Answer(string field, int number) => field switch
    {
        "label" => number % 3 == 0 ? "good" : "bad",
        "topic" => number % 2 == 0 ? "a" : "b",
        _ => number % 5 != 0,
    };

    static IReadOnlyList<PipelineStep> Parsed(string steps) => Pipeline.Parse(TestRuns.Source + steps).Steps;

    static Batch Rows(int rows) => new(new Schema([new Field("text", ColumnType.Text)]), [TextColumn.Of([.. Enumerable.Range(0, rows).Select(i => $"text {i}")])], rows);

    static RewriteRequest Request(int rows = 60, string steps = Steps) => new(Parsed(steps), Rows(rows), PromptMetric.Exact) { IsAgreement = true, SearchRows = 20, MostPlans = 6 };

    Task<RewriteSearchResult> SearchAsync(LanguageModels models, RewriteRequest request, ObjectStore? on = null) =>
        new RewriteSearch(new PromptEvaluator(models, on ?? store, new MemoryLedger(), TimeProvider.System), Catalog.Default).SearchAsync(request, CancellationToken.None);

    [Fact]
    public async Task One_question_for_three_is_found_without_labels_and_runs_as_it_is_written()
    {
        var models = new KnowingModels(Answer);

        var found = await SearchAsync(models, Request());

        Assert.Equal((true, 20, 40), (found.IsAgreement, found.Searched, found.HeldBack));
        var best = found.Front[0];
        Assert.Contains(best.Rewrites, r => r.Directive == "fusion");
        Assert.Equal((1.0, 40), (best.Best.Score, best.Confirmed!.Rows.Count));

        // Clopper and Pearson: of 40 without one that differs, each bound with its part of 5 %.
        var bounds = found.Front.Count(p => p.Rewrites.Count > 0);
        Assert.Equal(Math.Pow(0.05 / bounds, 1 / 40.0), best.SameAnswersAtLeast!.Value, 6);
        Assert.Null(found.Plans[0].SameAnswersAtLeast);
        Assert.True(best.CostOfThousand < found.Plans[0].CostOfThousand * 0.6m);

        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "text\ntext 1\ntext 5\ntext 6\n");
        var run = await runs.RunAsync(RewrittenFile.Of(TestRuns.Source + Steps, found.Steps, best.Steps));
        Assert.Equal(["text 1|bad|b", "text 6|good|a"], await runs.RowsAsync(run.Version));
    }

    [Fact]
    public async Task The_order_of_rows_changes_nothing_and_a_second_search_pays_nothing()
    {
        var models = new KnowingModels(Answer);
        var first = await SearchAsync(models, Request());
        var calls = models.Calls;

        var request = Request();
        var again = await SearchAsync(models, request with { Examples = request.Examples.Take([.. Enumerable.Range(0, 60).Reverse()]) });

        Assert.Equal((calls, 0m), (models.Calls, again.PaidUsd));
        Assert.Equal(first.Plans.Select(p => (p.Searched.Score, p.CostOfThousand)), again.Plans.Select(p => (p.Searched.Score, p.CostOfThousand)));
    }

    [Fact]
    public async Task The_steps_as_written_are_asked_once()
    {
        var models = new KnowingModels(Answer);

        var found = await SearchAsync(models, Request() with { MostPlans = 1 });

        Assert.Equal(found.PaidUsd, found.Plans[0].Searched.CostUsd + found.Plans[0].Confirmed!.CostUsd);
        Assert.Equal(60 + (2 * 48), models.Rows);
    }

    [Fact]
    public async Task A_plan_that_answers_otherwise_is_held_against_the_steps_as_written()
    {
        // Beside another question the cheap one takes every fourth row for the other topic.
        var models = new KnowingModels(Answer) { Errs = (model, field, data) => model == "test/cheap" && field == "topic" && data.GetProperty("text").GetString()![^1] is '1' or '4' or '7' };

        var found = await SearchAsync(models, Request(120) with { Models = ["cheap"], MostPlans = 8, SearchRows = 60 });

        var cheap = found.Plans.First(p => p.Rewrites.Any(r => r.Directive == "change_model") && p.Confirmed is not null);
        Assert.InRange(cheap.Best.Score, 0.5, 0.95);
        Assert.InRange(cheap.SameAnswersAtLeast!.Value, 0.3, cheap.Best.Score);
        Assert.Equal(found.Front.Select(p => p.Best.Score), found.Front.Select(p => p.Best.Score).Order());
    }

    [Fact]
    public async Task A_filter_that_lets_most_rows_go_makes_one_question_dearer_and_it_is_not_offered_as_best()
    {
        static JsonNode? Few(string system, string field, JsonElement data) => field is "label" or "topic" ? Answer(system, field, data) : data.GetProperty("text").GetString()!.EndsWith('0');

        var found = await SearchAsync(new KnowingModels(Few), Request(100) with { SearchRows = 50, MostPlans = 3 });

        var fused = found.Plans.Single(p => p.Rewrites is [{ Directive: "fusion" } one] && ((JsonArray)one.Options["fused"]!).Count == 3);
        Assert.Equal(1.0, fused.Searched.Score);
        Assert.True(fused.CostOfThousand > found.Plans[0].Searched.CostUsd * 1_000 / 50, $"{fused.CostOfThousand}");
        Assert.DoesNotContain(fused, found.Front);
    }

    [Fact]
    public async Task Known_answers_of_several_steps_say_which_rows_stay()
    {
        var rows = Rows(40);
        Batch With(Batch batch, string name, Func<int, string> value) => batch.With(new Field(name, ColumnType.Text), TextColumn.Of([.. Enumerable.Range(0, 40).Select(value)]));
        var examples = With(With(With(rows, "expected_label", i => (string)Answer("label", i)!), "expected_topic", i => (string)Answer("topic", i)!), "expected_kept", i => i % 5 != 0 || i == 10 ? "true" : "false");

        var found = await SearchAsync(new KnowingModels(Answer), Request() with { Examples = examples, IsAgreement = false, Metric = PromptMetric.Accuracy, MostPlans = 2 });

        // Row 10 goes, and was to stay.
        Assert.Equal([39, 39], found.Plans.Select(p => p.Searched.Rows.Concat(p.Confirmed!.Rows).Sum(r => r.Score)));
        Assert.Equal(["fusion"], found.Plans[1].Rewrites.Select(r => r.Directive));

        var missing = await Assert.ThrowsAsync<DataException>(() => SearchAsync(new KnowingModels(Answer), Request() with { IsAgreement = false }));
        Assert.StartsWith("The examples have no column 'expected_kept' with what is expected as 'kept'.", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_gets_no_answer_as_written_counts_as_not_the_same()
    {
        const string step = "  - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 1, model: dear } }\n";
        var texts = TextColumn.Of([.. Enumerable.Range(0, 40).Select(i => i % 10 == 0 ? $"mute {i}" : $"text {i}")]);

        var found = await SearchAsync(new KnowingModels(Answer), Request(steps: step) with { Examples = new Batch(Rows(40).Schema, [texts], 40), MostPlans = 10 });

        Assert.Equal(4, found.Plans[0].Searched.Unanswered + found.Plans[0].Confirmed!.Unanswered);
        Assert.Equal(36, found.Plans[0].Searched.Rows.Concat(found.Plans[0].Confirmed!.Rows).Sum(r => r.Score));
        Assert.InRange(found.Front[0].SameAnswersAtLeast!.Value, 0.6, 0.9);

        // In two steps, which a run asks, too.
        Assert.Equal(found.Plans[0].Searched.Score, found.Plans.First(p => p.Rewrites is [{ Directive: "chaining" }]).Searched.Score);
    }

    [Fact]
    public async Task A_search_that_was_killed_pays_nothing_twice_and_leaves_nothing_behind()
    {
        await using var other = new MemoryStore();
        var whole = new KnowingModels(Answer);
        var expected = await SearchAsync(whole, Request(20) with { SearchRows = 10, MostPlans = 3 }, other);

        var (asked, models, found) = (0, new KnowingModels(Answer), (RewriteSearchResult?)null);
        while (found is null)
        {
            models.Dies = models.Calls + 2;
            var calls = models.Calls;
            try
            {
                found = await SearchAsync(models, Request(20) with { SearchRows = 10, MostPlans = 3 });
                asked += models.Calls - calls;
            }
            catch (StoreException)
            {
                // The call that died was not answered.
                asked += 2;
            }
        }

        Assert.Equal(whole.Calls, asked);
        Assert.Equal(expected.Plans.Select(p => (p.Best.Score, p.CostOfThousand)), found.Plans.Select(p => (p.Best.Score, p.CostOfThousand)));
        await foreach (var left in store.ListAsync("searches/", CancellationToken.None))
        {
            Assert.Fail(left.Path);
        }
    }

    [Fact]
    public async Task A_cheaper_model_first_develops_the_one_question()
    {
        var models = new KnowingModels(Answer) { Errs = (model, field, data) => model == "test/cheap" && field == "topic" && data.GetProperty("text").GetString()!.EndsWith('0') };
        var steps = Steps.Replace("model: dear", "model: dear, batch_size: 10", StringComparison.Ordinal);

        var found = await SearchAsync(models, Request(400, steps) with { Models = ["cheap"], SearchRows = 200, MostPlans = 16 });

        Assert.DoesNotContain(found.Refused, r => r.Directive == "cascade");
        var cascade = found.Plans.First(p => p.Rewrites.Any(r => r.Directive == "cascade"));
        Assert.Contains(cascade.Rewrites, r => r.Directive == "fusion");
        Assert.True(cascade.Searched.Score >= 0.95, $"{cascade.Searched.Score}");
        Assert.Equal(["topic_asked", "keep", "topic"], cascade.Steps.Select(s => s.Id));

        var few = await SearchAsync(models, Request(60, steps) with { Models = ["cheap"], MostPlans = 1 });
        Assert.Contains(few.Refused, r => r.Directive == "cascade" && r.Reason.Contains("200 examples to search by and as many to confirm by; the smaller part has 20.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ id: t, type: llm_process, config: { type: summarize, prompt: '{{ text }}', model: dear } }", "The answers of step 't' as 'summary' are free texts, of which two are seldom the same. Compare them by --metric f1, jaccard or judge.")]
    [InlineData("{ id: t, type: handle_missing, config: { missing_strategy: smart_impute, columns: [text], model: dear } }", "Step 't' is none of llm_process, extract and semantic_filter, for which alone answers are held against those of the steps as written. Give examples with what is expected: --examples.")]
    public async Task What_cannot_agree_is_refused(string step, string expected)
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => SearchAsync(new KnowingModels(Answer), Request(steps: $"  - {step}\n")));

        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public async Task Free_texts_are_compared_by_words()
    {
        const string step = "  - { id: t, type: llm_process, config: { type: summarize, prompt: '{{ text }}', model: dear } }\n";
        static JsonNode? Summary(string system, string field, JsonElement data) => $"It says {data.GetProperty("text").GetString()}";

        var found = await SearchAsync(new KnowingModels(Summary), Request(steps: step) with { Metric = PromptMetric.F1, MostPlans = 2 });

        Assert.Equal(1.0, found.Plans[1].Searched.Score);
        Assert.All(found.Plans, p => Assert.Null(p.SameAnswersAtLeast));
    }
}
