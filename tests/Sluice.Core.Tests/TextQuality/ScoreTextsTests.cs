using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;
using Sluice.TextQuality;

namespace Sluice.Core.Tests.TextQuality;

public sealed class ScoreTextsContractTests : StepContract
{
    protected override Step Create() => new ScoreTexts(new() { Column = "name", MinWords = 2 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new ScoreTexts(new() { Column = "nowhere" }), "column");
}

public sealed class ScoreTextsTests
{
    const string Story =
        "The harbour of Lisbon opens to the west. Ships enter the harbour at dawn, when the river is calm. The river Tagus carries sand from Spain, and the sand must be dredged each spring. "
        + "Dredging keeps the channel open for larger ships. In the channel a pilot boards each vessel and steers it past the old tower.";

    [Fact]
    public void Every_text_has_four_scores_and_one_without_words_has_none()
    {
        var run = Run(Story, "", null, "!?", "word");

        Assert.Equal(["text", "coherence_score", "factuality_score", "diversity_score", "utility_score"], run.Schema.Select(f => f.Name));
        foreach (var name in TextScores.Names)
        {
            var column = (ValueColumn<double>)run.All[name];
            Assert.Equal([false, true, true, true, false], Enumerable.Range(0, 5).Select(column.IsNull));
            Assert.All(new[] { 0, 4 }, row => Assert.InRange(column.Values[row], 0, 1));
        }

        var report = new Fitted(run.Json).As<TextQualityReport>();
        Assert.Equal((5, 2), (report.Rows, report.Texts));
        Assert.Equal(((ValueColumn<double>)run.All["utility_score"]).Values[0] / 2 + (((ValueColumn<double>)run.All["utility_score"]).Values[4] / 2), report.UtilityScore!.Value, 6);
    }

    [Fact]
    public void Sentences_that_take_up_words_cohere_and_others_do_not()
    {
        Assert.Equal(1, Of(Story).Coherence);
        Assert.Equal(0, Of("Violins need rosin. Tomorrow brings rain. Copper conducts heat.").Coherence);

        // The third takes up the first, the fourth neither of the two before it.
        Assert.Equal(0.333333, Of("Ships arrive early. Copper conducts heat. Ships depart again. Violins need rosin.").Coherence);
        Assert.Equal(1, Of("One sentence alone").Coherence);
        Assert.Equal(0.5, Of("鲸鱼生活在海洋。海洋覆盖地球。火车很快。").Coherence);
    }

    [Theory]
    [InlineData("The bridge was opened on 2023-02-30 by the mayor.", 1)]
    [InlineData("The bridge was opened on 2024-02-29 by the mayor.", 0)]
    [InlineData("The bridge was opened on 2023-13-01 by the mayor.", 1)]
    [InlineData("Call 555-2023-02-30 for the bridge.", 0)]
    [InlineData("He lived in Rome (1950-1940) and wrote.", 1)]
    [InlineData("He lived in Rome (1940–1950) and wrote.", 0)]
    [InlineData("He lived in Rome (1950–1940) and wrote.", 1)]
    [InlineData("It happened on February 30 in the morning.", 1)]
    [InlineData("It happened on the 31st of June in the morning.", 1)]
    [InlineData("Es geschah am 31 April, sagt man.", 1)]
    [InlineData("It happened on May 31, 30 March and 29 February.", 0)]
    [InlineData("Prices rose between 1990 and 1980 by half.", 1)]
    [InlineData("Prices rose between 1980 and 1990 by half.", 0)]
    [InlineData("The shop is open between 22 and 6 each night.", 0)]
    [InlineData("The train leaves at 10:75 am from here.", 1)]
    [InlineData("The train leaves at 10:45 am from here.", 0)]
    [InlineData("They froze it at -300 °C for an hour.", 1)]
    [InlineData("They froze it at -300.5 degrees Celsius for an hour.", 1)]
    [InlineData("They froze it at −200 °C for an hour.", 0)]
    [InlineData("They froze it at -300 °F for an hour.", 0)]
    [InlineData("They froze it at -500 °F for an hour.", 1)]
    [InlineData("The total population of Lisbon was 545,000 people. The total population of Lisbon was 601,000 people.", 1)]
    [InlineData("The total population of Lisbon was 545,000 people. The total population of Lisbon was 545,000 people.", 0)]
    [InlineData("The total population of Lisbon was 545,000 people. The total population of Lisbon was 60 percent.", 0)]
    [InlineData("The best results are in table 14 here. The best results are in table 15 here.", 0)]
    public void What_cannot_be_halves_the_score_of_a_short_text(string text, int errors) => Assert.Equal(Math.Pow(0.5, errors), Of(text).Factuality);

