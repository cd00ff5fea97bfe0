using System.Globalization;
using Sluice.Llm;

namespace Sluice.Runs;

// A cascade asks in three stages: the cheaper model for all questions, the step's model for a sample of them, then the step's model for those where the cheaper one is
// not sure enough. How sure is enough is decided between the second and the third, once, from documents that are written by then.
public sealed partial class RunEngine
{
    // Nothing is spared where the sample holds all questions; and a forecast is of what the step's model alone would cost, which is never less.
    static bool Cascades(Run run, AskingStep step, StepFit asks) =>
        step.Promise is { } promise && (step.Cheap is not null || step.Similar is not null) && !run.Plan.Request.Forecast && CostForecast.QuestionsOf(asks) > promise.LabelBudget;

    Task<Stage> OpenCheapAsync(Run run, int passNumber, int number, StepFit asks, CancellationToken cancellation) => OpenStageAsync(
        run, StageKind.Cheap, passNumber, Cut($"{(run.Steps[number] is AskingStep { Similar: null } ? "ask the cheaper model" : "find similar questions")}: {run.Chain[number].Id}", MaxTitle), All(asks.Decisions!.Count),
        batch => Task.FromResult(asks.Decisions![batch].Length == 0), cancellation);

    async Task<bool> AskCheapAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var path = CheapPath(run, (await AskingPassAsync(run, passNumber, cancellation)).Number, batch);
        if (await TryReadDocumentAsync<CheapBatch>(path, cancellation) is not null)
        {
            return false;
        }

        var (number, step, rows, firsts) = await AskedRowsAsync(run, passNumber, batch, cancellation);
        var answers = await AnswerStoreAsync(run, cancellation);
        if (step.Similar is not null)
        {
            await WriteDocumentAsync(path, await SimilarBatchAsync(run, number, step, rows, firsts, answers, cancellation), cancellation);
            return true;
        }

