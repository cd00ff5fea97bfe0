using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;
using Sluice.Llm.Prompts;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;
using Sluice.Storage;

namespace Sluice.Tests.Llm;

/// <summary>Rewrites of a step are searched on some examples and confirmed on others.</summary>
public sealed class RewriteSearchTests : IAsyncLifetime, IAsyncDisposable
{
    readonly MemoryStore store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    /// <summary>The dear model knows all; the cheap one one of two; a writer makes a prompt that says how, with which the cheap one knows all too.</summary>
    sealed class Market : LanguageModels
    {
        readonly Dictionary<string, (ModelInfo Info, ScriptedModels Models)> models = new[] { ("dear", 10m, 1.0), ("cheap", 1m, 0.5), ("worse", 12m, 0.2) }.ToDictionary(
            m => m.Item1,
            m => (new ModelInfo("test/" + m.Item1, new TokenPrice(m.Item2, m.Item2, m.Item2), 100_000, 20_000, []), new ScriptedModels { Row = data => Answer(data, m.Item3) }));

        public bool OffersNonsense { get; init; }

        public int Calls => models.Values.Sum(m => m.Models.Calls.Count);

        public override ModelInfo? Find(string model, out string? reason)
        {
            var found = models.GetValueOrDefault(model.Replace("test/", "", StringComparison.Ordinal)).Info;
            reason = found is null ? $"There is no model '{model}'." : null;
            return found;
        }

        public override async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation)
        {
            var name = request.Model.Replace("test/", "", StringComparison.Ordinal);
            if (request.Prompt.Contains("mistakes", StringComparison.Ordinal))
            {
                var text = OffersNonsense ? "Look at {{ nowhere }}" : "Even numbers are good: {{ text }}";
                return new ModelAnswer(request.Model, new JsonObject { ["results"] = new JsonArray(new JsonObject { ["id"] = 1, ["first"] = text, ["second"] = text }) }.ToJsonString(), AnswerFinish.Stop, new TokenUsage(50, 0, 50), null);
            }

            var sure = request.System!.Contains("Even numbers are good", StringComparison.Ordinal);
            var answer = sure ? AskedCall.Of(request, 0).Answer(data => Answer(data, 1)) : await models[name].Models.AskAsync(request, cancellation);
            return answer with { Model = request.Model };
        }

