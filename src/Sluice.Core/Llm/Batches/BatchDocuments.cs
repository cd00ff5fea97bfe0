namespace Sluice.Llm;

/// <summary>Calls that a unit would make first.</summary>
sealed record BatchedCalls(IReadOnlyList<BatchCall> Calls);

/// <summary>The batches of a step.</summary>
/// <param name="Since">When it was decided.</param>
/// <param name="Parts">Ids of the calls of each, one as a rule: a provider takes only so many at once.</param>
sealed record BatchPlan(DateTimeOffset Since, IReadOnlyList<IReadOnlyList<string>> Parts);

/// <summary>Who submits a batch, for the ledger: written before it is.</summary>
/// <param name="At">When.</param>
/// <param name="Calls">Calls that are in it: those that the budget allows for.</param>
sealed record BatchClaim(DateTimeOffset At, int Calls);

/// <summary>A batch that was submitted.</summary>
/// <param name="Id">The provider's id.</param>
/// <param name="Model">Model that is asked.</param>
sealed record BatchSent(string Id, string Model);

/// <summary>An answer out of a batch, until its call is recorded.</summary>
/// <param name="Batch">The provider's id of the batch.</param>
/// <param name="Price">What its tokens cost.</param>
/// <param name="Answer">The answer.</param>
sealed record BatchedAnswer(string Batch, TokenPrice? Price, ModelAnswer Answer);

/// <summary>What came of a batch, as the costs of its run show it.</summary>
public sealed record BatchOutcome
{
    internal const string Prefix = "batch-end-";

    /// <summary>Step of the pipeline.</summary>
    public required string Step { get; init; }

    /// <summary>Model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>The provider's id; null: nothing was submitted.</summary>
    public string? Batch { get; init; }

    /// <summary>Calls that were submitted.</summary>
    public long Calls { get; init; }

    /// <summary>Of these, those that were answered. The others are made one by one.</summary>
    public long Answered { get; init; }

    /// <summary>What the answers cost.</summary>
    public decimal PaidUsd { get; init; }

    /// <summary>What the same tokens would have cost more, one by one.</summary>
    public decimal SavedUsd { get; init; }

    /// <summary>What a user should know of it; null: nothing.</summary>
    public string? Note { get; init; }
}
