using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Examples;
using Sluice.Steps;

namespace Sluice.Core.Tests.Examples;

public sealed class ValidateLlmDataContractTests : StepContract
{
    protected override Step Create() => new ValidateLlmData(new() { Prompt = ["name"], Completion = "genre", MinUniqueWords = 1, Action = ExampleAction.Reject });

    protected override (Step Step, string Path)? WithUnknownColumn => (new ValidateLlmData(new() { Prompt = ["name", "nowhere"], Completion = "genre" }), "prompt[1]");
}

public sealed class ValidateLlmDataTests
{
    const string Good = "one two three four five six seven eight nine ten";

    [Theory]
    [InlineData("[{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "")]
    [InlineData("[{\"role\":\"system\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "")]
    [InlineData("[{\"from\":\"human\",\"value\":\"@\"},{\"from\":\"gpt\",\"value\":\"yes\"}]", "")]
    [InlineData("[{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\" \"}]", "empty_example")]
    [InlineData("[]", "empty_example")]
    [InlineData(null, "empty_example")]
    [InlineData("[{\"role\":\"user\",\"content\":\"@\"}]", "unreadable_example")]
    [InlineData("[{\"role\":\"assistant\",\"content\":\"@\"}]", "unreadable_example")]
    [InlineData("[{\"role\":\"system\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "unreadable_example")]
    [InlineData("[{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "unreadable_example")]
    [InlineData("[{\"role\":\"user\",\"content\":\"@\"},{\"role\":\"system\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "unreadable_example")]
    [InlineData("[{\"role\":\"robot\",\"content\":\"@\"},{\"role\":\"assistant\",\"content\":\"yes\"}]", "unreadable_example")]
    [InlineData("{\"role\":\"user\"}", "unreadable_example")]
    [InlineData("[1, 2]", "unreadable_example")]
    [InlineData("[] []", "unreadable_example")]
    [InlineData("no json", "unreadable_example")]
    [InlineData("[{\"role\":\"user\"", "unreadable_example")]
    public void Messages_have_a_form(string? messages, string reason) =>
        Assert.Equal(reason, Reasons(Lenient, Table(("messages", [messages?.Replace("@", Good, StringComparison.Ordinal)])))[0]);

    // At each end: the last that is right and the first that is wrong.
    [Theory]
    [InlineData(3, "too_short")]
    [InlineData(4, "")]
    [InlineData(8, "")]
    [InlineData(9, "too_long")]
    public void Lengths_have_limits(int words, string reason) =>
        Assert.Equal(reason, Reasons(Lenient with { MinUniqueWords = 0, MinSequenceLength = 4, MaxSequenceLength = 8 }, Pairs((Words(words - 1), "yes")))[0]);

    [Theory]
    [InlineData(9, "few_unique_words")]
    [InlineData(10, "")]
    public void Different_words_have_a_limit(int words, string reason) => Assert.Equal(reason, Reasons(Lenient, Pairs((Words(words), "W1 w2, w1!")))[0]);

    [Fact]
    public void The_second_example_of_the_same_words_is_a_copy_and_empty_ones_are_none()
    {
        var reasons = Reasons(Lenient, Pairs((Good, "yes"), (Good.ToUpperInvariant() + "!", "Yes."), (Good, "no"), ("", ""), ("", "")));

        Assert.Equal(["", "duplicate_example", "", "empty_example", "empty_example"], reasons);
    }

    [Fact]
    public void Words_that_every_example_has_and_unusual_lengths_are_reported_and_not_rejected()
    {
        var rows = Enumerable.Range(0, 30).Select(i => ($"{Good} {string.Join(' ', Enumerable.Range(0, 12).Select(w => $"own{i}x{w}"))}", "yes")).Append((Good, "yes")).Append((Words(200), "yes"));

        var run = StepRunner.Run(new ValidateLlmData(Lenient with { Action = ExampleAction.Reject, MinTfidfScore = 0.1 }), Pairs([.. rows]));

        Assert.Equal(32, run.All.Rows);
        var reasons = ReasonsOf(run);
        Assert.Equal(Enumerable.Repeat("", 30).Append("low_tfidf").Append("length_outlier"), reasons);
    }

    [Theory]
    [InlineData(4, "Found 4 examples; expected at least min_examples = 5.")]
    [InlineData(5, null)]
    [InlineData(10, null)]
    [InlineData(11, "Found 11 examples; expected at most max_examples = 10.")]
    public void The_number_of_examples_has_limits(int count, string? failure)
    {
        var step = new ValidateLlmData(Lenient with { MinExamples = 5, MaxExamples = 10 });

        Assert.Equal(failure, Gate(step, Pairs([.. Enumerable.Range(0, count).Select(i => ($"{Good} {i}", "yes"))])));
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(4, "40.0 % of the examples are copies; expected at most max_duplicate_ratio = 0.3.")]
    public void Copies_have_a_limit(int copies, string? failure)
    {
        var step = new ValidateLlmData(new() { QualityThreshold = 0, MinTfidfScore = 0 });

        Assert.Equal(failure, Gate(step, Pairs([.. Enumerable.Range(0, 10).Select(i => ($"{Good} {(i < 10 - copies ? i : 0)}", "yes"))]))?.Replace("\u00a0", " ", StringComparison.Ordinal).Replace("40.0%", "40.0 %", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(6, "expected at least quality_threshold = 0.7: 4 few_unique_words.")]
    public void The_share_of_good_examples_has_a_limit(int good, string? failure)
    {
        var found = Gate(new ValidateLlmData(new() { MinTfidfScore = 0 }), Pairs([.. Enumerable.Range(0, 10).Select(i => (i < good ? $"{Good} {i}" : $"only {i}", "yes"))]));

        Assert.Equal(failure is null, found is null);
        Assert.EndsWith(failure ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_that_share_most_words_stop_the_run()
    {
        var failure = Gate(new ValidateLlmData(new()), Pairs([.. Enumerable.Range(0, 10).Select(i => ($"{Good} {i}", "yes"))]));

        Assert.Equal("The mean TF-IDF of the examples is 0.059; expected at least min_tfidf_score = 0.1: they share most of their words.", failure);
    }

    [Fact]
    public void The_result_says_what_is_wrong_or_that_nothing_is()
    {
        var step = new ValidateLlmData(Lenient with { MinExamples = 3, Text = "text" });
        var timestamp = new DateTimeOffset(2024, 3, 7, 12, 0, 0, TimeSpan.Zero);
        SetResult Result(params string?[] texts) => step.Result(new Fitted(StepRunner.Run(step, Table(("text", texts))).Json), timestamp);

        var (right, wrong) = (Result(Words(10), Words(12), null), Result(Words(10)));

        Assert.Equal((true, "Data validation successful", timestamp), (right.IsValid, right.Message, right.Timestamp));
        Assert.Equal((3, 11.0, Math.Round(Math.Sqrt(2), 6), Math.Round(2 / 3.0, 6)), (right.Metrics.NumSamples, right.Metrics.AverageSequenceLength, right.Metrics.DeviationOfSequenceLength, right.Metrics.QualityScore));
        Assert.Equal((false, "Found 1 examples; expected at least min_examples = 3."), (wrong.IsValid, wrong.Message));
        Assert.Equal(new SetMetrics(1, 10, 0, 1, 0, 1), wrong.Metrics);
    }

    [Fact]
    public void The_figures_do_not_depend_on_batches_or_their_order() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (texts, size) =>
        {
            var rows = Table(("text", [.. texts.Select(t => t.Get)]));
            var step = new ValidateLlmData(Lenient with { Text = "text" });
            Batch[] parts = [.. Enumerable.Range(0, rows.Rows).Where(i => i % size.Get == 0).Select(i => rows.Slice(i, Math.Min(i + size.Get, rows.Rows))).Reverse()];

            return step.Result(new Fitted(StepRunner.Run(step, rows).Json), default) == step.Result(new Fitted(StepRunner.Run(step, parts.Length == 0 ? [rows] : parts).Json), default);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void Columns_are_found_by_their_usual_names()
    {
        foreach (var names in new[] { new[] { "instruction", "input", "output" }, ["instruction", "output"], ["prompt", "completion"], ["prompt", "response"], ["question", "answer"] })
        {
            // Where there is an input, it may be empty.
            Assert.Equal([""], Reasons(Lenient, Table([.. names.Select(name => (name, new string?[] { name == "input" ? null : Good }))])));
        }

        Assert.StartsWith("prompt: No examples are found in the columns a.", Assert.Single(StepRunner.Problems(new ValidateLlmData(new()), Table(("a", ["x"])).Schema)));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = Pairs(("a", "b")).Schema;

        Assert.StartsWith("messages: Both messages and prompt or completion are given.", StepRunner.Problems(new ValidateLlmData(new() { Messages = "prompt", Completion = "completion" }), schema)[0]);
        Assert.StartsWith("text: Both text and messages", Assert.Single(StepRunner.Problems(new ValidateLlmData(new() { Text = "prompt", Completion = "completion" }), schema)));
        Assert.StartsWith("text: ", Assert.Single(StepRunner.Problems(new ValidateLlmData(new() { Text = "nowhere" }), schema)));
        Assert.StartsWith("completion: No examples are found", Assert.Single(StepRunner.Problems(new ValidateLlmData(new() { Prompt = ["prompt"] }), schema)));
        Assert.StartsWith("min_sequence_length: At least 9 words", Assert.Single(StepRunner.Problems(new ValidateLlmData(new() { MinSequenceLength = 9, MaxSequenceLength = 8 }), schema)));
        Assert.StartsWith("min_examples: At least 9 examples", Assert.Single(StepRunner.Problems(new ValidateLlmData(new() { MinExamples = 9, MaxExamples = 8 }), schema)));
    }

    [Fact]
    public void The_defaults_are_those_that_were_asked_for()
    {
        var options = new ValidateLlmData.Options();

        Assert.Equal((1, 512, 5L, 10_000L), (options.MinSequenceLength, options.MaxSequenceLength, options.MinExamples, options.MaxExamples));
        Assert.Equal((0.7, 10, 0.3, 0.1, 2.0), (options.QualityThreshold, options.MinUniqueWords, options.MaxDuplicateRatio, options.MinTfidfScore, options.OutlierThreshold));
    }

    static ValidateLlmData.Options Lenient => new() { MinExamples = 0, QualityThreshold = 0, MaxDuplicateRatio = 1, MinTfidfScore = 0 };

    static string? Gate(ValidateLlmData step, Batch rows) => step.GateFailure(new Fitted(StepRunner.Run(step, rows).Json));

    static string[] Reasons(ValidateLlmData.Options options, Batch rows) => ReasonsOf(StepRunner.Run(new ValidateLlmData(options), rows));

    static string[] ReasonsOf(StepRun run)
    {
        var verdicts = Assert.Single(run.Verdicts);
        var reasons = Enumerable.Range(0, verdicts.Rows).Select(_ => new List<string>()).ToArray();
        for (var rule = 0; rule < verdicts.Rules.Count; rule++)
        {
            foreach (var row in verdicts.Failing(rule))
            {
                reasons[row].Add(verdicts.Rules[rule].Reason);
            }
        }

        return [.. reasons.Select(r => string.Join(' ', r))];
    }

    static string Words(int count) => string.Join(' ', Enumerable.Range(1, count).Select(i => $"w{i}"));

    static Batch Pairs(params (string Prompt, string Completion)[] rows) => Table(("prompt", [.. rows.Select(r => r.Prompt)]), ("completion", [.. rows.Select(r => r.Completion)]));

    static Batch Table(params (string Name, string?[] Cells)[] columns) => new(
        new([.. columns.Select(c => new Field(c.Name, ColumnType.Text))]), [.. columns.Select(c => (Column)TextColumn.Of(c.Cells))], columns[0].Cells.Length);
}
