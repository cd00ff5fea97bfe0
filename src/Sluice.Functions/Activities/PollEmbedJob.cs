using Microsoft.Azure.Functions.Worker;
using Sluice.Embedding;
using Sluice.Functions.Embedding;

namespace Sluice.Functions.Activities;

/// <summary>Looks whether the vectors are there, and whether anybody still makes them. The receipt decides, not what the service says.</summary>
public sealed class PollEmbedJob(EmbedJob job, EmbeddingWork work)
{
    [Function(nameof(PollEmbedJob))]
    public async Task<EmbedProgress> RunAsync([ActivityTrigger] EmbedExecution execution, CancellationToken cancellation)
    {
        // Asked in this order: a job that ends in between has written its receipt before.
        var state = await job.StateAsync(execution.Name, cancellation);
        var receipt = await work.ReceiptAsync(execution.Manifest, cancellation);
        return receipt is null
            ? new EmbedProgress(state == EmbedJobState.Running, null)
            : new EmbedProgress(false, EmbedOutcome.Of(receipt, null));
    }
}

/// <summary>Stops a job that takes too long.</summary>
public sealed class StopEmbedJob(EmbedJob job)
{
    [Function(nameof(StopEmbedJob))]
    public Task RunAsync([ActivityTrigger] EmbedExecution execution, CancellationToken cancellation) => job.StopAsync(execution.Name, cancellation);
}

/// <summary>Embeds in the app itself, when the job could not: the same work, the same files, only slower.</summary>
public sealed class EmbedHere(EmbeddingWork work)
{
    [Function(nameof(EmbedHere))]
    public async Task<EmbedOutcome> RunAsync([ActivityTrigger] EmbedInstead instead, CancellationToken cancellation) =>
        EmbedOutcome.Of(await work.RunAsync(instead.Manifest, null, cancellation), instead.Reason);
}

/// <param name="Name">Name of the execution.</param>
/// <param name="Manifest">Key of the manifest.</param>
public sealed record EmbedExecution(string Name, string Manifest);

/// <param name="IsRunning">Somebody works on it.</param>
/// <param name="Outcome">Set when it is done.</param>
public sealed record EmbedProgress(bool IsRunning, EmbedOutcome? Outcome);

/// <param name="Manifest">Key of the manifest.</param>
/// <param name="Reason">Why the job could not.</param>
public sealed record EmbedInstead(string Manifest, string Reason)
{
    const int MaxReason = 400;

    /// <summary>An error that may be long, as it travels.</summary>
    internal static string Shorten(string reason) => reason.Length <= MaxReason ? reason : string.Concat(reason.AsSpan(0, MaxReason - 1), "…");
}

/// <summary>Result of an embedding.</summary>
/// <param name="Receipt">Path of the receipt, which names the files of vectors.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Dimensions">Numbers of one vector.</param>
/// <param name="FallbackReason">Why the app did it instead of the job; null when the job did.</param>
public sealed record EmbedOutcome(string Receipt, long Rows, int Dimensions, string? FallbackReason)
{
    internal static EmbedOutcome Of(EmbeddingReceipt receipt, string? fallbackReason) =>
        new(EmbeddingManifest.ReceiptPathOf(receipt.Manifest), receipt.Rows, receipt.Dimensions, fallbackReason);
}
