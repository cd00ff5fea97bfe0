namespace Sluice.Llm;

/// <summary>
/// Many questions to one model that its provider answers within a day, at a lower price: submitted together, looked at until they have ended, answers taken by the
/// id of the call. Faults are thrown as <see cref="LanguageModels.AskAsync"/> throws them, and nothing is tried again here.
/// </summary>
public abstract class ModelBatches
{
    /// <summary>Calls of one batch at most.</summary>
    public virtual int MaxCalls => 50_000;

    /// <summary>Bytes of one batch at most: it is put together in memory.</summary>
    public virtual long MaxBytes => 64L << 20;

    /// <summary>What tokens cost in a batch; null: unknown.</summary>
    public abstract TokenPrice? Price { get; }

    /// <summary>Submits calls; gives the provider's id of the batch.</summary>
    /// <param name="key">Name by which <see cref="FindAsync"/> finds it.</param>
    /// <param name="calls">The calls, with different ids.</param>
    /// <param name="cancellation">Stops; whether it was submitted then, only <see cref="FindAsync"/> knows.</param>
    public abstract Task<string> SubmitAsync(string key, IReadOnlyList<BatchCall> calls, CancellationToken cancellation);

    /// <summary>A batch that was submitted, its id lost; null: there is none.</summary>
    /// <param name="key">Its name. Where the provider keeps none, the oldest with as many calls is taken; its answers are matched by the ids of calls, which a stranger's has not.</param>
    /// <param name="calls">How many calls it had.</param>
    /// <param name="since">It was not submitted before.</param>
    /// <param name="cancellation">Stops.</param>
    public abstract Task<string?> FindAsync(string key, int calls, DateTimeOffset since, CancellationToken cancellation);

    public abstract Task<BatchProgress> ProgressAsync(string id, CancellationToken cancellation);

    /// <summary>The answers of a batch that has ended; calls that failed, were cancelled or not reached in time have none.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="like">One of its requests: all ask for answers of the same form.</param>
    /// <param name="cancellation">Stops.</param>
    public abstract IAsyncEnumerable<(string Id, ModelAnswer Answer)> AnswersAsync(string id, ModelRequest like, CancellationToken cancellation);

    /// <summary>Asks the provider to stop; what has answered by then is kept and paid.</summary>
    public abstract Task CancelAsync(string id, CancellationToken cancellation);
}

/// <summary>A call of a batch.</summary>
/// <param name="Id">Of the call, 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.</param>
/// <param name="Request">What is asked.</param>
public sealed record BatchCall(string Id, ModelRequest Request);

/// <summary>How far a batch is.</summary>
/// <param name="HasEnded">Nothing more will come.</param>
/// <param name="Problem">Why nothing was done, where the provider refused it as a whole.</param>
public sealed record BatchProgress(bool HasEnded, string? Problem = null);
