using Sluice.Labels.Masks;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Labels.Review;

/// <summary>What became of an answer.</summary>
public enum AnswerStatus
{
    /// <summary>It is recorded.</summary>
    Accepted,

    /// <summary>The same answer was recorded before: a second delivery.</summary>
    Repeated,

    /// <summary>The reviewer has answered otherwise before; that answer stays.</summary>
    AlreadyAnswered,

    /// <summary>The item was decided before.</summary>
    Late,

    /// <summary>The queue was cancelled.</summary>
    Cancelled,

    /// <summary>The item was never given to this reviewer.</summary>
    NotAssigned,
}

/// <summary>An item as a reviewer gets it.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Until">When it is given to somebody else.</param>
/// <param name="Adjudicates">Whether others did not agree on it.</param>
/// <param name="Answers">Their answers, without their names; null for who does not adjudicate.</param>
/// <param name="Row">The row, without what would give a gold question away.</param>
public sealed record ReviewAssigned(int Item, DateTime Until, bool Adjudicates, IReadOnlyList<string>? Answers, ReviewedRow Row);

/// <summary>
/// Documents of review queues. Plan, rows, answers and outcomes are immutable objects, each created once: that is what makes second deliveries harmless. Who
/// is asked now is in the ledger, and is only a view of what the orchestration knows.
/// </summary>
public sealed class ReviewStore(ObjectStore store, Ledger ledger, TimeProvider time)
{
    /// <summary>Stores a queue; the plan last, so that a queue that can be seen is whole.</summary>
    /// <returns>False: it was there.</returns>
    public async Task<bool> CreateAsync(ReviewPlan plan, IReadOnlyList<ReviewedRow> rows, CancellationToken cancellation)
    {
        for (var item = 0; item < rows.Count; item++)
        {
            await store.CreateAsync(RowPath(plan.Queue, item), DocumentJson.Bytes(rows[item]), cancellation);
        }

        return await store.CreateAsync(PlanPath(plan.Queue), DocumentJson.Bytes(plan with { Items = rows.Count, HasGold = rows.Any(r => r.Gold is not null) }), cancellation);
    }

    /// <summary>The queue; null: there is none.</summary>
    public Task<ReviewPlan?> FindAsync(string queue, CancellationToken cancellation) => TryReadAsync<ReviewPlan>(PlanPath(queue), cancellation);

    public async Task<bool> IsCancelledAsync(string queue, CancellationToken cancellation) => await store.StatAsync(CancelledPath(queue), cancellation) is not null;

    /// <summary>Cancels a queue; its recorded answers and outcomes stay.</summary>
    public Task CancelAsync(string queue, CancellationToken cancellation) => store.CreateAsync(CancelledPath(queue), "{}"u8.ToArray(), cancellation);

    /// <summary>Takes one turn of an item: reads the answers, decides, shows the reviewers what they are asked. May be delivered twice.</summary>
    public async Task<ReviewTurn> TurnAsync(ReviewTurn turn, CancellationToken cancellation)
    {
        var plan = await ReadAsync<ReviewPlan>(PlanPath(turn.Queue), cancellation);
        var row = await ReadAsync<ReviewedRow>(RowPath(turn.Queue, turn.Item), cancellation);
        var answers = await AnswersAsync(turn.Queue, turn.Item, cancellation);
        var next = turn.Next(plan.For(row), row.Gold, answers, turn.Now);
        if (next.Outcome is { } outcome)
        {
            // Of two deliveries that saw different answers, the first decides.
            await store.CreateAsync(OutcomePath(turn.Queue, turn.Item), DocumentJson.Bytes(outcome), cancellation);
        }

        next = next with { Outcome = await TryReadAsync<ReviewOutcome>(OutcomePath(turn.Queue, turn.Item), cancellation) };
        foreach (var last in next.Assignments.GroupBy(a => a.Reviewer).Select(g => g.Last()))
        {
            var isOpen = next.Outcome is null && last.Until > turn.Now && answers.All(a => a.Reviewer != last.Reviewer);
            await ShowAsync(turn.Queue, turn.Item, new Shown(last.Until, last.Adjudicates, isOpen), last.Reviewer, cancellation);
        }

        return next;
    }

