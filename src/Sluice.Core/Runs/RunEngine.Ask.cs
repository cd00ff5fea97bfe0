using System.Buffers.Binary;
using System.Text;
using Sluice.Llm;

namespace Sluice.Runs;

// Steps that ask a language model: after the look that names their questions, one stage asks for what has no answer, the next gives each batch its answers.
public sealed partial class RunEngine
{
    // An answer is a small object, and a remote store answers slowly.
    const int AnswersAtOnce = 16;

    async Task<Stage> OpenAskAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (pass, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        var schema = (await SchemasAsync(run, pass.Prefix, cancellation))[^1];
        var asks = await TryReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation)
            ?? await WriteDocumentAsync(AsksPath(run, number), await FitStepAsync(run, pass, number, schema, cancellation), cancellation);
        await AskingSinceAsync(run, cancellation);
        return Cascades(run, step, asks)
            ? await OpenCheapAsync(run, passNumber, number, asks, cancellation)
            : await OpenAskStageAsync(run, passNumber, number, step, asks, cancellation);
    }

    Task<Stage> OpenAskingAsync(Run run, int passNumber, int number, StepFit asks, CancellationToken cancellation) => OpenStageAsync(
        run, StageKind.Ask, passNumber, Cut($"ask: {run.Chain[number].Id}", MaxTitle), All(asks.Decisions!.Count),
        batch => Task.FromResult(asks.Decisions![batch].Length == 0), cancellation);

    async Task<bool> AskAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (number, step, rows, todo, answers) = await AskTodoAsync(run, passNumber, batch, cancellation);
        var asked = await AskRowsAsync(run, number, batch, step, step.Question, rows, todo, answers, cancellation);
        await KeepQuestionsAsync(run, number, batch, step, rows, todo, answers, cancellation);
        return asked;
    }

    /// <summary>What a batch asks the step's model.</summary>
    async Task<(int Number, AskingStep Step, Batch Rows, AskTodo Todo, AnswerStore Answers)> AskTodoAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (number, step, rows, firsts) = await AskedRowsAsync(run, passNumber, batch, cancellation);
        var answers = await AnswerStoreAsync(run, cancellation);
        var share = ShareOf(run, number, await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation));

        // Decided once: a unit that was killed asks for the same rows again, and so finds the calls that it has made.
        var path = TodoPath(run, number, batch);
        var taken = await TakenAsync(run, number, cancellation);
        var sampled = (await TryReadDocumentAsync<CascadeSample>(SamplePath(run, number), cancellation))?.Drawn.ToHashSet();
        var callRows = run.Plan.Request.Forecast && Models.Find(step.Question.Model, out _) is { } model ? await CallRowsAsync(run, number, step.Question, model, cancellation) : (int?)null;
        var todo = await TryReadDocumentAsync<AskTodo>(path, cancellation)
            ?? await WriteDocumentAsync(
                path, await TodoAsync(step, step.Question, rows, firsts, answers, share, cancellation, key => taken.Of(key) is null && sampled?.Contains(key) != true, callRows), cancellation);
        return (number, step, rows, todo, answers);
    }

    /// <summary>A batch as a step sees it that asks, and which of its rows are the first with their question.</summary>
    async Task<(int Number, AskingStep Step, Batch Rows, byte[] Firsts)> AskedRowsAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (pass, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        var schema = (await SchemasAsync(run, pass.Prefix, cancellation))[^1];
        var rows = await ApplyChainAsync(run, batch, pass.Prefix, step.Observes(schema), null, cancellation);
        return (number, step, rows, await DecisionsAsync(asks.Decisions![batch], rows.Rows, cancellation));
    }

    async Task<bool> AskRowsAsync(
        Run run, int number, int batch, AskingStep step, Question question, Batch rows, AskTodo todo, AnswerStore answers, CancellationToken cancellation)
    {
        if (todo.Rows.Count == 0)
        {
            return false;
        }

        // A forecast has to know what calls cost by what is in them: so it makes small ones, too.
        IReadOnlyList<int> few = run.Plan.Request.Forecast ? [.. todo.Rows.Take(todo.Rows.Count / 2)] : [];
        var small = few.Count == 0 ? null : await AskerAsync(run, number, step, question, answers, cancellation, CostForecast.SmallCall(todo.Rows.Count));
        await (small?.AskAsync(question, run.Chain[number].Id, batch, step.Rows(rows).Of(question, few), run.Id, cancellation) ?? Task.CompletedTask);
        var asker = await AskerAsync(run, number, step, question, answers, cancellation);
        await asker.AskAsync(question, run.Chain[number].Id, batch, step.Rows(rows).Of(question, todo.Rows.Skip(few.Count)), run.Id, cancellation);
        return true;
    }

    async Task<Asker> AskerAsync(Run run, int number, AskingStep step, Question question, AnswerStore answers, CancellationToken cancellation, int? callRows = null)
    {
        var id = run.Chain[number].Id;
        var model = Models.Find(question.Model, out var reason)
            ?? throw new PipelineException($"Step '{id}': the run began with the model '{question.Model}', which cannot be asked here. {reason}", null);
        return new Asker(Models, model, answers, new CallLog(store, run.Id), new CallClaims(ledger, time), await BudgetAsync(run, id, step, cancellation), time)
        {
            CallRows = Math.Min(callRows ?? int.MaxValue, await CallRowsAsync(run, number, question, model, cancellation)),

            // What a cheaper model does not answer, the step's model does.
            GivesUp = ReferenceEquals(question, step.Question),
            Batched = question.Options.BatchApi ? (call, token) => BatchedAnswerAsync(run, call, token) : null,
        };
    }

    /// <summary>Rows in one call, at most. Where it is chosen, once for the run: another number would make other calls, and pay again.</summary>
    async Task<int> CallRowsAsync(Run run, int number, Question question, ModelInfo model, CancellationToken cancellation)
    {
        if (question.Options.BatchSize > 0)
        {
            return question.Options.BatchSize;
        }

        var path = $"runs/{run.Id}/call-rows-{number}.json";
        var chosen = await TryReadDocumentAsync<CallRows>(path, cancellation);
        if (chosen is null)
        {
            var questions = CostForecast.QuestionsOf(await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation));
            chosen = await WriteDocumentAsync(path, new CallRows(question.CallRows(questions, model)), cancellation);
        }

        return chosen.Rows;
    }

    /// <summary>The rows of a batch to ask for: the first of each question, where there is no answer yet; of these, those whose key is wanted.</summary>
    static async Task<AskTodo> TodoAsync(
        AskingStep step, Question question, Batch rows, byte[] firsts, AnswerStore answers, double share, CancellationToken cancellation, Func<RowKey, bool>? isWanted = null,
        int? callRows = null)
    {
        // A cascade's choice goes by the key of the step's own question, whichever model is asked.
        int[] marked = [.. Enumerable.Range(0, rows.Rows).Where(row => firsts[row] == AskDecisions.Ask)];
        var wanted = isWanted is null ? marked : [.. step.Rows(rows).Of(step.Question, marked).Where(r => isWanted(r.Key)).Select(r => r.Row)];
        var first = step.Rows(rows).Of(question, wanted).Select(r => (r.Row, r.Key)).ToArray();
        var open = new bool[first.Length];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AnswersAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, first.Length, limits, async (i, token) => open[i] = await answers.FindAsync(question, first[i].Key, token) is null);
        (int Row, RowKey Key)[] unanswered = [.. first.Where((_, i) => open[i])];
        int[] todo = [.. unanswered.Where(q => ForecastSample.IsDrawn(q.Key, share)).Select(q => q.Row)];
        var sent = step.Rows(rows);
        foreach (var row in sent.Of(question, todo))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        var asked = new AskTodo(todo, unanswered.Length, sent.Found.Count == 0 ? null : sent.Found);
        return callRows is { } most && todo.Length < unanswered.Length ? asked.WithRest(question, step.Rows(rows).Of(question, unanswered.Select(q => q.Row).Except(todo)), most) : asked;
    }

    async Task<Stage> OpenCollectAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (_, number, _) = await AskingPassAsync(run, passNumber, cancellation);
        var batches = (await BaseAsync(run, cancellation)).Batches.Count;
        return await OpenStageAsync(
            run, StageKind.Collect, passNumber, Cut($"answers: {run.Chain[number].Id}", MaxTitle), All(batches), _ => Task.FromResult(false), cancellation);
    }

    async Task<bool> CollectAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (pass, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        var path = CollectedPath(run.Id, number, batch);
        if (await TryReadDocumentAsync<Collected>(path, cancellation) is not null)
        {
            return false;
        }

        var seen = await ReadDocumentAsync<ObserveMemo>(MemoKey.PathOf(await ObserveKeyAsync(run, pass, number, batch, cancellation)), cancellation);
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        var firsts = await DecisionsAsync(asks.Decisions![batch], seen.Rows, cancellation);
        var keys = KeysOfRows(await store.ReadAsync(seen.Keys!, cancellation), seen.Rows);
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = firsts[row] == AskDecisions.TooMany ? RowPrompts.NotAsked : keys[row];
        }

        var share = ShareOf(run, number, asks);

        var found = await FoundAsync(step, keys, await AnswerStoreAsync(run, cancellation), await TakenAsync(run, number, cancellation), run, share, cancellation);
        var collected = new Collected { Rows = seen.Rows };
        var rows = new (string? Value, Unanswered? Failure)[seen.Rows];
        for (var row = 0; row < rows.Length; row++)
        {
            var (answer, failure) = found[keys[row]];
            rows[row] = (answer?.Value, failure);
            collected.Count(answer, failure, firsts[row] == AskDecisions.Ask, run.Id);
        }

        collected.Answers = await WriteContentAsync("answered", RowAnswers.Of(rows).ToBytes(), cancellation);
        await WriteDocumentAsync(path, collected, cancellation);
        return true;
    }

    static async Task<Dictionary<RowKey, (StoredAnswer? Answer, Unanswered? Failure)>> FoundAsync(
        AskingStep step, RowKey[] keys, AnswerStore answers, TakenAnswers taken, Run run, double share, CancellationToken cancellation)
    {
        var found = new Dictionary<RowKey, (StoredAnswer? Answer, Unanswered? Failure)>
        {
            [RowPrompts.Empty] = (null, RowFailures.Empty),
            [RowPrompts.Denied] = (null, RowFailures.Denied),
            [RowPrompts.NotAsked] = (null, RowFailures.NotAsked),
        };
        RowKey[] questions = [.. keys.Distinct().Except(found.Keys)];
        var read = new (StoredAnswer?, Unanswered?)[questions.Length];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AnswersAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, questions.Length, limits, async (i, token) =>
        {
            if (!ForecastSample.IsDrawn(questions[i], share))
            {
                // Also where its answer is known: the rows of a forecast are those of its sample.
                read[i] = (null, RowFailures.NotSampled);
                return;
            }

            if (taken.Of(questions[i]) is { } value)
            {
                read[i] = (new StoredAnswer(default, taken.From, value, default, null, run.Id), null);
                return;
            }

            var answer = await answers.FindAsync(step.Question, questions[i], token);
            var failure = answer is null ? await answers.FailureAsync(questions[i], token) ?? (run.Plan.Request.Forecast ? RowFailures.NotSampled : null) : null;
            read[i] = answer is null && failure is null
                ? throw new DataException("An answer that this run had is gone from the store. Was part of the store deleted? Start a new run.")
                : (answer, failure);
        });
        for (var i = 0; i < questions.Length; i++)
        {
            found[questions[i]] = read[i];
        }

        return found;
    }

    // Rows that could not even be looked at have no key; they are put aside before anything is made of answers.
    static RowKey[] KeysOfRows(ReadOnlySpan<byte> records, int rows)
    {
        var keys = new RowKey[rows];
        Array.Fill(keys, RowPrompts.Empty);
        for (; records.Length > 0; records = records[KeyRuns.RecordBytes..])
        {
            keys[BinaryPrimitives.ReadInt32LittleEndian(records[16..])] =
                new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(records), BinaryPrimitives.ReadUInt64LittleEndian(records[8..]));
        }

        return keys;
    }

    async Task<Stage> FinishCollectAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (_, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        await TrimKeptAsync(run, number, step, cancellation);
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        var paths = new List<string>();
        var unanswered = 0L;
        for (var batch = 0; batch < asks.Decisions!.Count; batch++)
        {
            var collected = await ReadDocumentAsync<Collected>(CollectedPath(run.Id, number, batch), cancellation);
            paths.Add(collected.Answers);
            unanswered += collected.Unanswered;
        }

        await WriteDocumentAsync(FitPath(run, number), asks with { Decisions = paths, Unanswered = unanswered == 0 ? null : unanswered }, cancellation);
        if (run.Plan.Request.Forecast && IsLastAsking(run, number))
        {
            return await EndForecastAsync(run, cancellation);
        }

        return await OpenPassAsync(run, passNumber + 1, cancellation);
    }

    /// <summary>Answers that come from elsewhere than the step's model; they are fixed before it is asked.</summary>
    async Task<TakenAnswers> TakenAsync(Run run, int number, CancellationToken cancellation)
    {
        var path = TakenPath(run, number) + "/read";
        return documents.TryGetValue(path, out var known) ? (TakenAnswers)known
            : await TryReadDocumentAsync<TakenIndex>(TakenPath(run, number), cancellation) is { } index
                ? Remember(path, TakenAnswers.FromBytes(await store.ReadAsync(index.Path, cancellation), index))
                : TakenAnswers.None;
    }

    /// <summary>A pass whose last look is that of a step that asks: such a step changes rows, so nothing looks after it in the same walk.</summary>
    async Task<(Pass Pass, int Number, AskingStep Step)> AskingPassAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var pass = (await PassesAsync(run, cancellation))[passNumber];
        return (pass, pass.Observers[^1], (AskingStep)run.Steps[pass.Observers[^1]]);
    }

    async Task<AnswerStore> AnswerStoreAsync(Run run, CancellationToken cancellation) => new(store, run.Id, await AskingSinceAsync(run, cancellation));

    /// <summary>When the run began to ask; the dataset's list of runs that did is for its costs.</summary>
    async Task<AskingSince> AskingSinceAsync(Run run, CancellationToken cancellation)
    {
        var path = $"runs/{run.Id}/asking.json";
        if (await TryReadDocumentAsync<AskingSince>(path, cancellation) is { } known)
        {
            return known;
        }

        var since = new AskingSince(run.Pipeline.Dataset, time.GetUtcNow(), run.Id);
        var json = Encoding.UTF8.GetString(DocumentJson.Bytes(since));
        await ledger.InsertAsync(RunCost.PartitionOf(run.Pipeline.Dataset), run.Id, json, cancellation);
        if (await ledger.InsertAsync(ScopePartition, run.Plan.Key, json, cancellation) is null
            && await ledger.GetAsync(ScopePartition, run.Plan.Key, cancellation) is { } first)
        {
            since = since with { Scope = DocumentJson.Parse<AskingSince>(Encoding.UTF8.GetBytes(first.Json)).Scope };
        }

        return await WriteDocumentAsync(path, since, cancellation);
    }

    /// <summary>A version is made: answers that serve only one run serve no other from now on.</summary>
    async Task EndScopeAsync(Run run, CancellationToken cancellation)
    {
        if (run.Plan.Models is not null && await ledger.GetAsync(ScopePartition, run.Plan.Key, cancellation) is { } scope)
        {
            await ledger.DeleteAsync(scope, cancellation);
        }
    }

    const string ScopePartition = "asking";

    static string TodoPath(Run run, int step, int batch) => $"runs/{run.Id}/ask-{step}-{batch}.json";

    static string AsksPath(Run run, int step) => $"runs/{run.Id}/asks-{step}.json";

    static string TakenPath(Run run, int step) => $"runs/{run.Id}/taken-{step}.json";

    static string CollectedPath(string run, int step, int batch) => $"runs/{run}/{Collected.Prefix}{step}-{batch}.json";
}
