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

/// <summary>Rewrites that put several steps in the place of one, a cheaper model before it, or less text into it.</summary>
public sealed class RewriteShapesTests : IAsyncLifetime, IAsyncDisposable
{
    readonly MemoryStore store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    /// <summary>Models that answer a row by a function of what they are told.</summary>
    sealed class Two(Func<string, string, JsonElement, JsonObject> answer) : PricedModels
    {
        protected override ModelAnswer Answer(ModelRequest request, AskedCall call) => call.Answer(data => answer(request.Model, request.System!, Named(request, data)));
    }

    static PipelineStep Step(string config) => Pipeline.Parse(Yaml(config)).Steps[0];

    static string Yaml(string config) => TestRuns.Source + $"  - {{ id: mood, type: llm_process, config: {{ type: classify, prompt: 'Is {{{{ text }}}} good?', labels: [good, bad], {config} }} }}\n";

    static string Truth(int i) => i % 3 == 0 ? "good" : "bad";

    static Batch Examples(int rows, Func<int, string> text) => new(
        new Schema([new Field("number", ColumnType.Int64), new Field("text", ColumnType.Text), new Field("expected", ColumnType.Text)]),
        [ValueColumn(rows), TextColumn.Of([.. Enumerable.Range(0, rows).Select(text)]), TextColumn.Of([.. Enumerable.Range(0, rows).Select(Truth)])],
        rows);

    static ValueColumn<long> ValueColumn(int rows)
    {
        // Rows in twos, so that equal numbers do not make equal rows one.
        var numbers = new ValueBuilder<long>(ColumnType.Int64, rows);
        for (var i = 0; i < rows; i++)
        {
            numbers.Append(i / 2);
        }

        return numbers.Build();
    }

    Task<RewriteSearchResult> SearchAsync(LanguageModels models, RewriteRequest request) =>
        new RewriteSearch(new PromptEvaluator(models, store, new MemoryLedger(), TimeProvider.System), Catalog.Default).SearchAsync(request, CancellationToken.None);

    /// <summary>Knows the answer where the whole text is short, or where notes say it.</summary>
    static JsonObject ByNotes(string model, string system, JsonElement data)
    {
        var truth = data.GetProperty("text").GetString()!.Split(' ')[0];
        return system.Contains("Note in a few words", StringComparison.Ordinal) ? new JsonObject { ["mood_notes"] = $"speaks for {truth}" }
            : new JsonObject { ["label"] = data.TryGetProperty("mood_notes", out var notes) && notes.GetString()!.EndsWith("good", StringComparison.Ordinal) ? "good" : "bad" };
    }

    [Fact]
    public async Task A_question_in_two_steps_is_found_and_runs_as_it_is_written()
    {
        var models = new Two(ByNotes);
        var found = await SearchAsync(models, new RewriteRequest([Step("model: dear")], Examples(60, i => $"{Truth(i)} text {i}"), PromptMetric.Accuracy));

        var best = found.Front[^1];
        Assert.Equal((1.0, 1.0), (best.Searched.Score, best.Confirmed!.Score));
        Assert.Equal(["mood_first", "mood_then", "mood"], best.Steps.Select(s => s.Id));
        Assert.True(best.Comparison!.ByChance < 0.05);
        Assert.Contains(found.Refused, r => r is { Directive: "chunking" } && r.Reason.StartsWith("The longest text of the examples has about", StringComparison.Ordinal));
        Assert.Contains(found.Refused, r => r is { Directive: "cascade", Reason: "There is no other model to answer first. Name one with --models." });
        Assert.Equal(["id|text|label", "1|good one|good", "2|bad one|bad", "2|bad one|bad", "3||"], await RunAsync(best, models, "id,text\n1,good one\n2,bad one\n2,bad one\n3,\n"));
    }

    [Fact]
    public async Task A_step_with_several_fields_is_cut_between_them()
    {
        static JsonObject Fields(string model, string system, JsonElement data)
        {
            var answer = new JsonObject();
            foreach (var name in new[] { "a", "b", "c" }.Where(n => system.Contains($"\"{n}\" (text)", StringComparison.Ordinal)))
            {
                // All three at once are too many for it.
                answer[name] = system.Contains("\"a\" (text)", StringComparison.Ordinal) && system.Contains("\"c\" (text)", StringComparison.Ordinal) ? "?" : name + data.GetProperty("text").GetString();
            }

            return answer;
        }

        string[] texts = [.. Enumerable.Range(0, 30).Select(i => $"t{i}")];
        var examples = new Batch(
            new Schema(new[] { "text", "expected_a", "expected_b", "expected_c" }.Select(n => new Field(n, ColumnType.Text))),
            new[] { "", "a", "b", "c" }.Select(p => TextColumn.Of([.. texts.Select(t => p + t)])), 30);
        var step = Pipeline.Parse(TestRuns.Source + "  - { id: read_out, type: extract, config: { columns: [text], output: [{ name: a }, { name: b }, { name: c }], budget_usd: 8, model: dear } }\n").Steps[0];

        var found = await SearchAsync(new Two(Fields), new RewriteRequest([step], examples, PromptMetric.Exact));

        var best = found.Front[^1];
        Assert.Equal(1.0, best.Best.Score);
        Assert.Equal(["read_out_1", "read_out"], best.Steps.Select(s => s.Id));
        Assert.Equal([4.0, 4.0], best.Steps.Select(s => (double)s.Options["budget_usd"]!));
        Assert.Equal("""["text","a","b"]""", best.Steps[1].Options["columns"]!.ToJsonString());
    }