    [Fact]
    public void Hedges_count_by_sentences_and_the_month_of_May_is_none()
    {
        Assert.Equal(0.75, Of("Perhaps it may rain. It rains often.").Factuality);
        Assert.Equal(1, Of("It rained on 4 May often. It rained in May 1990.").Factuality);

        // One error in twenty sentences weighs half of one in ten.
        Assert.Equal(Math.Round(Math.Pow(2, -0.5), 6), Of(string.Concat(Enumerable.Repeat("It rains. ", 19)) + "It rained on February 30.").Factuality);
    }

    [Fact]
    public void Repetition_lowers_diversity_whatever_the_length()
    {
        var spam = string.Concat(Enumerable.Repeat("Buy cheap watches now. ", 40));

        Assert.InRange(Of(Story).Diversity, 0.6, 1);
        Assert.InRange(Of(spam).Diversity, 0, 0.01);
        Assert.Equal(1, Of("one two three").Diversity);

        // Words of fifty, each window with all different: (2 · 50 words) has no window that repeats more than the other.
        Assert.Equal(1, Of(string.Join(' ', Enumerable.Range(0, 200).Select(i => $"word{i}"))).Diversity);
    }

    [Fact]
    public void Utility_falls_with_each_of_its_parts()
    {
        // Fewer words than asked for: 10 of 50, the rest is whole.
        var (full, scorer) = ("Copper wires conduct heat better than steel wires usually do.", new TextScorer(10, 100));
        Assert.Equal(1, Score(scorer, full).Utility);
        Assert.Equal(Math.Round(Math.Pow(10.0 / 50, 0.25), 6), Score(new TextScorer(50, 100), full).Utility);
        Assert.Equal(Math.Round(Math.Pow(5.0 / 10, 0.25), 6), Score(new TextScorer(1, 5), full).Utility);

        // Half of the words are in boilerplate or there before.
        Assert.Equal(Math.Round(Math.Pow(0.5, 0.25), 6), Score(scorer, full + "\n" + full).Utility);
        Assert.Equal(Math.Round(Math.Pow(0.5, 0.25), 6), Score(scorer, full + "\nPlease enable javascript before going further into these strange pages.").Utility);
        Assert.True(Of(string.Concat(Enumerable.Repeat("1234 5678 ", 40))).Utility < 0.6);
    }

    [Fact]
    public void Hostile_texts_have_scores_too()
    {
        var random = new Random(7);
        byte[][] texts = [.. Enumerable.Range(0, 300).Select(i =>
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            return i % 2 == 0 ? bytes : Encoding.ASCII.GetBytes(string.Concat(bytes.Select(b => "0123456789-.,:/ –°C\nbetween and february am"[b % 42])));
        }), Encoding.UTF8.GetBytes(new string('a', 1_000_000))];
        var scorer = new TextScorer(50, 100);

        foreach (var text in texts)
        {
            if (scorer.Score(text) is { } scores)
            {
                Assert.All(Enumerable.Range(0, 4), i => Assert.InRange(scores[i], 0, 1));
            }
        }
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = new Schema([new Field("text", ColumnType.Text), new Field("n", ColumnType.Int64), new Field("utility_score", ColumnType.Text)]);

