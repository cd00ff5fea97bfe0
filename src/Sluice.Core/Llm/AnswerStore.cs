using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>An answer that was accepted.</summary>
/// <param name="At">When it was asked for.</param>
/// <param name="Model">Model that answered.</param>
/// <param name="Value">Its fields as JSON, in their one form.</param>
/// <param name="Usage">This row's share of the call's tokens.</param>
/// <param name="CostUsd">What they cost; null where the price is not known.</param>
/// <param name="Run">Run that asked.</param>
public sealed record StoredAnswer(DateTimeOffset At, string Model, string Value, TokenUsage Usage, decimal? CostUsd, string Run);

/// <summary>A row without an answer, for its run only: failures are never kept for another.</summary>
/// <param name="Reason">Reason of the verdict.</param>
/// <param name="Error">The exact error.</param>
public sealed record Unanswered(string Reason, string Error);

/// <summary>
/// Answers by the key of their question, one object each: two who ask at once agree on the first that is stored. Only an answer that is too old is replaced, by
/// compare-and-swap. Answers of questions that are not repeatable lie with their run.
/// </summary>
/// <param name="store">Where they are.</param>
/// <param name="run">The run.</param>
/// <param name="asking">When the run began to ask: an answer is too old or not for the whole run, however long it takes.</param>
sealed class AnswerStore(ObjectStore store, string run, AskingSince asking)
{
    /// <summary>The answer to a question, if there is one that is not too old.</summary>
    public async Task<StoredAnswer?> FindAsync(Question question, RowKey key, CancellationToken cancellation)
    {
        var path = PathOf(question, key);
        return await store.StatAsync(path, cancellation) is null ? null : Fresh(question, await ReadAsync<StoredAnswer>(path, cancellation));
    }

    /// <summary>Keeps an answer unless there is one. False: another was first, and counts.</summary>
    public async Task<bool> AddAsync(Question question, RowKey key, StoredAnswer answer, CancellationToken cancellation)
    {
        var (path, bytes) = (PathOf(question, key), DocumentJson.Bytes(answer));
        while (!await store.CreateAsync(path, bytes, cancellation))
        {
            var known = await store.StatAsync(path, cancellation);
            if (known is not null && Fresh(question, await ReadAsync<StoredAnswer>(path, cancellation)) is not null)
            {
                return false;
            }

            if (known is not null && await store.ReplaceAsync(path, bytes, known.ETag, cancellation))
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>Why this run has no answer to a question.</summary>
    public async Task<Unanswered?> FailureAsync(RowKey key, CancellationToken cancellation) =>
        await store.StatAsync(FailurePath(key), cancellation) is null ? null : await ReadAsync<Unanswered>(FailurePath(key), cancellation);

    public Task FailAsync(RowKey key, Unanswered failure, CancellationToken cancellation) =>
        store.CreateAsync(FailurePath(key), DocumentJson.Bytes(failure), cancellation);

    StoredAnswer? Fresh(Question question, StoredAnswer answer) =>
        !question.IsRepeatable || answer.Run == run || answer.At >= asking.Since - TimeSpan.FromHours(question.Options.CacheTtlHours) ? answer : null;

    async Task<T> ReadAsync<T>(string path, CancellationToken cancellation) => DocumentJson.Parse<T>(await store.ReadAsync(path, cancellation));

    string PathOf(Question question, RowKey key)
    {
        var name = Name(key);
        return question.IsRepeatable ? $"answers/{name[..2]}/{name}.json" : $"runs/{asking.Scope}/answers/{name}.json";
    }

    string FailurePath(RowKey key) => $"runs/{run}/unanswered/{Name(key)}.json";

    static string Name(RowKey key) => $"{key.High:x16}{key.Low:x16}";
}