    /// <summary>Reads no further than 1,500 letters; of the parts of a text it takes the one that says something.</summary>
    static JsonObject Shortsighted(string model, string system, JsonElement data)
    {
        string? Seen(string text) => (text.Length > 1_500 ? text[..1_500] : text) is var near && near.Contains("GOOD", StringComparison.Ordinal) ? "good" : near.Contains("BAD", StringComparison.Ordinal) ? "bad" : null;
        return data.TryGetProperty("_rows", out var rows) ? new JsonObject { ["label"] = rows.EnumerateArray().Select(r => r.GetProperty("label_of_part").GetString()).FirstOrDefault(l => l is not null) ?? "bad" }
            : system.Contains("label_of_part", StringComparison.Ordinal) ? new JsonObject { ["label_of_part"] = Seen(data.GetProperty("text").GetString()!) }
            : new JsonObject { ["label"] = Seen(data.GetProperty("text").GetString()!) ?? "bad" };
    }

    static string Long(string word) => string.Join(' ', Enumerable.Repeat("nothing of note", 140)) + $" {word} " + string.Join(' ', Enumerable.Repeat("and so on", 40));

    [Fact]
    public async Task A_long_text_is_asked_about_in_chunks_and_no_row_or_column_is_lost()
    {
        var models = new Two(Shortsighted);
        var found = await SearchAsync(models, new RewriteRequest([Step("model: dear, pii: allow")], Examples(24, i => $"{i / 2} {Long(Truth(i).ToUpperInvariant())}"), PromptMetric.Accuracy) { MostPlans = 8 });

        var best = found.Front.First(p => p.Rewrites.Any(r => r.Directive == "chunking"));
        Assert.Equal((1.0, 1.0), (best.Searched.Score, best.Confirmed!.Score));
        Assert.True(best.Confirmed.Score > found.Plans[0].Confirmed!.Score);
        Assert.Equal(["mood_whole", "mood_cut", "mood_parts", "mood_gather", "mood_rows", "mood"], best.Steps.Select(s => s.Id));

        // Equal rows stay two, a row without a text stays, and the text is whole again.
        var (good, bad) = (Long("GOOD"), Long("BAD"));
        var rows = await RunAsync(best, models, $"id,text\n1,{good}\n2,{bad}\n1,{good}\n3,\n4,GOOD\n");
        Assert.Equal(["id|text|label", $"1|{good}|good", $"2|{bad}|bad", $"1|{good}|good", "3||", "4|GOOD|good"], rows);
    }

    [Fact]
    public async Task A_text_is_shortened_to_what_has_to_do_with_the_question()
    {
        static JsonObject Whole(string model, string system, JsonElement data) => !data.TryGetProperty("text", out _) ? new() { ["label"] = "bad" } : new() { ["label"] = data.GetProperty("text").GetString()!.Contains("was good", StringComparison.Ordinal) ? "good" : "bad" };
        string Text(int i) => string.Concat(Enumerable.Range(0, 60).Select(n => $"Line {n} of {i} tells of the way there. ")) + $"All was {Truth(i)}. " + string.Concat(Enumerable.Range(0, 60).Select(n => $"Line {n} of {i} tells of the way back. "));

        var found = await SearchAsync(new Two(Whole), new RewriteRequest([Step("model: dear, pii: allow")], Examples(30, Text), PromptMetric.Accuracy) { MostPlans = 8 });

        var best = found.Front[0];
        Assert.Equal((1.0, 250, "sentences"), (best.Best.Score, (int)best.Steps[0].Options["max_text_tokens"]!, (string?)best.Steps[0].Options["text_cut"]));
        Assert.True(best.CostOfThousand < found.Plans[0].CostOfThousand / 3);
    }

