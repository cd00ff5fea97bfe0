using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Llm;

namespace Sluice.Runs;

// A step that asks by its provider's batches: one stage writes down the first call of every group of rows, the next submits them and waits, and then the stage that asks
// finds their answers and records them as its own. What has none, and what has to be asked again, is asked call by call. Everything is written before it is done, and a
// batch whose id was lost is looked up: a kill anywhere submits nothing twice.
public sealed partial class RunEngine
{
    // Who claimed a batch and has not said its id by then is dead. Longer than any upload.
    static readonly TimeSpan claimTime = TimeSpan.FromMinutes(10);

    // A provider needs some time to end what is cancelled.
    static readonly TimeSpan cancelTime = TimeSpan.FromHours(1);
    static readonly TimeSpan shortestPause = TimeSpan.FromSeconds(10), longestPause = TimeSpan.FromMinutes(30);

    /// <summary>Waits as a stage asks for, by the clock of the engine.</summary>
    public Task WaitAsync(TimeSpan pause, CancellationToken cancellation) => Task.Delay(pause, time, cancellation);

    Task<Stage> OpenAskStageAsync(Run run, int passNumber, int number, AskingStep step, StepFit asks, CancellationToken cancellation) =>
        step.Question.Options.BatchApi && !run.Plan.Request.Forecast
            ? OpenStageAsync(
                run, StageKind.Batch, passNumber, Cut($"put together: {run.Chain[number].Id}", MaxTitle), All(asks.Decisions!.Count),
                batch => Task.FromResult(asks.Decisions![batch].Length == 0), cancellation)
            : OpenAskingAsync(run, passNumber, number, asks, cancellation);

    async Task<bool> BatchAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var (number, step, rows, todo, answers) = await AskTodoAsync(run, passNumber, batch, cancellation);
        var path = BatchedCallsPath(run, number, batch);
        if (await TryReadDocumentAsync<BatchedCalls>(path, cancellation) is not null)
        {
            return false;
        }

