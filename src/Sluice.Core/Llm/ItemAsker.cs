using System.Security.Cryptography;
using System.Text;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>Asks about things that are not rows of a batch, such as columns of a file: answers are kept by content, calls and costs are written down as those of rows are.</summary>
/// <param name="asker">Makes the calls.</param>
/// <param name="answers">Where answers are kept.</param>
/// <param name="run">What the costs are found under.</param>
/// <param name="step">Step that asks.</param>
/// <param name="model">The model that is asked.</param>
/// <param name="store">Where what was sent is written down.</param>
sealed class ItemAsker(Asker asker, AnswerStore answers, string run, string step, ModelInfo model, ObjectStore store)
{
    /// <summary>Batch of calls that are about the table and not about some of its rows.</summary>
    public const int NoBatch = -1;

    public ModelInfo Model => model;

    /// <summary>What <c>sluice cost</c> knows it by.</summary>
    public string Run => run;

    /// <summary>Answers that were there already.</summary>
    public int Known { get; private set; }

    /// <summary>Outside of a pipeline's run: costs are found under an id of its own, and under the topic.</summary>
    public static async Task<ItemAsker> AloneAsync(
        LanguageModels models, ModelInfo model, ObjectStore store, Ledger ledger, TimeProvider time, string topic, CancellationToken cancellation)
    {
        var since = time.GetUtcNow();
        var run = $"{topic}-{since:yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        var asking = new AskingSince(topic, since, run);
        await store.CreateAsync($"runs/{run}/asking.json", DocumentJson.Bytes(asking), cancellation);
        await ledger.InsertAsync(RunCost.PartitionOf(topic), run, Encoding.UTF8.GetString(DocumentJson.Bytes(asking)), cancellation);
        var answers = new AnswerStore(store, run, asking);
        return new ItemAsker(new Asker(models, model, answers, new CallLog(store, run), new CallClaims(ledger, time), new Budget(ledger, run, []), time), answers, run, topic, model, store);
    }

    /// <summary>Writes down how much personal data was in what was put together to be sent, by kind, before any of it was masked: how much, never what.</summary>
    public async Task AuditAsync(SortedDictionary<string, long> found, CancellationToken cancellation)
    {
        if (found.Count > 0)
        {
            await store.CreateAsync($"runs/{run}/ask-of-{step.Replace('/', '.').Replace(':', '.')}.json", DocumentJson.Bytes(new AskTodo([], 0, found)), cancellation);
        }
    }

    /// <summary>What asking about the items would take, without asking.</summary>
    public async Task<UnaskedQuestions> CountAsync(Question question, IReadOnlyList<byte[]> items, CancellationToken cancellation)
    {
        var open = new List<byte[]>();
        foreach (var item in items)
        {
            if (await answers.FindAsync(question, question.KeyOf(item), cancellation) is null)
            {
                open.Add(item);
            }
        }

        var calls = (open.Count + question.Options.BatchSize - 1) / question.Options.BatchSize;
        var said = Encoding.UTF8.GetByteCount(question.System) + Encoding.UTF8.GetByteCount(question.AnswerSchema);
        return new UnaskedQuestions(items.Count, open.Count, calls, ((long)calls * said) + open.Sum(item => (long)item.Length), question.AnswerTokens);
    }

    /// <summary>The answer to each item, or why there is none, in their order.</summary>
    public async Task<IReadOnlyList<(string? Value, Unanswered? Failure)>> AskAsync(Question question, IReadOnlyList<byte[]> items, CancellationToken cancellation)
    {
        RowKey[] keys = [.. items.Select(item => question.KeyOf(item))];
        var open = new List<AskedRow>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (await answers.FindAsync(question, keys[i], cancellation) is not null)
            {
                Known++;
            }
            else if (!open.Exists(row => row.Key == keys[i]))
            {
                open.Add(new AskedRow(i, keys[i], items[i]));
            }
        }

        await asker.AskAsync(question, step, NoBatch, open, run, cancellation);
        var found = new List<(string? Value, Unanswered? Failure)>();
        foreach (var key in keys)
        {
            var answer = await answers.FindAsync(question, key, cancellation);
            found.Add((answer?.Value, answer is null ? await answers.FailureAsync(key, cancellation) : null));
        }

        return found;
    }
}
