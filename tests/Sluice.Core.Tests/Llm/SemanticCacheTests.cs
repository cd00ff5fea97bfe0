using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Kept answers to similar questions: taken only where a sample shows that they are right often enough.</summary>
public sealed class SemanticCacheTests
{
    const int Questions = 400;

    static string Step(string options = "max_error: 0.05, sample: 100", string others = "") => TestRuns.Source + $$$"""
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Kind of {{ text }}', labels: [even, odd], batch_size: 20, {{{others}}}semantic_cache: { {{{options}}} } }

        """;

    // What a question is about is one of its words; whether it is negated, another.
    static JsonObject Kind(JsonElement data)
    {
        var words = data.GetProperty("text").GetString()!.Split(' ');
        var number = int.Parse(words.Single(w => w.StartsWith("item", StringComparison.Ordinal))[4..], CultureInfo.InvariantCulture);
        return new JsonObject { ["label"] = (number + (words.Contains("never") ? 1 : 0)) % 2 == 0 ? "even" : "odd" };
    }

    static string Csv(Func<int, string> text) => "id,text\n" + string.Concat(Enumerable.Range(0, Questions).Select(i => FormattableString.Invariant($"{i},{text(i)}\n")));

    static string Old(int i) => FormattableString.Invariant($"the parcel of item{i} came on day {i * 7}");

