using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Llm;

/// <summary>
/// Asks a model for some rows in as few calls as it takes: many rows a call, valid results kept at once, what is left asked again in halves down to single rows, what
/// is not valid with the reason. What is asked next depends only on the rows and on the answers, and every answer is written down first: run again after a kill, it
/// finds the calls it made and goes on.
/// </summary>
/// <param name="models">The models.</param>
/// <param name="model">The one that is asked.</param>
/// <param name="answers">Where answers are kept.</param>
/// <param name="calls">Where calls are written down.</param>
/// <param name="claims">Who makes which call.</param>
/// <param name="budget">What may be spent.</param>
/// <param name="time">The clock.</param>
sealed partial class Asker(LanguageModels models, ModelInfo model, AnswerStore answers, CallLog calls, CallClaims claims, Budget budget, TimeProvider time)
{
    const int MaxError = 300;

    // As many calls without a single result are no chance.
    const int SeveralCalls = 10;

    // Enough to see what was wrong; all of a text without end would be paid for again.
    const int MaxPrevious = 2_000;

    // A remote store answers slowly.
    const int AnswersAtOnce = 8;

    volatile bool hasAnswered;

    /// <summary>Rows in one call, at most, as the run has fixed it; null: as the question has it.</summary>
    public int? CallRows { get; init; }

    /// <summary>Whether it stops where a model answers nothing at all, in place of asking for each row by itself. Default: false.</summary>
    public bool GivesUp { get; init; }

    /// <summary>An answer that a provider's batch gave to a call, null where it gave none; null: there was no batch.</summary>
    public Func<string, CancellationToken, Task<BatchedAnswer?>>? Batched { get; init; }

    /// <summary>Gives every row an answer or the reason why it has none.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="step">Id of the step.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="rows">Rows, each with a key of its own.</param>
    /// <param name="run">The run, as answers name it.</param>
    /// <param name="cancellation">Stops; what has answered is kept.</param>
    public async Task AskAsync(Question question, string step, int batch, IEnumerable<AskedRow> rows, string run, CancellationToken cancellation)
    {
        var groups = Groups(question, rows).ToList();
        await AskToEndAsync(question, step, batch, GivesUp && groups.Count >= SeveralCalls ? await TryAllAsync(question, step, batch, groups, run, cancellation) : groups, run, cancellation);
    }

    /// <summary>Asks for all groups once, and where no row of any has an answer, for the first to the end; gives what has to be asked next.</summary>
    /// <exception cref="PipelineException">The model answers nothing.</exception>
    async Task<IEnumerable<RowGroup>> TryAllAsync(Question question, string step, int batch, List<RowGroup> groups, string run, CancellationToken cancellation)
    {
        var (next, unaffordable) = await AskGroupsAsync(question, step, batch, groups, run, cancellation);
        if (hasAnswered || unaffordable.Count > 0 || next.Any(open => open.Count == 0))
        {
            return next.SelectMany(open => open);
        }

        // Halving all of them would make twice as many calls as there are rows: the first of them shows whether it helps.
        await AskToEndAsync(question, step, batch, next[0], run, cancellation);
        return hasAnswered ? next.Skip(1).SelectMany(open => open) : throw await NoAnswersAsync(question, step, groups, cancellation);
    }

    async Task AskToEndAsync(Question question, string step, int batch, IEnumerable<RowGroup> groups, string run, CancellationToken cancellation)
    {
        var (open, isTight) = (groups.ToList(), false);
        while (open.Count > 0)
        {
            // Where the last call that was tried did not fit into the budget although nothing beside it is being made, the others hardly do.
            var later = isTight ? open[1..] : [];
            open = isTight ? open[..1] : open;
            var (next, unaffordable) = await AskGroupsAsync(question, step, batch, open, run, cancellation);
            var isRefused = unaffordable.Count == open.Count;
            if (isRefused)
            {
                // Two smaller calls have smaller bounds: so what is left of the budget is used, down to what one row could cost.
                next[0] = open[0].Rows.Count > 1 ? await SplitAsync(question, step, batch, open[0], cancellation) : throw unaffordable.First();
            }

            isTight = isRefused || (isTight && open[0].IsPart);
            open = [.. next.SelectMany(group => group), .. later];
        }
    }