    [Fact]
    public async Task A_cheaper_model_first_is_tried_where_there_are_examples_enough()
    {
        // The cheap one errs where it says that it is not sure.
        static JsonObject Answer(string model, string system, JsonElement data)
        {
            var (truth, number) = (data.GetProperty("text").GetString()!.Split(' ')[0], int.Parse(data.GetProperty("text").GetString()!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
            var isWrong = model == "test/cheap" && number % 10 == 0;
            var answer = new JsonObject { ["label"] = isWrong ? truth == "good" ? "bad" : "good" : truth };
            if (system.Contains("\"confidence\"", StringComparison.Ordinal))
            {
                answer["confidence"] = isWrong ? 0.2 : 0.95;
            }

            return answer;
        }

        var models = new Two(Answer);
        var request = new RewriteRequest([Step("model: dear, batch_size: 10, pii: allow")], Examples(400, i => $"{Truth(i)} {i}"), PromptMetric.Accuracy) { Models = ["cheap"], SearchRows = 200, MostPlans = 8 };

        var found = await SearchAsync(models, request);

        var cascade = found.Plans.First(p => p.Rewrites is [{ Directive: "cascade" }]);
        Assert.Equal(1.0, cascade.Searched.Score);
        Assert.True(cascade.Searched.CostUsd < found.Plans[0].Searched.CostUsd * 0.8m, $"{cascade.Searched.CostUsd} of {found.Plans[0].Searched.CostUsd}");
        Assert.DoesNotContain(found.Refused, r => r.Directive == "cascade");
        Assert.DoesNotContain(found.Plans, p => p.Rewrites.Any(r => r.Directive == "cascade") && p.Rewrites.Any(r => (string?)r.Options["model"] == "cheap"));

        var few = await SearchAsync(models, request with { Examples = Examples(100, i => $"{Truth(i)} {i}"), SearchRows = 40, MostPlans = 2 });
        Assert.Contains(few.Refused, r => r is { Directive: "cascade" } && r.Reason.EndsWith("the smaller part has 40. Give more examples, and raise --rows.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_search_that_was_killed_pays_for_no_call_twice_and_leaves_nothing_behind()
    {
        var request = new RewriteRequest([Step("model: dear, batch_size: 10")], Examples(40, i => $"{Truth(i)} text {i}"), PromptMetric.Accuracy) { MostPlans = 12 };
        var whole = new Two(ByNotes);
        await using var other = new MemoryStore();
        var expected = await new RewriteSearch(new PromptEvaluator(whole, other, new MemoryLedger(), TimeProvider.System), Catalog.Default).SearchAsync(request, CancellationToken.None);

        var models = new Two(ByNotes);
        var asked = 0;
        RewriteSearchResult? found = null;
        for (var kills = 0; found is null; kills++)
        {
            models.Dies = models.Calls + 3;
            var calls = models.Calls;
            try
            {
                found = await SearchAsync(models, request);
                asked += models.Calls - calls;
            }
            catch (StoreException)
            {
                // The call that died was not answered.
                asked += 3;
            }
        }

        Assert.Equal(whole.Calls, asked);
        Assert.Equal(expected.Plans.Select(p => p.Best.Score), found.Plans.Select(p => p.Best.Score));
        Assert.Empty(await PathsAsync("searches/"));
    }

    [Theory]
    [InlineData("{ id: s, type: semantic_filter, config: { prompt: 'is {{ text }} good', model: dear } }", "chaining", "It is for extract, and for llm_process that enriches or classifies.")]
    [InlineData("{ id: s, type: llm_process, config: { type: classify, labels: [good, bad], model: dear } }", "chunking", "The step sends all columns. Name those that it needs in its prompt or under columns.")]
    [InlineData("{ id: s, type: llm_process, config: { type: classify, prompt: '{{ text }}', labels: [good, bad], model: dear, cascade: { model: cheap } } }", "chaining", "The step has a cascade or a semantic cache, whose promise is about one question.")]
    [InlineData("{ id: s, type: llm_process, config: { type: summarize, prompt: '{{ text }}', model: dear } }", "cascade", "It compares answers, so every field must have labels or be true or false.")]
    public async Task What_does_not_fit_a_step_is_not_tried_and_said(string step, string directive, string reason)
    {
        static JsonObject Any(string model, string system, JsonElement data) => new() { ["holds"] = true, ["label"] = "good", ["summary"] = "good" };

        var found = await SearchAsync(new Two(Any), new RewriteRequest([Pipeline.Parse(TestRuns.Source + $"  - {step}\n").Steps[0]], Examples(20, i => $"text {i}"), PromptMetric.Accuracy) { Models = ["cheap"], MostPlans = 10 });

        Assert.Contains(new RefusedRewrite(directive, reason), found.Refused);
        Assert.DoesNotContain(found.Plans, p => p.Rewrites.Any(r => r.Directive == directive));
    }

    /// <summary>Columns and rows of a pipeline with the steps of a plan.</summary>
    static async Task<List<string>> RunAsync(RewrittenPlan plan, LanguageModels models, string csv)
    {
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", csv);
        var yaml = RewrittenFile.Of(Yaml("model: dear"), ["mood"], plan.Steps);
        var run = await runs.RunAsync(yaml);
        var manifest = await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None);
        return [string.Join('|', manifest.Schema.Select(f => f.Name)), .. await runs.RowsAsync(run.Version)];
    }

    async Task<List<string>> PathsAsync(string prefix)
    {
        var paths = new List<string>();
        await foreach (var item in store.ListAsync(prefix, CancellationToken.None))
        {
            paths.Add(item.Path);
        }

        return paths;
    }
}