    /// <summary>A run on the old questions, and then one on others.</summary>
    static async Task<(TestRuns Runs, ScriptedModels Models, int Before)> KeptAsync(Func<int, string> text, string yaml)
    {
        var models = new ScriptedModels { Row = Kind };
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(Old));
        await runs.RunAsync(yaml, batchBytes: 4_000);
        runs.Write("data.csv", Csv(text));
        return (runs, models, models.Asked.Count);
    }

    [Fact]
    public async Task Answers_to_similar_questions_are_taken_where_the_sample_shows_that_they_are_right()
    {
        var (runs, models, before) = await KeptAsync(i => Old(i) + " again", Step());
        await using var _ = runs;

        var run = await runs.RunAsync(Step(), batchBytes: 4_000);

        var outcome = Assert.Single((await runs.RecordAsync(run.Outcome)).Cost!.Cascades!);
        Assert.True(outcome is { IsSemanticCache: true, Sampled: 100, Threshold: not null }, outcome.Note);
        Assert.Equal((Questions, Questions - outcome.Spared), (before, models.Asked.Count - before));
        Assert.True(outcome.Spared > 200, outcome.Note);
        Assert.True(outcome.SavedUsd > 0, "nothing was saved");
        Assert.Equal(Enumerable.Range(0, Questions).Select(i => $"{i}|{Old(i)} again|{(i % 2 == 0 ? "even" : "odd")}"), await runs.RowsAsync(run.Version));
    }

    [Fact]
    public async Task Similar_is_not_equal_where_a_word_changes_the_answer_the_model_answers_all()
    {
        var (runs, models, before) = await KeptAsync(i => i % 3 == 0 ? Old(i).Replace("came", "never came", StringComparison.Ordinal) : Old(i) + " again", Step());
        await using var _ = runs;

        var run = await runs.RunAsync(Step(), batchBytes: 4_000);

        var outcome = Assert.Single((await runs.RecordAsync(run.Outcome)).Cost!.Cascades!);
        var wrong = (await runs.RowsAsync(run.Version)).Count(row => !row.EndsWith(Kind(JsonDocument.Parse($$"""{"text":"{{row.Split('|')[1]}}"}""").RootElement)["label"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.InRange(wrong, 0, 0.05 * Questions);
        Assert.Equal(Questions - outcome.Spared, models.Asked.Count - before);
    }

    [Fact]
    public async Task What_is_taken_does_not_depend_on_how_the_table_is_cut()
    {
        var found = new HashSet<(string, long, double?)>();
        foreach (var batchBytes in new long[] { 1_500, 6_000, 1 << 20 })
        {
            var (runs, _, _) = await KeptAsync(i => Old(i) + " again", Step());
            await using var disposed = runs;
            var run = await runs.RunAsync(Step(), batchBytes: batchBytes);
            var outcome = (await runs.RecordAsync(run.Outcome)).Cost!.Cascades!.Single();
            found.Add((run.Version, outcome.Spared, outcome.Threshold));
        }

        Assert.Single(found);
    }

    [Fact]
    public async Task Without_kept_questions_and_with_few_new_ones_the_model_answers_all()
    {
        var models = new ScriptedModels { Row = Kind };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv(Old));

        var first = await runs.RunAsync(Step(), batchBytes: 4_000);
        Assert.Equal(0, Assert.Single((await runs.RecordAsync(first.Outcome)).Cost!.Cascades!).Spared);

        runs.Write("data.csv", "id,text\n1,the parcel of item3 came on day 21 again\n");
        var few = await runs.RunAsync(Step(), batchBytes: 4_000);
        Assert.Null((await runs.RecordAsync(few.Outcome)).Cost!.Cascades);
        Assert.Equal(Questions + 1, models.Asked.Count);
    }

    [Fact]
    public async Task The_oldest_questions_are_removed_where_there_are_too_many_and_the_newest_serve()
    {
        var (runs, models, before) = await KeptAsync(i => Old(i) + " again", Step("max_error: 0.05, sample: 100, kept: 500"));
        await using var _ = runs;
        var first = await KeptAsync(runs);

        var run = await runs.RunAsync(Step("max_error: 0.05, sample: 100, kept: 500"), batchBytes: 4_000, deliveries: 2);

        var size = Assert.Single((await runs.RecordAsync(run.Outcome)).Cost!.Kept!);
        var left = await KeptAsync(runs);
        Assert.Equal((left.Sum(p => p.Bytes) / KeptQuestions.RecordBytes, left.Sum(p => p.Bytes)), (size.Questions, size.Bytes));
        Assert.InRange(size.Questions, 400, 500);

        // What this run asked is all there; of the first run the newest parts.
        var asked = models.Asked.Count - before;
        Assert.Equal(Questions + asked - size.Questions, size.Removed);
        Assert.Equal(first.OrderByDescending(p => p.Path, StringComparer.Ordinal).Take(left.Intersect(first).Count()).Order(), left.Intersect(first).Order());
    }

    [Fact]
    public async Task Questions_whose_answers_are_too_old_are_removed()
    {
        var clock = new Moving();
        var models = new ScriptedModels { Row = Kind };
        await using var runs = new TestRuns { Models = models, Time = clock };
        runs.Write("data.csv", Csv(Old));
        await runs.RunAsync(Step(others: "cache_ttl_hours: 2, "), batchBytes: 4_000);
        clock.Moved = TimeSpan.FromHours(3);
        runs.Write("data.csv", "id,text\n1,the parcel of item3 came on day 21 again\n");

        var later = await runs.RunAsync(Step(others: "cache_ttl_hours: 2, "), batchBytes: 4_000);

        Assert.Equal(new KeptSize("mood", 1, KeptQuestions.RecordBytes, Questions), Assert.Single((await runs.RecordAsync(later.Outcome)).Cost!.Kept!));
        Assert.Single(await KeptAsync(runs));
    }

    static async Task<List<(string Path, long Bytes)>> KeptAsync(TestRuns runs)
    {
        var parts = new List<(string, long)>();
        await foreach (var part in runs.Store.ListAsync("similar/", CancellationToken.None))
        {
            parts.Add((part.Path, part.Bytes));
        }

        return parts;
    }

    sealed class Moving : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Moved;
    }

    [Theory]
    [InlineData("pii: allow, ", "personal data must not be in it. Found 'pii: allow', expected 'redact'.")]
    [InlineData("pii: deny, ", "personal data must not be in it. Found 'pii: deny', expected 'redact'.")]
    [InlineData("temperature: 0.5, ", "only with 'temperature: 0'")]
    [InlineData("cache_ttl_hours: 0, ", "only with 'temperature: 0'")]
    [InlineData("cascade: { model: default }, ", "two promises are not one")]
    public async Task What_would_break_the_promise_is_refused(string option, string problem)
    {
        await using var runs = new TestRuns { Models = new ScriptedModels { Row = Kind } };
        runs.Write("data.csv", Csv(Old));

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Step(others: option)));

        Assert.Contains(error.Problems, p => p.Message.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.02, 8.0)]
    [InlineData(0.05, 4.0)]
    [InlineData(0.10, 2.0)]
    public void In_simulated_runs_the_bound_is_missed_no_more_often_than_promised(double maxError, double steepness)
    {
        var options = new SemanticCacheOptions { MaxError = maxError, Delta = 0.1 }.Promise;
        var random = new Random(7);
        var (missed, taken) = (0, 0);
        const int runs = 200, questions = 3_000;
        for (var run = 0; run < runs; run++)
        {
            // The probability that the answer to a similar question is right is logistic in the similarity, and its place differs from run to run.
            var middle = random.NextDouble();
            var answers = Enumerable.Range(0, questions).Select(i =>
            {
                var similarity = Math.Round(random.NextDouble(), 3);
                var right = random.NextDouble() < 1 / (1 + Math.Exp(-steepness * 5 * (similarity - middle)));
                return new LabelledRow(similarity, right ? "a" : "b", "a");
            }).ToArray();
            var sample = answers.OrderBy(_ => random.Next()).Take(options.LabelBudget).ToArray();
            var chosen = CascadeThreshold.Choose(options, _ => false, sample, questions, CascadeThreshold.Grid(answers.Select(a => a.Confidence)));
            var used = answers.Where(a => a.Confidence >= (chosen?.Threshold ?? 2)).ToArray();
            taken += used.Length;
            missed += used.Count(a => a.Cheap != a.Oracle) > maxError * questions ? 1 : 0;
        }

        // 0.1 of 200 runs, and three standard deviations of chance.
        Assert.InRange(missed, 0, 20 + 13);
        Assert.True(taken > runs * questions / 20, $"only {taken} answers were taken");
    }

    [Fact]
    public void The_nearest_question_is_the_same_however_kept_ones_are_cut_and_ordered()
    {
        AskedRow[] kept = [.. Enumerable.Range(0, 60).Select(i => Row(i))];
        AskedRow[] asked = [.. Enumerable.Range(0, 60).Select(i => Row(i, Old(i) + " again"))];
        var whole = KeptQuestions.FromBytes([KeptQuestions.ToBytes(kept, CancellationToken.None)]).Nearest(asked, CancellationToken.None);
        var parts = KeptQuestions.FromBytes([.. kept.Reverse().Chunk(7).Select(part => KeptQuestions.ToBytes(part, CancellationToken.None))]).Nearest(asked, CancellationToken.None);

        Assert.Equal(whole, parts);
        Assert.Equal(kept.Select(k => k.Key), whole.Select(n => n!.Value.Key));
        Assert.All(whole, n => Assert.InRange(n!.Value.Similarity, 0.7, 0.999));
        Assert.All(KeptQuestions.FromBytes([]).Nearest(asked, CancellationToken.None), n => Assert.Null(n));

        static AskedRow Row(int i, string? text = null) => new(i, new RowKey((ulong)i + 1, 0), Encoding.UTF8.GetBytes($$"""{"text":"{{text ?? Old(i)}}"}"""));
    }
}