        static JsonObject Answer(System.Text.Json.JsonElement data, double known)
        {
            var text = data.ValueKind == System.Text.Json.JsonValueKind.Array ? data[0] : data.GetProperty("text");
            var number = int.Parse(text.GetString()!.Split(' ')[1], CultureInfo.InvariantCulture);
            return new JsonObject { ["label"] = (number % 2 == 0) == (number % 10 < known * 10) ? "good" : "bad" };
        }
    }

    static PipelineStep Step() => Pipeline.Parse("""
        name: t
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: dear } }

        """).Steps[0];

    static Batch Examples(int rows = 100) => new(
        new Schema([new Field("text", ColumnType.Text), new Field("expected", ColumnType.Text)]),
        [
            TextColumn.Of([.. Enumerable.Range(0, rows).Select(i => $"word {i}")]),
            TextColumn.Of([.. Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? "good" : "bad")]),
        ],
        rows);

    Task<RewriteSearchResult> SearchAsync(LanguageModels models, RewriteRequest request) =>
        new RewriteSearch(new PromptEvaluator(models, store, new MemoryLedger(), TimeProvider.System), Catalog.Default).SearchAsync(request, CancellationToken.None);

    static RewriteRequest Request(Batch? examples = null) => new([Step()], examples ?? Examples(), PromptMetric.Accuracy) { Models = ["cheap", "worse"] };

    [Fact]
    public async Task What_nothing_beats_in_score_and_cost_is_found_and_confirmed_on_other_examples()
    {
        var found = await SearchAsync(new Market(), Request());

        Assert.Equal((40, 60, (string?)null), (found.Searched, found.HeldBack, found.Stopped));
        Assert.Empty(found.Plans[0].Rewrites);
        Assert.All(found.Front, plan => Assert.Equal(60, plan.Confirmed!.Rows.Count));
        Assert.Equal(1.0, found.Front[^1].Best.Score);
        Assert.DoesNotContain(found.Front, plan => plan.Rewrites.Any(r => (string?)r.Options["model"] == "worse"));

        // The cheapest asks the cheap model many rows in a call, with names of columns once; nothing of the front is dearer than as written, as more rows in a call serve the dear one too.
        Assert.Equal("cheap", (string?)found.Front[0].Rewrites.Single(r => r.Directive == "change_model").Options["model"]);
        Assert.True(found.Front[^1].CostOfThousand <= found.Plans[0].CostOfThousand);
        Assert.Equal(found.Front.Select(p => p.CostOfThousand), found.Front.Select(p => p.CostOfThousand).Order());
        Assert.Equal(found.Front.Select(p => p.Best.Score), found.Front.Select(p => p.Best.Score).Order());
        Assert.Equal(20, found.Plans.Count);
        Assert.Equal(20, found.Plans.Select(p => string.Join(',', p.Rewrites.Select(r => r.Options.ToJsonString()).Order(StringComparer.Ordinal))).Distinct().Count());
    }

    [Fact]
    public async Task A_search_that_is_run_again_pays_nothing_and_finds_the_same()
    {
        var models = new Market();
        var first = await SearchAsync(models, Request());
        var calls = models.Calls;

        var again = await SearchAsync(models, Request());

        Assert.Equal((calls, 0m), (models.Calls, again.PaidUsd));
        Assert.True(first.PaidUsd > 0);
        Assert.Equal(first.Plans.Select(p => p.Best.Score), again.Plans.Select(p => p.Best.Score));
        Assert.Equal(first.Plans.Select(p => p.CostOfThousand), again.Plans.Select(p => p.CostOfThousand));
    }

    [Fact]
    public async Task The_order_of_examples_changes_nothing()
    {
        var examples = Examples();
        var reversed = examples.Take([.. Enumerable.Range(0, 100).Reverse()]);

        var (one, other) = (await SearchAsync(new Market(), Request(examples)), await SearchAsync(new Market(), Request(reversed)));

        Assert.Equal(one.Plans.Select(p => p.Searched.Score), other.Plans.Select(p => p.Searched.Score));
        Assert.Equal(one.Front.Select(p => p.Best.Score), other.Front.Select(p => p.Best.Score));
    }

    [Fact]
    public async Task A_model_writes_a_clearer_prompt_from_what_went_wrong()
    {
        var found = await SearchAsync(new Market(), Request() with { Steps = [Step().WithModel("cheap")], Models = [], Writer = "dear" });

        var best = found.Front[^1];
        Assert.Equal((1.0, "Even numbers are good: {{ text }}"), (best.Best.Score, (string?)best.Rewrites.Single(r => r.Directive == "clarify_instructions").Options["prompt"]));
        Assert.True(best.Comparison!.ByChance < 0.05);
    }

    [Fact]
    public async Task A_prompt_that_names_a_column_that_is_not_there_is_not_tried()
    {
        var found = await SearchAsync(new Market { OffersNonsense = true }, Request() with { Steps = [Step().WithModel("cheap")], Models = [], Writer = "dear" });

        Assert.DoesNotContain(found.Plans.SelectMany(p => p.Rewrites), r => r.Directive == "clarify_instructions");
    }

    [Fact]
    public async Task A_budget_ends_the_search_with_what_was_found_until_then()
    {
        var whole = await SearchAsync(new Market(), Request());
        await using var other = new MemoryStore();
        var budget = whole.PaidUsd / 3;

        var found = await new RewriteSearch(new PromptEvaluator(new Market(), other, new MemoryLedger(), TimeProvider.System), Catalog.Default)
            .SearchAsync(Request() with { BudgetUsd = budget }, CancellationToken.None);

        Assert.InRange(found.Plans.Count, 1, whole.Plans.Count - 1);
        Assert.InRange(found.PaidUsd, 0, budget);
        Assert.Contains("may spend", found.Stopped!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_examples_are_all_searched_by_and_none_confirms()
    {
        var found = await SearchAsync(new Market(), Request(Examples(8)));

        Assert.Equal((8, 0), (found.Searched, found.HeldBack));
        Assert.All(found.Plans, plan => Assert.Null(plan.Confirmed));
        Assert.NotEmpty(found.Front);
    }

    [Fact]
    public async Task A_model_that_cannot_be_asked_is_one_clear_error()
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => SearchAsync(new Market(), Request() with { Models = ["nobody"] }));

        Assert.Contains("asks the language model 'nobody', which cannot be asked here.", error.Message, StringComparison.Ordinal);
    }
}

static class StepOptions
{
    public static PipelineStep WithModel(this PipelineStep step, string model)
    {
        var options = (JsonObject)JsonNode.Parse(step.OptionsJson)!;
        options["model"] = model;
        return step with { OptionsJson = options.ToJsonString() };
    }
}