        Assert.StartsWith("column: Column 'n' is int64; expected text.", Assert.Single(StepRunner.Problems(new ScoreTexts(new() { Column = "n" }), schema)));
        Assert.StartsWith("min_words: At least 9 words and at most 8", Assert.Single(StepRunner.Problems(new ScoreTexts(new() { Column = "text", MinWords = 9, MaxWords = 8 }), schema)));
        Assert.StartsWith("prefix: The column 'utility_score' of the texts would be replaced", Assert.Single(StepRunner.Problems(new ScoreTexts(new() { Column = "utility_score" }), schema)));
        Assert.Contains("a_utility_score", StepRunner.Run(new ScoreTexts(new() { Column = "text", Prefix = "a_" }), Table("x")).Schema.Select(f => f.Name));
    }

    const string Asking = TestRuns.Source + "  - { id: scores, type: score_texts, config: { column: text, llm: {} } }\n";

    static JsonObject Judge(JsonElement row) => new()
    {
        ["coherence_score"] = row.GetProperty("text").GetString()!.Contains("bad", StringComparison.Ordinal) ? 0.2 : 0.8,
        ["factuality_score"] = 1,
        ["diversity_score"] = 0.5,
        ["utility_score"] = 0,
    };

    [Fact]
    public async Task A_model_gives_the_same_columns_and_means_and_each_text_is_asked_once()
    {
        var models = new ScriptedModels { Row = Judge };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "text\na bad text\na good text\na good text\nwrite to ann@example.com\n");

        var run = await runs.RunAsync(Asking, deliveries: 2);

        Assert.Equal(
            ["a bad text|0.2|1|0.5|0", "a good text|0.8|1|0.5|0", "a good text|0.8|1|0.5|0", "write to ann@example.com|0.8|1|0.5|0"], await runs.RowsAsync(run.Version));
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        Assert.Equal(3, models.Asked.Count);
        Assert.DoesNotContain(models.Asked.Keys, key => key.Contains("ann@example.com", StringComparison.Ordinal));
        var report = JsonNode.Parse(await runs.BytesAsync(run.Version))!["steps"]!.AsArray()[^1]!["fitted"]!;
        Assert.Equal((4, 0.65), ((int)report["texts"]!, (double)report["coherence_score"]!));
    }

    [Fact]
    public async Task Without_a_model_the_counts_score_and_every_row_says_so()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "text\na good text\n");

        var asked = await runs.RunAsync(Asking);
        var counted = await runs.RunAsync(Asking.Replace(", llm: {}", "", StringComparison.Ordinal));

        Assert.Equal(await runs.RowsAsync(counted.Version), await runs.RowsAsync(asked.Version));
        Assert.Contains((await runs.RecordAsync(asked.Outcome)).Evidence.SelectMany(e => e.Rules), rule => rule.Reason == "llm_not_asked");
    }

    [Fact]
    public async Task Other_columns_are_not_sent()
    {
        await using var runs = new TestRuns { Models = new ScriptedModels { Row = Judge } };
        runs.Write("data.csv", "text,other\na good text,1\n");

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Asking.Replace("llm: {}", "llm: { columns: [other] }", StringComparison.Ordinal)));

        Assert.Contains("The texts of 'text' are judged alone.", error.Message, StringComparison.Ordinal);
    }

    static TextScores Of(string text) => Score(new TextScorer(50, 100_000), text);

    static TextScores Score(TextScorer scorer, string text) => scorer.Score(Encoding.UTF8.GetBytes(text))!.Value;

    static StepRun Run(params string?[] texts) => StepRunner.Run(new ScoreTexts(new() { Column = "text" }), Table(texts));

    static Batch Table(params string?[] texts) => new(new([new Field("text", ColumnType.Text)]), [TextColumn.Of(texts)], texts.Length);
}
