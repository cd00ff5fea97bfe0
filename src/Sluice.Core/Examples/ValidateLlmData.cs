using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Examples;

/// <summary>What is done with an example that something is wrong with.</summary>
public enum ExampleAction
{
    /// <summary>It stays, and is in the evidence.</summary>
    Flag,

    /// <summary>It goes, and is in the evidence.</summary>
    Reject,
}

/// <summary>
/// Checks examples that a language model is to be trained on: their form (messages of OpenAI's or ShareGPT's kind, or prompt and answer), length, different words, copies, words that all examples
/// have, and unusual lengths; and of all together their number, the share of copies and of good ones. The run stops where those are not as they should be. A word is a run of letters and
/// digits.
/// </summary>
[Step("validate_llm_data", Aliases = ["check_llm_data"])]
public sealed class ValidateLlmData(ValidateLlmData.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Column of messages as JSON: <c>[{"role": "user", "content": "…"}, …]</c> or with <c>from</c> and <c>value</c>. Default: messages or conversations, where there is one.</summary>
        public string? Messages { get; init; }

        /// <summary>Columns of the prompt, at least one of them with words. Default: instruction and input, prompt, or question, where they are.</summary>
        public IReadOnlyList<string> Prompt { get; init; } = [];

        /// <summary>Column of the answer. Default: output, completion, response or answer, where there is one.</summary>
        public string? Completion { get; init; }

        /// <summary>Column of whole texts that are no questions and answers, such as texts to embed. Default: none.</summary>
        public string? Text { get; init; }

        /// <summary>Fewest words of an example, prompt and answer together. Default: 1.</summary>
        [Range(1, 10_000_000)]
        public int MinSequenceLength { get; init; } = 1;

        /// <summary>Most words of an example. Default: 512.</summary>
        [Range(1, 10_000_000)]
        public int MaxSequenceLength { get; init; } = 512;

        /// <summary>Fewest examples; fewer stop the run. Default: 5.</summary>
        [Range(0L, long.MaxValue)]
        public long MinExamples { get; init; } = 5;

        /// <summary>Most examples; more stop the run. Default: 10000.</summary>
        [Range(1L, long.MaxValue)]
        public long MaxExamples { get; init; } = 10_000;

        /// <summary>Share of examples with nothing wrong, 0 to 1; less stops the run. Unusual lengths and common words do not count. Default: 0.7.</summary>
        [Range(0.0, 1.0)]
        public double QualityThreshold { get; init; } = 0.7;

        /// <summary>Fewest different words of an example. Default: 10.</summary>
        [Range(0, 1_000_000)]
        public int MinUniqueWords { get; init; } = 10;

        /// <summary>Largest share of examples with the same words as another before them, 0 to 1; more stop the run. Default: 0.3.</summary>
        [Range(0.0, 1.0)]
        public double MaxDuplicateRatio { get; init; } = 0.3;

        /// <summary>
        /// Least TF-IDF of an example: the mean of ln((1 + examples) / (1 + examples with the word)) over its words, as a share of ln(1 + examples). 0: every example has all of its words; near 1: no
        /// other has any. An example with less is reported, not rejected; a mean over all examples that is less stops the run. Default: 0.1.
        /// </summary>
        [Range(0.0, 1.0)]
        public double MinTfidfScore { get; init; } = 0.1;

        /// <summary>Lengths more than so many standard deviations from the mean are reported, not rejected. Default: 2.</summary>
        [Range(0.0, 1_000.0, MinimumIsExclusive = true)]
        public double OutlierThreshold { get; init; } = 2;

        /// <summary>What is done with an example that something is wrong with: flag or reject. Default: flag.</summary>
        public ExampleAction Action { get; init; } = ExampleAction.Flag;
    }

    static readonly (ExampleProblem Problem, string Reason)[] reasons =
    [
        (ExampleProblem.Unreadable, "unreadable_example"), (ExampleProblem.Empty, "empty_example"), (ExampleProblem.TooShort, "too_short"), (ExampleProblem.TooLong, "too_long"),
        (ExampleProblem.FewUniqueWords, "few_unique_words"), (ExampleProblem.Duplicate, "duplicate_example"),
    ];

    public override int CodeVersion => 2;

    public override bool IsKeyed => true;

    public override bool IsPassive => options.Action == ExampleAction.Flag;

    public override Step? ForNewRows => null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        ExampleColumns.Of(options, input).Plan(input, problems);
        if (options.MinSequenceLength > options.MaxSequenceLength)
        {
            problems.Add("min_sequence_length", $"At least {options.MinSequenceLength:N0} words and at most {options.MaxSequenceLength:N0}: no example can be both. Make it at most max_sequence_length.");
        }

        if (options.MinExamples > options.MaxExamples)
        {
            problems.Add("min_examples", $"At least {options.MinExamples:N0} examples and at most {options.MaxExamples:N0}: no table can be both. Make it at most max_examples.");
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Union(Observes(input)!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => ExampleColumns.Of(options, input).Names.ToHashSet(StringComparer.Ordinal);

    public override State? NewState(Schema input) => new ExampleState();

    public override void Observe(Batch batch, State state)
    {
        var reading = Reading(batch);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (IsReadable(reading.Read(batch, row)))
            {
                ((ExampleState)state).Add(reading.Words);
            }
        }
    }

    /// <summary>First what an example says, then what is wrong with it, which so comes to Decide.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var reading = Reading(batch);
        return [.. Enumerable.Range(0, batch.Rows).Select(row => (Problem: reading.Read(batch, row), reading.Id)).Select(e => new RowKey(e.Id, (ulong)e.Problem))];
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var (counts, good) = (new SortedDictionary<string, long>(StringComparer.Ordinal), 0L);
        ulong? last = null;
        foreach (var row in rows)
        {
            var problem = (ExampleProblem)row.Key.Low;
            problem |= IsReadable(problem) && row.Key.High == last ? ExampleProblem.Duplicate : 0;
            last = IsReadable(problem) ? row.Key.High : last;
            good += problem == ExampleProblem.None ? 1 : 0;
            decisions.Set(row.Batch, row.Row, (byte)problem);
            foreach (var (_, reason) in reasons.Where(r => problem.HasFlag(r.Problem)))
            {
                counts[reason] = counts.GetValueOrDefault(reason) + 1;
            }
        }

        return new ExampleReport(rows.Count, good, rows.Count == 0 ? 0 : Math.Round((double)good / rows.Count, 6), counts, 0, 0, []) { Readable = 0, TfIdfMean = 0 };
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var (mean, deviation, words) = ((ExampleState)state!).Summary();
        return Fitted.Of((ExampleReport)decided! with { Readable = ((ExampleState)state).Count, MeanWords = mean, DeviationOfWords = deviation, Words = words, TfIdfMean = ((ExampleState)state).TfIdf() });
    }

    public override string? GateFailure(Fitted fitted) => Failures(fitted.As<ExampleReport>()) is { Count: > 0 } failures ? string.Join(' ', failures) : null;

    /// <summary>The result as it is handed on: valid or why not, and figures.</summary>
    /// <param name="fitted">What the step found of all examples.</param>
    /// <param name="timestamp">When that was.</param>
    /// <param name="failures">What else is wrong with the set.</param>
    public SetResult Result(Fitted fitted, DateTimeOffset timestamp, params IReadOnlyList<string> failures)
    {
        var report = fitted.As<ExampleReport>();
        return SetResult.Of([.. Failures(report), .. failures], report.Metrics, timestamp);
    }

    IReadOnlyList<string> Failures(ExampleReport report)
    {
        var failures = new List<string>();
        if (report.Examples < options.MinExamples)
        {
            failures.Add($"Found {report.Examples:N0} examples; expected at least min_examples = {options.MinExamples:N0}.");
        }

        if (report.Examples > options.MaxExamples)
        {
            failures.Add($"Found {report.Examples:N0} examples; expected at most max_examples = {options.MaxExamples:N0}.");
        }

        if (report.DuplicateRatio > options.MaxDuplicateRatio)
        {
            failures.Add($"{report.DuplicateRatio:P1} of the examples are copies; expected at most max_duplicate_ratio = {options.MaxDuplicateRatio}.");
        }

        if (report.Examples > 0 && report.Quality < options.QualityThreshold)
        {
            failures.Add(
                $"{report.Quality:P1} of the examples have nothing wrong; expected at least quality_threshold = {options.QualityThreshold}: "
                + $"{string.Join(", ", report.Problems.Select(p => $"{p.Value:N0} {p.Key}"))}.");
        }

        if (report.Readable > 1 && report.TfIdfMean < options.MinTfidfScore)
        {
            failures.Add($"The mean TF-IDF of the examples is {report.TfIdfMean:0.###}; expected at least min_tfidf_score = {options.MinTfidfScore}: they share most of their words.");
        }

        return failures;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var report = fitted.As<ExampleReport>();
        var reading = Reading(batch);
        for (var row = 0; row < batch.Rows; row++)
        {
            var problem = (ExampleProblem)fitted.Decisions[row];
            foreach (var (kind, reason) in reasons)
            {
                if (problem.HasFlag(kind))
                {
                    verdicts.Fail(verdicts.Rule(reason, severity: Severity.High, rejects: options.Action == ExampleAction.Reject), row);
                }
            }

            if (IsReadable(reading.Read(batch, row)))
            {
                Judge(report, reading.Words, verdicts, row);
            }
        }

        return verdicts.Keep(batch);
    }

    void Judge(ExampleReport report, IReadOnlyList<ulong> words, Verdicts verdicts, int row)
    {
        if (report.DeviationOfWords > 0 && Math.Abs(words.Count - report.MeanWords) / report.DeviationOfWords > options.OutlierThreshold)
        {
            verdicts.Fail(verdicts.Rule("length_outlier"), row);
        }

        if (report.TfIdf(words) < options.MinTfidfScore)
        {
            verdicts.Fail(verdicts.Rule("low_tfidf"), row);
        }
    }

    ExampleReading Reading(Batch batch) => new(ExampleColumns.Of(options, batch.Schema), options);

    static bool IsReadable(ExampleProblem problem) => (problem & (ExampleProblem.Unreadable | ExampleProblem.Empty)) == 0;
}