    /// <summary>The first item that a reviewer is asked now; null: none.</summary>
    public async Task<ReviewAssigned?> NextAsync(ReviewPlan plan, string reviewer, CancellationToken cancellation)
    {
        var queue = plan.Queue;
        await foreach (var found in ledger.ListAsync(Partition(queue), reviewer + ":", cancellation))
        {
            var shown = DocumentJson.Parse<Shown>(System.Text.Encoding.UTF8.GetBytes(found.Json));
            var item = int.Parse(found.Row.AsSpan(reviewer.Length + 1));
            if (!shown.IsOpen || shown.Until <= time.GetUtcNow().UtcDateTime || await store.StatAsync(AnswerPath(queue, item, reviewer), cancellation) is not null)
            {
                continue;
            }

            var row = await ReadAsync<ReviewedRow>(RowPath(queue, item), cancellation);
            var answers = shown.Adjudicates ? (await AnswersAsync(queue, item, cancellation)).Select(a => a.Label).Order(StringComparer.Ordinal).ToList() : null;
            return new ReviewAssigned(item, shown.Until, shown.Adjudicates, answers, plan.HasGold ? row with { Gold = null, Suggested = null, Quality = null } : row);
        }

        return null;
    }

    /// <summary>Records an answer: the first of a reviewer on an item.</summary>
    public async Task<AnswerStatus> AnswerAsync(string queue, int item, string reviewer, string label, CancellationToken cancellation, double? seconds = null, MaskAnswer? mask = null)
    {
        if (await ledger.GetAsync(Partition(queue), Row(reviewer, item), cancellation) is null)
        {
            return AnswerStatus.NotAssigned;
        }

        var path = AnswerPath(queue, item, reviewer);
        if (await TryReadAsync<ReviewAnswer>(path, cancellation) is { } before)
        {
            return before.IsSame(label, mask) ? AnswerStatus.Repeated : AnswerStatus.AlreadyAnswered;
        }

        if (await IsCancelledAsync(queue, cancellation) || await store.StatAsync(OutcomePath(queue, item), cancellation) is not null)
        {
            return await IsCancelledAsync(queue, cancellation) ? AnswerStatus.Cancelled : AnswerStatus.Late;
        }

        if (await store.CreateAsync(path, DocumentJson.Bytes(new ReviewAnswer(reviewer, label, time.GetUtcNow().UtcDateTime, seconds) { Mask = mask }), cancellation))
        {
            return AnswerStatus.Accepted;
        }

        return (await ReadAsync<ReviewAnswer>(path, cancellation)).IsSame(label, mask) ? AnswerStatus.Repeated : AnswerStatus.AlreadyAnswered;
    }

    /// <summary>Every item that has ended, with its row and all answers on it, in order.</summary>
    public async Task<IReadOnlyList<(ReviewedRow Row, ReviewOutcome Outcome, IReadOnlyList<ReviewAnswer> Answers)>> OutcomesAsync(string queue, CancellationToken cancellation)
    {
        var all = new List<(ReviewedRow, ReviewOutcome, IReadOnlyList<ReviewAnswer>)>();
        await foreach (var found in store.ListAsync($"reviews/{queue}/outcomes/", cancellation))
        {
            var item = int.Parse(Path.GetFileNameWithoutExtension(found.Path.AsSpan()));
            all.Add((await ReadAsync<ReviewedRow>(RowPath(queue, item), cancellation), await ReadAsync<ReviewOutcome>(found.Path, cancellation), await AnswersAsync(queue, item, cancellation)));
        }

        return all;
    }

    /// <summary>Every answer there is, by item, also on items that have not ended.</summary>
    public async Task<IReadOnlyList<(int Item, ReviewAnswer Answer)>> AnswersAsync(string queue, CancellationToken cancellation)
    {
        var answers = new List<(int, ReviewAnswer)>();
        await foreach (var found in store.ListAsync($"reviews/{queue}/answers/", cancellation))
        {
            answers.Add((int.Parse(found.Path.Split('/')[^2], System.Globalization.CultureInfo.InvariantCulture), await ReadAsync<ReviewAnswer>(found.Path, cancellation)));
        }

        return answers;
    }