        var asker = await AskerAsync(run, number, step, step.Question, answers, cancellation);
        var calls = await asker.FirstCallsAsync(step.Question, run.Chain[number].Id, batch, step.Rows(rows).Of(step.Question, todo.Rows), cancellation);
        await store.CreateAsync(path, DocumentJson.Bytes(new BatchedCalls(calls)), cancellation);
        return true;
    }

    /// <summary>Submits what is not submitted and looks at what is; once all has ended, the step asks for the rest.</summary>
    async Task<Stage> AwaitBatchesAsync(Run run, int passNumber, CancellationToken cancellation)
    {
        var (_, number, step) = await AskingPassAsync(run, passNumber, cancellation);
        var asks = await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation);
        var plan = await TryReadDocumentAsync<BatchPlan>(BatchPlanPath(run, number), cancellation)
            ?? await WriteDocumentAsync(BatchPlanPath(run, number), await PlanBatchesAsync(run, number, step, asks, cancellation), cancellation);
        var waits = false;
        for (var part = 0; part < plan.Parts.Count; part++)
        {
            waits |= !await HasEndedAsync(run, number, step, plan, part, cancellation);
        }

        if (!waits)
        {
            return await OpenAskingAsync(run, passNumber, number, asks, cancellation);
        }

        var pause = (time.GetUtcNow() - plan.Since) / 10;
        pause = pause < shortestPause ? shortestPause : pause > longestPause ? longestPause : pause;
        return new Stage(StageKind.Await, passNumber, Cut($"wait for the batch: {run.Chain[number].Id}", MaxTitle), 0, 0, Wait: pause);
    }

    async Task<BatchPlan> PlanBatchesAsync(Run run, int number, AskingStep step, StepFit asks, CancellationToken cancellation)
    {
        var parts = new List<IReadOnlyList<string>>();
        var (part, bytes) = (new List<string>(), 0L);
        var limits = Models.Batches(step.Question.Model);
        for (var batch = 0; batch < asks.Decisions!.Count; batch++)
        {
            foreach (var call in await BatchedCallsAsync(run, number, batch, cancellation))
            {
                var size = Encoding.UTF8.GetByteCount(call.Request.Prompt) + Encoding.UTF8.GetByteCount(call.Request.System ?? "") + Encoding.UTF8.GetByteCount(call.Request.AnswerSchema ?? "");
                if (limits is not null && part.Count > 0 && (part.Count == limits.MaxCalls || bytes + size > limits.MaxBytes))
                {
                    parts.Add(part);
                    (part, bytes) = ([], 0);
                }

                part.Add(call.Id);
                bytes += size;
            }
        }

        return new BatchPlan(time.GetUtcNow(), part.Count == 0 ? parts : [.. parts, part]);
    }

    /// <summary>Moves a batch on by what can be done now. True: it has ended, and its answers are here.</summary>
    async Task<bool> HasEndedAsync(Run run, int number, AskingStep step, BatchPlan plan, int part, CancellationToken cancellation)
    {
        if (await TryReadDocumentAsync<BatchOutcome>(BatchEndPath(run, number, part), cancellation) is not null)
        {
            return true;
        }

        var now = time.GetUtcNow();
        var deadline = plan.Since + TimeSpan.FromHours(step.Question.Options.MaxWaitHours);
        var outcome = new BatchOutcome { Step = run.Chain[number].Id, Model = step.Question.Model };
        var sent = await TryReadDocumentAsync<BatchSent>(BatchSentPath(run.Id, number, part), cancellation);
        try
        {
            if (Models.Batches(step.Question.Model) is not { } batches)
            {
                return await EndAsync(outcome with { Note = $"'{step.Question.Model}' is asked call by call: its provider takes no batches here." });
            }

            if (sent is null)
            {
                (sent, var problem) = await SubmitAsync(run, number, step, batches, plan.Parts[part], part, mayBegin: now < deadline, cancellation);
                if (problem is not null)
                {
                    return await EndAsync(outcome with { Note = problem });
                }
            }

            if (sent is null)
            {
                return now >= deadline + claimTime && await EndAsync(outcome with { Note = "The provider took no batch in time; all is asked call by call." });
            }

            outcome = outcome with { Batch = sent.Id, Calls = await ClaimedCallsAsync(run, number, part, cancellation) };
            var progress = await batches.ProgressAsync(sent.Id, cancellation);
            if (progress.HasEnded)
            {
                return await EndAsync(await TakeAnswersAsync(run, number, step, batches, sent.Id, plan.Parts[part], outcome with { Note = progress.Problem }, cancellation));
            }

            if (now >= deadline)
            {
                await CancelQuietlyAsync(batches, sent.Id, cancellation);
            }
        }
        catch (TransientException)
        {
            // Looked at again after a pause.
        }
        catch (ModelException refused)
        {
            // What was not submitted can be asked call by call. What was is paid, so it is not asked again because the key has changed meanwhile.
            return sent is null
                ? await EndAsync(outcome with { Note = Cut($"The provider refused the batch, so all is asked call by call. {refused.Message}", MaxGateFailure) })
                : throw new PipelineException($"Step '{outcome.Step}': the batch '{sent.Id}' cannot be looked at. {refused.Message}", refused);
        }

        return now >= deadline + cancelTime && await EndAsync(outcome with { Note = "The provider did not end the batch in time; what it had not answered is asked call by call." }, isKnown: false);

        async Task<bool> EndAsync(BatchOutcome ended, bool isKnown = true)
        {
            await (await BudgetAsync(run, outcome.Step, step, cancellation)).SettleAsync(BatchKey(run.Id, number, part), ended.PaidUsd, cancellation);
            await WriteDocumentAsync(BatchEndPath(run, number, part), ended, cancellation);
            await (isKnown ? new CallLog(store, run.Id).EndAsync(BegunBatch(run, number, part)) : Task.CompletedTask);
            return true;
        }
    }

    /// <summary>The batch, submitted by whoever has the claim; none while another has it, or with the reason why there will be none.</summary>
    async Task<(BatchSent? Sent, string? Problem)> SubmitAsync(
        Run run, int number, AskingStep step, ModelBatches batches, IReadOnlyList<string> ids, int part, bool mayBegin, CancellationToken cancellation)
    {
        var (key, id) = (BatchKey(run.Id, number, part), run.Chain[number].Id);
        var row = await ledger.GetAsync(BatchPartition(run), key, cancellation);
        var claim = row is null ? null : DocumentJson.Parse<BatchClaim>(Encoding.UTF8.GetBytes(row.Json));
        if (claim is not null && await batches.FindAsync(key, claim.Calls, claim.At - claimTime, cancellation) is { } found)
        {
            return (await WriteDocumentAsync(BatchSentPath(run.Id, number, part), new BatchSent(found, step.Question.Model), cancellation), null);
        }

        if (!mayBegin || (claim is not null && time.GetUtcNow() - claim.At < claimTime))
        {
            return (null, null);
        }

        var calls = await CallsOfAsync(run, number, ids, cancellation);
        var count = claim?.Calls ?? await (await BudgetAsync(run, id, step, cancellation)).ReserveMostAsync(key, [.. calls.Select(c => c.Request)], batches.Price, cancellation);
        if (count == 0)
        {
            return (null, "The budget is too small for the first call of a batch, so all is asked call by call.");
        }

        var most = calls.Take(count).Aggregate(default(CallBound), (sum, call) => sum + CallBound.Of(call.Request));
        var begun = BegunBatch(run, number, part) with { At = time.GetUtcNow(), Model = step.Question.Model, Most = most, MostUsd = batches.Price is { } price ? most.CostAt(price) : null, Calls = count };
        await new CallLog(store, run.Id).BeginAsync(begun, cancellation);
        var json = Encoding.UTF8.GetString(DocumentJson.Bytes(new BatchClaim(time.GetUtcNow(), count)));
        if ((row is null ? await ledger.InsertAsync(BatchPartition(run), key, json, cancellation) : await ledger.ReplaceAsync(row, json, cancellation)) is null)
        {
            return (null, null);
        }

        var sent = new BatchSent(await batches.SubmitAsync(key, [.. calls.Take(count)], cancellation), step.Question.Model);

        // Submitted: written down even if the run was stopped meanwhile, and then cancelled, as whoever stopped it could not know of it.
        await WriteDocumentAsync(BatchSentPath(run.Id, number, part), sent, CancellationToken.None);
        if (cancellation.IsCancellationRequested)
        {
            await CancelQuietlyAsync(batches, sent.Id, CancellationToken.None);
        }

        return (sent, null);
    }

    async Task<BatchOutcome> TakeAnswersAsync(
        Run run, int number, AskingStep step, ModelBatches batches, string batch, IReadOnlyList<string> ids, BatchOutcome outcome, CancellationToken cancellation)
    {
        var calls = await CallsOfAsync(run, number, ids, cancellation);
        var (open, answered, usage) = (ids.ToHashSet(StringComparer.Ordinal), 0L, default(TokenUsage));
        await foreach (var (call, answer) in batches.AnswersAsync(batch, calls[0].Request, cancellation))
        {
            if (open.Remove(call))
            {
                await store.CreateAsync(BatchedAnswerPath(run.Id, call), DocumentJson.Bytes(new BatchedAnswer(batch, batches.Price, answer)), cancellation);
                (answered, usage) = (answered + 1, usage + answer.Usage);
            }
        }

        var (full, paid) = (Models.Find(step.Question.Model, out _)?.Price, batches.Price);
        return outcome with
        {
            Answered = answered,
            PaidUsd = paid is null ? 0 : usage.CostAt(paid),
            SavedUsd = full is null || paid is null ? 0 : usage.CostAt(full) - usage.CostAt(paid),
            Note = outcome.Note ?? (answered < outcome.Calls
                ? string.Create(CultureInfo.InvariantCulture, $"{outcome.Calls - answered:N0} of {outcome.Calls:N0} calls failed or were not reached; they are made one by one.")
                : null),
        };
    }

    /// <summary>The run is over: what it has submitted is not waited for.</summary>
    async Task CancelBatchesAsync(string runId, CancellationToken cancellation)
    {
        await foreach (var found in store.ListAsync($"runs/{runId}/{SentPrefix}", cancellation))
        {
            var sent = DocumentJson.Parse<BatchSent>(await store.ReadAsync(found.Path, cancellation));
            if (await store.StatAsync(found.Path.Replace(SentPrefix, BatchOutcome.Prefix, StringComparison.Ordinal), cancellation) is null && Models.Batches(sent.Model) is { } batches)
            {
                await CancelQuietlyAsync(batches, sent.Id, cancellation);
            }
        }
    }

    // A batch that has ended meanwhile cannot be cancelled, and one that cannot be reached ends by itself.
    static async Task CancelQuietlyAsync(ModelBatches batches, string id, CancellationToken cancellation)
    {
        try
        {
            await batches.CancelAsync(id, cancellation);
        }
        catch (Exception e) when (e is TransientException or ModelException)
        {
        }
    }

    async Task<IReadOnlyList<BatchCall>> CallsOfAsync(Run run, int number, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var (wanted, found) = (ids.ToHashSet(StringComparer.Ordinal), new List<BatchCall>());
        var batches = (await ReadDocumentAsync<StepFit>(AsksPath(run, number), cancellation)).Decisions!.Count;
        for (var batch = 0; batch < batches && found.Count < wanted.Count; batch++)
        {
            found.AddRange((await BatchedCallsAsync(run, number, batch, cancellation)).Where(c => wanted.Contains(c.Id)));
        }

        return found;
    }

    // Not kept in memory as other documents are: together they are as large as all prompts. A batch of rows without questions has none.
    async Task<IReadOnlyList<BatchCall>> BatchedCallsAsync(Run run, int number, int batch, CancellationToken cancellation) =>
        await store.StatAsync(BatchedCallsPath(run, number, batch), cancellation) is null
            ? []
            : DocumentJson.Parse<BatchedCalls>(await store.ReadAsync(BatchedCallsPath(run, number, batch), cancellation)).Calls;

    async Task<BatchedAnswer?> BatchedAnswerAsync(Run run, string call, CancellationToken cancellation) =>
        await store.StatAsync(BatchedAnswerPath(run.Id, call), cancellation) is null
            ? null
            : DocumentJson.Parse<BatchedAnswer>(await store.ReadAsync(BatchedAnswerPath(run.Id, call), cancellation));

    async Task<int> ClaimedCallsAsync(Run run, int number, int part, CancellationToken cancellation) =>
        await ledger.GetAsync(BatchPartition(run), BatchKey(run.Id, number, part), cancellation) is { } row ? DocumentJson.Parse<BatchClaim>(Encoding.UTF8.GetBytes(row.Json)).Calls : 0;

    const string SentPrefix = "batch-sent-";

    static string BatchKey(string run, int step, int part) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{run}\n{step}\n{part}"))).AsSpan(0, 16));

    /// <summary>A batch as a call that was begun: until its answers are here, what it costs is in doubt.</summary>
    static BegunCall BegunBatch(Run run, int step, int part) => new()
    {
        Id = BatchKey(run.Id, step, part),
        Step = run.Chain[step].Id,
        Try = BatchKey(run.Id, step, part),
        At = default,
        Model = "",
        Rows = 0,
        Most = default,
    };

    static string BatchPartition(Run run) => $"batches:{run.Id}";

    static string BatchedCallsPath(Run run, int step, int batch) => $"runs/{run.Id}/batch-calls-{step}-{batch}.json";

    static string BatchPlanPath(Run run, int step) => $"runs/{run.Id}/batch-plan-{step}.json";

    static string BatchSentPath(string run, int step, int part) => $"runs/{run}/{SentPrefix}{step}-{part}.json";

    static string BatchEndPath(Run run, int step, int part) => $"runs/{run.Id}/{BatchOutcome.Prefix}{step}-{part}.json";

    static string BatchedAnswerPath(string run, string call) => $"runs/{run}/batched/{call}.json";
}
