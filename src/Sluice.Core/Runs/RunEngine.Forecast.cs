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

    /// <summary>Share of the questions of a step that a run asks for: all, but for the first step of a forecast; those after it see only its rows.</summary>
    static double ShareOf(Run run, int number, StepFit asks) =>
        run.Plan.Request.Forecast && number == FirstAsking(run) ? CostForecast.ShareOf(CostForecast.QuestionsOf(asks)) : 1;

    static int FirstAsking(Run run) => run.Steps.ToList().FindIndex(step => step is AskingStep);

    static bool IsLastAsking(Run run, int number) => !run.Steps.Skip(number + 1).Any(Asks);

    static bool Asks(Step step) => step is AskingStep or SchemaDetectionStep { Asked: not null };

    async Task<Stage> EndForecastAsync(Run run, CancellationToken cancellation)
    {
        var calls = await new CallLog(store, run.Id).AllAsync(cancellation);
        var first = FirstAsking(run);
        var steps = new List<StepForecast>();
        var forecast = new CostForecast(run.Id, 1, steps, calls.Sum(c => c.CostUsd ?? 0));
        var sample = new ForecastSample(1);
        long questions = 0;
        if (first >= 0)
        {
            var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, first), cancellation);
            questions = CostForecast.QuestionsOf(asks);
            forecast = forecast with { Share = ShareOf(run, first, asks) };
            (sample, var before) = await SampleAsync(run, first, forecast.Share, calls, cancellation);
            var schemas = await SchemasAsync(run, before, cancellation);
            var keepsRows = Enumerable.Range(first, before - first).All(i => run.Steps[i] is AskingStep { KeepsRows: true } || run.Steps[i].Effects(schemas[i]) is { KeepsRows: true });
            forecast = forecast with { Rows = sample.Rows(keepsRows, CostForecast.SquaredRowsOf(asks)), RowsBefore = before < run.Steps.Count ? run.Chain[before].Id : null };
        }

        foreach (var number in Enumerable.Range(0, run.Steps.Count).Where(i => Asks(run.Steps[i])))
        {
            // Its questions are few, and about columns: they are counted and not asked.
            if (run.Steps[number] is SchemaDetectionStep)
            {
                steps.Add(await ReadDocumentAsync<StepForecast>(RefiningPath(run, number), cancellation));
                continue;
            }

            var id = run.Chain[number].Id;
            var question = ((AskingStep)run.Steps[number]).Question;
            var model = Models.Find(question.Model, out _);
            var heard = new HeardStep(id, question, model?.Price, [.. calls.Where(c => c.Step == id)]);
            if (number == first)
            {
                steps.Add(StepForecasts.First(heard, questions, await TodosAsync(run, number, cancellation), await PaidAsync(run, number, sample, cancellation)));
                continue;
            }

            var rest = questions - sample.Drawn;
            var many = questions * sample.Questions(number) / Math.Max(1, sample.Drawn);
            var callRows = model is null ? Math.Max(1, question.Options.BatchSize) : question.CallRows(many, model);
            steps.Add(StepForecasts.Later(heard, sample.ByDrawn(number), rest, sample.Questions(number), callRows, (await BaseAsync(run, cancellation)).Batches.Count));
        }

        await WriteDocumentAsync(CostForecast.PathOf(run.Id), forecast, cancellation);
        return new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome(null, run.Pipeline.Dataset, false, null, null));
    }

    /// <summary>What came of the rows of the sample, batch by batch, and before which step that ends: one that must see all rows cannot be looked past.</summary>
    async Task<(ForecastSample Sample, int Before)> SampleAsync(Run run, int first, double share, IReadOnlyList<CallRecord> calls, CancellationToken cancellation)
    {
        var sample = new ForecastSample(share);
        int[] asking = [.. Enumerable.Range(first, run.Steps.Count - first).Where(i => run.Steps[i] is AskingStep)];
        var before = (await PassesAsync(run, cancellation)).SelectMany(p => p.Observers).Where(o => o > asking[^1]).DefaultIfEmpty(run.Steps.Count).Min();
        var byBatch = calls.Where(AskedCost.IsFirst).ToLookup(c => (c.Step, c.Batch));
        for (var batch = 0; batch < (await BaseAsync(run, cancellation)).Batches.Count; batch++)
        {
            var places = new Dictionary<int, int>();
            foreach (var number in asking)
            {
                var keys = await QuestionsAsync(run, number, batch, cancellation);
                foreach (var (origin, key) in keys)
                {
                    var place = number == first ? places[origin] = sample.Add(key) : places.GetValueOrDefault(origin, ForecastSample.Certain);
                    if (place != ForecastSample.NotDrawn && !RowPrompts.IsNoQuestion(key))
                    {
                        sample.Ask(number, key, place);
                    }
                }

                foreach (var (row, cost) in byBatch[(run.Chain[number].Id, batch)].SelectMany(AskedCost.Of))
                {
                    sample.Pay(number, keys[row].Key, cost);
                }
            }

            var left = await ApplyChainAsync(run, batch, before, new HashSet<string>(StringComparer.Ordinal), null, cancellation, kept: []);
            for (var row = 0; row < left.Rows; row++)
            {
                sample.Left(places.GetValueOrDefault(left.OriginOf(row), ForecastSample.Certain));
            }
        }

        return (sample, before);
    }

    /// <summary>The question of each row of a batch that comes to a step that asks, and which row of the file's batch it was.</summary>
    async Task<(int Origin, RowKey Key)[]> QuestionsAsync(Run run, int number, int batch, CancellationToken cancellation)
    {
        // Rows that are kept do not say which rows of the file they were, so that no walk here begins with them.
        var pass = (await PassesAsync(run, cancellation)).Single(p => p.Observers[^1] == number);
        var rows = await ApplyChainAsync(run, batch, pass.Prefix, new HashSet<string>(StringComparer.Ordinal), null, cancellation, kept: []);
        var seen = await ReadDocumentAsync<ObserveMemo>(MemoKey.PathOf(await ObserveKeyAsync(run, pass, number, batch, cancellation)), cancellation);
        var keys = KeysOfRows(await store.ReadAsync(seen.Keys!, cancellation), seen.Rows);
        return [.. keys.Select((key, row) => (rows.OriginOf(row), key))];
    }

    /// <summary>What answers to drawn questions took; where few were asked for, as most are kept from before, what those took.</summary>
    async Task<IReadOnlyList<AskedCost>> PaidAsync(Run run, int number, ForecastSample sample, CancellationToken cancellation)
    {
        const int enough = 10;
        var paid = sample.Paid(number);
        if (paid.Count >= enough)
        {
            return paid;
        }

        var answers = await AnswerStoreAsync(run, cancellation);
        var known = new List<AskedCost>();
        foreach (var key in sample.NotPaid(number))
        {
            if (await answers.FindAsync(((AskingStep)run.Steps[number]).Question, key, cancellation) is { } answer)
            {
                known.Add(new AskedCost(1, 0, answer.Usage.Output));
            }
        }

        // How long their rows are is not kept, so it is not gone by.
        return [.. paid.Select(p => p with { Bytes = 0 }), .. known];
    }

    async Task<IReadOnlyList<AskTodo>> TodosAsync(Run run, int number, CancellationToken cancellation)
    {
        var todos = new List<AskTodo>();
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        for (var batch = 0; batch < asks.Decisions!.Count; batch++)
        {
            todos.Add(await TryReadDocumentAsync<AskTodo>(TodoPath(run, number, batch), cancellation) ?? new AskTodo([], 0, null));
        }

        return todos;
    }
}