    /// <summary>Records what a worker of a crowd answered; the first answer of a worker on an item counts.</summary>
    public Task<bool> RecordAsync(string queue, int item, ReviewAnswer answer, CancellationToken cancellation) =>
        store.CreateAsync(AnswerPath(queue, item, answer.Reviewer), DocumentJson.Bytes(answer), cancellation);

    /// <summary>Remembers a HIT, once.</summary>
    public Task<bool> RecordAsync(string queue, CrowdHit hit, CancellationToken cancellation) =>
        store.CreateAsync($"{HitsPath(queue, hit.Item)}{hit.Attempt:D2}.json", DocumentJson.Bytes(hit), cancellation);

    /// <summary>The HITs of an item, or of the whole queue.</summary>
    public async Task<IReadOnlyList<CrowdHit>> HitsAsync(string queue, int? item, CancellationToken cancellation)
    {
        var hits = new List<CrowdHit>();
        await foreach (var found in store.ListAsync(item is { } one ? HitsPath(queue, one) : $"reviews/{queue}/hits/", cancellation))
        {
            hits.Add(await ReadAsync<CrowdHit>(found.Path, cancellation));
        }

        return hits;
    }

    /// <summary>What an item's row is.</summary>
    public Task<ReviewedRow> RowAsync(string queue, int item, CancellationToken cancellation) => ReadAsync<ReviewedRow>(RowPath(queue, item), cancellation);

    /// <summary>The answers on an item.</summary>
    public async Task<IReadOnlyList<ReviewAnswer>> AnswersAsync(string queue, int item, CancellationToken cancellation)
    {
        var answers = new List<ReviewAnswer>();
        await foreach (var found in store.ListAsync($"reviews/{queue}/answers/{item:D6}/", cancellation))
        {
            answers.Add(await ReadAsync<ReviewAnswer>(found.Path, cancellation));
        }

        return answers;
    }

    async Task ShowAsync(string queue, int item, Shown shown, string reviewer, CancellationToken cancellation)
    {
        var json = System.Text.Encoding.UTF8.GetString(DocumentJson.Bytes(shown));
        while (await ledger.InsertAsync(Partition(queue), Row(reviewer, item), json, cancellation) is null)
        {
            if (await ledger.GetAsync(Partition(queue), Row(reviewer, item), cancellation) is { } row && (row.Json == json || await ledger.ReplaceAsync(row, json, cancellation) is not null))
            {
                break;
            }
        }
    }

    async Task<T> ReadAsync<T>(string path, CancellationToken cancellation) => DocumentJson.Parse<T>(await store.ReadAsync(path, cancellation));

    async Task<T?> TryReadAsync<T>(string path, CancellationToken cancellation)
        where T : class => await store.StatAsync(path, cancellation) is null ? null : await ReadAsync<T>(path, cancellation);

    static string Partition(string queue) => $"reviews:{queue}";

    static string Row(string reviewer, int item) => $"{reviewer}:{item:D6}";

    static string PlanPath(string queue) => $"reviews/{queue}/plan.json";

    static string CancelledPath(string queue) => $"reviews/{queue}/cancelled.json";

    static string RowPath(string queue, int item) => $"reviews/{queue}/rows/{item:D6}.json";

    static string AnswerPath(string queue, int item, string reviewer) => $"reviews/{queue}/answers/{item:D6}/{reviewer}.json";

    static string HitsPath(string queue, int item) => $"reviews/{queue}/hits/{item:D6}/";

    static string OutcomePath(string queue, int item) => $"reviews/{queue}/outcomes/{item:D6}.json";

    /// <summary>What a reviewer is shown of an item.</summary>
    sealed record Shown(DateTime Until, bool Adjudicates, bool IsOpen);
}
