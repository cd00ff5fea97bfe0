using Sluice.Llm;
using Sluice.SchemaDetection;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Runs;

// A forecast of costs: a run that asks for a sample of the questions, lets the other rows go, and ends before anything is published.
public sealed partial class RunEngine
{
    static void RequireAsking(Run run)
    {
        if (!run.Steps.Any(Asks))
        {
            throw NothingToForecast();
        }
    }

    internal static PipelineException NothingToForecast() => new("There is nothing to forecast: no step of the pipeline asks a language model, or none is configured.", null);

    /// <summary>Whether a run of the pipeline would ask a language model.</summary>
    /// <exception cref="PipelineException">A step's model cannot be asked.</exception>
    internal bool Asks(Pipelines.Pipeline pipeline) => pipeline.CheckModels(Models) is not null;

    /// <summary>The forecast that a run made.</summary>
    internal Task<CostForecast> ForecastAsync(string run, CancellationToken cancellation) => CostForecast.ReadAsync(store, run, cancellation);

    /// <summary>This engine for a trial: versions that it commits of these datasets are known to it alone, and sinks are not written. Finished work and answers are kept for all.</summary>
    internal RunEngine Trying(IReadOnlySet<string> datasets) =>
        new(store, new TrialLedger(ledger, datasets), files, inputsOf, options with { WithoutSinks = true }, time, catalog, outputsOf, Models);

    /// <summary>Of the rows to ask for, those that a forecast asks for: by their keys, so that it is the same sample however the rows are cut.</summary>
    static int[] Sampled(IReadOnlyList<(int Row, RowKey Key)> open, double share)
    {
        if (open.Count == 0 || share >= 1)
        {
            return [.. open.Select(o => o.Row)];
        }

        // A batch with open questions is heard at least once.
        int[] drawn = [.. open.Where(o => o.Key.High < share * ulong.MaxValue).Select(o => o.Row)];
        return drawn.Length > 0 ? drawn : [open.MinBy(o => o.Key).Row];
    }

    /// <summary>Share of the questions of a step that a run asks for: all, but for the first step of a forecast; those after it see only its rows.</summary>
    static double ShareOf(Run run, int number, StepFit asks) =>
        run.Plan.Request.Forecast && number == FirstAsking(run) ? CostForecast.ShareOf(CostForecast.QuestionsOf(asks)) : 1;

    static int FirstAsking(Run run) => run.Steps.ToList().FindIndex(step => step is AskingStep);

    static bool IsLastAsking(Run run, int number) => !run.Steps.Skip(number + 1).Any(Asks);

    static bool Asks(Step step) => step is AskingStep or SchemaDetectionStep { Asked: not null };

    async Task<Stage> EndForecastAsync(Run run, CancellationToken cancellation)
    {
        var calls = await new CallLog(store, run.Id).AllAsync(cancellation);
        var steps = new List<StepForecast>();
        var share = 1.0;
        foreach (var number in Enumerable.Range(0, run.Steps.Count).Where(i => Asks(run.Steps[i])))
        {
            // Its questions are few, and about columns: they are counted and not asked.
            if (run.Steps[number] is SchemaDetectionStep)
            {
                steps.Add(await ReadDocumentAsync<StepForecast>(RefiningPath(run, number), cancellation));
                continue;
            }

            var isFirst = number == FirstAsking(run);
            var question = ((AskingStep)run.Steps[number]).Question;
            var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
            var open = 0L;
            for (var batch = 0; batch < asks.Decisions!.Count; batch++)
            {
                open += (await TryReadDocumentAsync<AskTodo>(TodoPath(run, number, batch), cancellation))?.Open ?? 0;
            }

            // Rows that the first step let go are not among those of later ones.
            var questions = CostForecast.QuestionsOf(asks);
            (questions, open) = isFirst ? (questions, open) : ((long)Math.Round(questions / share), (long)Math.Round(open / share));
            share = isFirst ? ShareOf(run, number, asks) : share;
            var id = run.Chain[number].Id;
            var model = Models.Find(question.Model, out _);
            var callRows = model is null ? Math.Max(1, question.Options.BatchSize) : question.CallRows(questions, model);

            // Tries that all failed say nothing of what answers cost.
            steps.Add(CostForecast.Of(id, question, model?.Price, questions, open, callRows, [.. calls.Where(c => c.Step == id && c.Usage != default)]));
        }

        var forecast = new CostForecast(run.Id, share, steps, calls.Sum(c => c.CostUsd ?? 0));
        await WriteDocumentAsync(CostForecast.PathOf(run.Id), forecast, cancellation);
        return new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome(null, run.Pipeline.Dataset, false, null, null));
    }
}