        var todoPath = $"runs/{run.Id}/ask-{number}-{batch}-cheap.json";
        var todo = await TryReadDocumentAsync<AskTodo>(todoPath, cancellation)
            ?? await WriteDocumentAsync(todoPath, await TodoAsync(step, step.Cheap!, rows, firsts, answers, 1, cancellation), cancellation);
        await AskRowsAsync(run, number, batch, step, step.Cheap!, rows, todo, answers, cancellation);
        await WriteDocumentAsync(path, await CheapBatchAsync(run, step, rows, firsts, answers, cancellation), cancellation);
        return true;
    }

    static async Task<CheapBatch> CheapBatchAsync(Run run, AskingStep step, Batch rows, byte[] firsts, AnswerStore answers, CancellationToken cancellation)
    {
        int[] asked = [.. Enumerable.Range(0, rows.Rows).Where(row => firsts[row] == AskDecisions.Ask)];
        RowKey[] keys = [.. step.Rows(rows).Of(step.Question, asked).Select(r => r.Key)];
        RowKey[] cheap = [.. step.Rows(rows).Of(step.Cheap!, asked).Select(r => r.Key)];
        var found = new StoredAnswer?[asked.Length];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AnswersAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, asked.Length, limits, async (i, token) => found[i] = await answers.FindAsync(step.Cheap!, cheap[i], token));
        var known = found.OfType<StoredAnswer>().Where(a => a.Run != run.Id).ToArray();
        return new CheapBatch
        {
            Answers = [.. Enumerable.Range(0, asked.Length).Where(i => found[i] is not null).Select(i => CheapAnswer.Of(keys[i], step.Question.Fields, found[i]!.Value))],
            Known = known.Length,
            SavedTokens = known.Aggregate(default(TokenUsage), (sum, a) => sum + a.Usage),
            SavedUsd = known.Sum(a => a.CostUsd ?? 0),
        };
    }

    async Task<Stage> OpenSampleAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (_, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        if (await TryReadDocumentAsync<CascadeSample>(SamplePath(run, number), cancellation) is null)
        {
            var counts = await QuestionRowsAsync(run, passNumber, cancellation);
            if (step.Similar is not null)
            {
                // Of the others nothing can be taken, so nothing is to be shown.
                var batches = (await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation)).Decisions!.Count;
                var similar = (await CheapBatchesAsync(run, number, batches, cancellation)).SelectMany(c => c.Answers).Select(a => a.Key).ToHashSet();
                counts = counts.Where(c => similar.Contains(c.Key)).ToDictionary();
            }

            await WriteDocumentAsync(SamplePath(run, number), CascadeSample.Draw(counts, step.Promise!.LabelBudget, step.Promise.Seed), cancellation);
        }

        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        return await OpenStageAsync(
            run, StageKind.Sample, passNumber, Cut($"ask for a sample: {run.Chain[number].Id}", MaxTitle), All(asks.Decisions!.Count),
            batch => Task.FromResult(asks.Decisions![batch].Length == 0), cancellation);
    }

    /// <summary>How many rows have each question.</summary>
    async Task<Dictionary<RowKey, int>> QuestionRowsAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (pass, number, _) = await AskingPassAsync(run, passNumber, cancellation);
        var counts = new Dictionary<RowKey, int>();
        for (var batch = 0; batch < (await BaseAsync(run, cancellation)).Batches.Count; batch++)
        {
            var seen = await ReadDocumentAsync<ObserveMemo>(MemoKey.PathOf(await ObserveKeyAsync(run, pass, number, batch, cancellation)), cancellation);
            foreach (var key in KeysOfRows(await store.ReadAsync(seen.Keys!, cancellation), seen.Rows).Where(k => !RowPrompts.IsNoQuestion(k)))
            {
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        return counts;
    }

    async Task<bool> AskSampleAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (number, step, rows, firsts) = await AskedRowsAsync(run, passNumber, batch, cancellation);
        var drawn = (await ReadDocumentAsync<CascadeSample>(SamplePath(run, number), cancellation)).Drawn.ToHashSet();
        var answers = await AnswerStoreAsync(run, cancellation);
        var path = $"runs/{run.Id}/ask-{number}-{batch}-sample.json";
        var todo = await TryReadDocumentAsync<AskTodo>(path, cancellation)
            ?? await WriteDocumentAsync(path, await TodoAsync(step, step.Question, rows, firsts, answers, 1, cancellation, drawn.Contains), cancellation);
        var asked = await AskRowsAsync(run, number, batch, step, step.Question, rows, todo, answers, cancellation);
        await KeepQuestionsAsync(run, number, batch, step, rows, todo, answers, cancellation);
        return asked;
    }

    async Task<Stage> FinishSampleAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (_, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        if (await TryReadDocumentAsync<CascadeOutcome>(OutcomePath(run, number), cancellation) is null)
        {
            await DecideCascadeAsync(run, number, step, asks.Decisions!.Count, cancellation);
        }

        return await OpenAskStageAsync(run, passNumber, number, step, asks, cancellation);
    }

    async Task DecideCascadeAsync(Run run, int number, AskingStep step, int batches, CancellationToken cancellation)
    {
        var (cascade, answers) = (step.Promise!, await AnswerStoreAsync(run, cancellation));
        var cheap = await CheapBatchesAsync(run, number, batches, cancellation);
        var sample = await ReadDocumentAsync<CascadeSample>(SamplePath(run, number), cancellation);
        var byKey = cheap.SelectMany(c => c.Answers).ToDictionary(a => a.Key);
        var drawn = sample.Drawn.ToHashSet();
        var oracle = new Dictionary<RowKey, string?>();
        foreach (var key in drawn)
        {
            oracle[key] = (await answers.FindAsync(step.Question, key, cancellation))?.Value;
        }

        LabelledRow[] labelled = [.. sample.Drawn.Select(key =>
            byKey.TryGetValue(key, out var answer) ? new LabelledRow(answer.Confidence, answer.Value, oracle[key]) : new LabelledRow(0, null, oracle[key]))];
        var chosen = CascadeThreshold.Choose(cascade, step.IsPositive, labelled, sample.Rows, CascadeThreshold.Grid(byKey.Values.Select(a => a.Confidence)));
        CheapAnswer[] taken = [.. byKey.Values.Where(a => a.Confidence >= chosen?.Threshold && !drawn.Contains(a.Key))];
        var path = await WriteContentAsync("answered", TakenAnswers.ToBytes(taken.Select(t => (t.Key, t.Value)), out var values), cancellation);
        await WriteDocumentAsync(TakenPath(run, number), new TakenIndex(step.Cheap?.Model ?? cascade.Model, path, values), cancellation);
        await WriteDocumentAsync(OutcomePath(run, number), new CascadeOutcome
        {
            Step = run.Chain[number].Id,
            IsSemanticCache = step.Similar is not null,
            Cheap = step.Cheap?.Model ?? cascade.Model,
            Model = step.Question.Model,
            Target = cascade.Target,
            AtLeast = cascade.AtLeast,
            Delta = cascade.Delta,
            Rows = sample.Rows,
            Questions = sample.Questions,
            Sampled = drawn.Count,
            Threshold = chosen?.Threshold,
            Estimate = chosen?.Estimate,
            Spared = taken.Length,
            Known = cheap.Sum(c => c.Known),
            SavedTokens = cheap.Aggregate(default(TokenUsage), (sum, c) => sum + c.SavedTokens),
            SavedUsd = cheap.Sum(c => c.SavedUsd) + taken.Sum(t => t.SavedUsd),
            Note = step.Similar is null ? NoteOf(step, cascade, chosen, taken.Length, sample.Questions) : SimilarNote(step, cascade, chosen, taken.Length, sample.Questions),
        }, cancellation);
    }

    async Task<IReadOnlyList<CheapBatch>> CheapBatchesAsync(Run run, int number, int batches, CancellationToken cancellation)
    {
        var cheap = new List<CheapBatch>();
        for (var batch = 0; batch < batches; batch++)
        {
            // A batch without first rows has no document.
            if (await TryReadDocumentAsync<CheapBatch>(CheapPath(run, number, batch), cancellation) is { } part)
            {
                cheap.Add(part);
            }
        }

        return cheap;
    }

    static string NoteOf(AskingStep step, CascadeOptions cascade, (double Threshold, double Estimate)? chosen, int spared, long questions)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"{cascade.Target.ToString().ToLowerInvariant()} of at least {cascade.AtLeast:0.###}, missed with a probability of at most {cascade.Delta:0.####}");
        return chosen is { } c
            ? string.Create(CultureInfo.InvariantCulture, $"'{step.Cheap!.Model}' answers where it is sure to {c.Threshold:0.####} or more, {spared:N0} of {questions:N0} questions: {target}.")
            : string.Create(CultureInfo.InvariantCulture, $"'{step.Question.Model}' answers all: a sample of {cascade.LabelBudget:N0} questions does not show for '{step.Cheap!.Model}', at any confidence, {target}.");
    }

    static string CheapPath(Run run, int step, int batch) => $"runs/{run.Id}/cheap-{step}-{batch}.json";

    static string SamplePath(Run run, int step) => $"runs/{run.Id}/sample-{step}.json";

    static string OutcomePath(Run run, int step) => $"runs/{run.Id}/{CascadeOutcome.Prefix}{step}.json";
}