    /// <summary>Asks for several groups at a time; gives what has to be asked next for each, and why some do not fit into the budget.</summary>
    async Task<(IReadOnlyList<RowGroup>[] Next, IReadOnlyCollection<BudgetException> Unaffordable)> AskGroupsAsync(
        Question question, string step, int batch, List<RowGroup> open, string run, CancellationToken cancellation)
    {
        var next = new IReadOnlyList<RowGroup>[open.Count];
        var failures = new ConcurrentQueue<Exception>();
        var unaffordable = new ConcurrentQueue<BudgetException>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = question.Options.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, open.Count, limits, async (i, _) =>
        {
            // After a failure no further call begins, but those that are being made are paid and so come to their end.
            try
            {
                next[i] = failures.IsEmpty ? await AskGroupAsync(question, step, batch, open[i], run, cancellation) : [];
            }
            catch (BudgetException error)
            {
                // What is set aside for the others is mostly more than they will cost: tried again once they have ended.
                unaffordable.Enqueue(error);
                next[i] = [open[i]];
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
            }
        });
        if (failures.TryDequeue(out var first))
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return (next, unaffordable);
    }

    async Task<PipelineException> NoAnswersAsync(Question question, string step, List<RowGroup> groups, CancellationToken cancellation)
    {
        var why = await answers.FailureAsync(groups[0].Rows[0].Key, cancellation);
        return new PipelineException(
            $"Step '{step}': '{question.Model}' gave no valid answer to any of {groups.Count:N0} calls, nor to one of the {groups[0].Rows.Count:N0} rows of the first of them when they were asked for again. "
            + $"No more is asked. Of the first row: {why?.Reason}, {why?.Error} Check prompt, fields and model on a few rows ('sluice prompts evaluate').", null);
    }

    /// <summary>The calls that would be made first and are not made yet, without making them.</summary>
    public async Task<IReadOnlyList<BatchCall>> FirstCallsAsync(Question question, string step, int batch, IEnumerable<AskedRow> rows, CancellationToken cancellation)
    {
        var first = new List<BatchCall>();
        foreach (var group in Groups(question, rows))
        {
            var (prompt, id) = Named(question, batch, group);
            if (await calls.FindAsync(step, id, cancellation) is null)
            {
                first.Add(new BatchCall(id, question.Request(prompt, group.Rows.Count, model)));
            }
        }

        return first;
    }

    /// <summary>What a call says, and its id: a hash of that.</summary>
    static (string Prompt, string Id) Named(Question question, int batch, RowGroup group)
    {
        var prompt = CallText.Prompt(group.Rows, question.Options.Compact);
        return (prompt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{batch}/{group.Round}/{question.Model}\n{question.System}\n{prompt}")).AsSpan(0, 16)));
    }

    IEnumerable<RowGroup> Groups(Question question, IEnumerable<AskedRow> rows) =>
        CallGroups.Of(question, rows, CallRows ?? question.CallRows(1_000, model)).Select(group => new RowGroup(group, 0));

    /// <summary>Finds the call for a group, or makes it, keeps what was answered, and gives what has to be asked next.</summary>
    async Task<IReadOnlyList<RowGroup>> AskGroupAsync(Question question, string step, int batch, RowGroup group, string run, CancellationToken cancellation)
    {
        var (prompt, id) = Named(question, batch, group);
        if (await FindAsync(step, id, cancellation) is { } known)
        {
            return await KeepAsync(question, group, known, run, cancellation);
        }

        if (budget.IsLimited && group.Rows.Count > 1 && await calls.IsSplitAsync(step, id, cancellation))
        {
            return Halves(group);
        }

        await using var claim = await claims.TakeAsync(question.IsRepeatable ? id : $"{run}:{id}", cancellation);
        if (await FindAsync(step, id, cancellation) is { } first)
        {
            return await KeepAsync(question, group, first, run, cancellation);
        }

        // Paid already, whoever else has answers meanwhile.
        if (Batched is not null && await Batched(id, cancellation) is { } batched)
        {
            return await KeepAsync(question, group, await MakeAsync(question, step, batch, group, id, prompt, batched, cancellation), run, cancellation);
        }

        // Another run may have been given answers since it was decided what to ask. Written down, as what is asked next depends on it.
        var open = await calls.OpenAsync(step, id, cancellation) ?? await calls.KeepOpenAsync(step, id, await OpenAsync(question, group, cancellation), group.Rows.Count, cancellation);
        return open.Count == group.Rows.Count ? await KeepAsync(question, group, await MakeAsync(question, step, batch, group, id, prompt, null, cancellation), run, cancellation)
            : open.Count == 0 ? []
            : [new RowGroup([.. open.Select(place => group.Rows[place])], group.Round)];
    }

    async Task<CallRecord?> FindAsync(string step, string id, CancellationToken cancellation)
    {
        var known = await calls.FindAsync(step, id, cancellation);
        if (known is not null)
        {
            await budget.SettleAsync(known.Try ?? id, known.CostUsd, cancellation);
        }

        return known;
    }

    /// <summary>A call as two that cost less each.</summary>
    async Task<IReadOnlyList<RowGroup>> SplitAsync(Question question, string step, int batch, RowGroup group, CancellationToken cancellation)
    {
        await calls.SplitAsync(step, Named(question, batch, group).Id, cancellation);
        return Halves(group);
    }

    static IReadOnlyList<RowGroup> Halves(RowGroup group)
    {
        var half = (group.Rows.Count + 1) / 2;
        return [new RowGroup(group.Rows[..half], group.Round) { IsPart = true }, new RowGroup(group.Rows[half..], group.Round) { IsPart = true }];
    }

    /// <summary>Places of the rows that have no answer.</summary>
    async Task<IReadOnlyList<int>> OpenAsync(Question question, RowGroup group, CancellationToken cancellation)
    {
        var answered = new bool[group.Rows.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AnswersAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, answered.Length, limits, async (place, token) => answered[place] = await answers.FindAsync(question, group.Rows[place].Key, token) is not null);
        return [.. Enumerable.Range(0, answered.Length).Where(place => !answered[place])];
    }

    /// <summary>Keeps the valid results of a call and gives what has to be asked again.</summary>
    async Task<IReadOnlyList<RowGroup>> KeepAsync(Question question, RowGroup group, CallRecord call, string run, CancellationToken cancellation)
    {
        string? problem = null;
        var results = call.Finish == AnswerFinish.Refused ? [] : CallText.Results(call.Text, group.Rows.Count, out _, out problem);
        var left = Enumerable.Range(0, group.Rows.Count).Except(results.Select(r => r.Place)).Select(place => group.Rows[place]).ToList();
        var invalid = new List<AskedRow>();
        var kept = new List<(AskedRow Row, StoredAnswer Answer)>();
        foreach (var (place, json) in results)
        {
            var row = group.Rows[place];
            var (value, why) = AnswerCheck.Read(question.Fields, json);
            if (value is not null)
            {
                var share = call.Rows[place];
                kept.Add((row, new StoredAnswer(call.At, call.Model, value, share.Usage, call.CostUsd is null ? null : share.CostUsd, run)));
            }
            else if (group.Round < question.Options.Gleanings)
            {
                invalid.Add(row with { Previous = Cut(json.GetRawText(), MaxPrevious), Problem = why });
            }
            else
            {
                await answers.FailAsync(row.Key, new Unanswered("llm_invalid_answer", Cut(why!)), cancellation);
            }
        }

        hasAnswered |= kept.Count > 0;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AnswersAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(kept, limits, async (k, token) => await answers.AddAsync(question, k.Row.Key, k.Answer, token));
        var next = new List<RowGroup>();
        if (invalid.Count > 0)
        {
            next.Add(new RowGroup(invalid, group.Round + 1));
        }

        if (group.Rows.Count == 1 && left.Count == 1)
        {
            await answers.FailAsync(left[0].Key, FailureOf(call, problem), cancellation);
        }
        else if (left.Count > 0)
        {
            var half = (left.Count + 1) / 2;
            next.Add(new RowGroup(left[..half], group.Round));
            if (half < left.Count)
            {
                next.Add(new RowGroup(left[half..], group.Round));
            }
        }

        return next;
    }

    static Unanswered FailureOf(CallRecord call, string? problem) => call.Finish switch
    {
        AnswerFinish.Refused => new("llm_refused", Cut(call.Error ?? (call.Text.Length > 0 ? call.Text : "The model refused to answer."))),
        AnswerFinish.Length => new("llm_cut", $"The answer was cut after {call.Usage.Output} tokens."),
        _ => new("llm_no_answer", Cut(problem ?? "The answer has no result with the row's id, or several.")),
    };

    static string Cut(string text, int most = MaxError) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";

    /// <summary>Rows that are asked in one call.</summary>
    sealed record RowGroup(IReadOnlyList<AskedRow> Items, int Round)
    {
        public List<AskedRow> Rows { get; } = [.. Items];

        /// <summary>Part of a call that did not fit into the budget.</summary>
        public bool IsPart { get; init; }
    }
}
