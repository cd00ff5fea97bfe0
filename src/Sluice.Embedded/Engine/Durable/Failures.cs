using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <summary>Failures that the engine itself reports. Types are named as Durable Task names them, so filters on the type work on both.</summary>
static class Failures
{
    public const string NonDeterministicType = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";
    public const string TypeMissingType = "DurableTask.Core.Exceptions.TypeMissingException";

    const int MaxTextLength = 8000;
    const int MaxDepth = 10;
    const string NonRetriableMark = "Sluice.NonRetriable";

    public static TaskFailureDetails NonDeterministic(string orchestrator, string instance, string what)
        => new(
            NonDeterministicType,
            $"Orchestrator '{orchestrator}' of instance '{instance}' did not repeat its history. {what} "
            + "An orchestrator must make the same calls in the same order in every replay: if its code was changed, give it a new version.",
            null, null, null);

    public static TaskFailureDetails IllegalAwait(string orchestrator, string instance)
        => new(
            typeof(InvalidOperationException).FullName!,
            $"Orchestrator '{orchestrator}' of instance '{instance}' awaited a task that is not durable, or used another thread. "
            + "Expected awaits of tasks of its TaskOrchestrationContext only. Do I/O, delays and Task.Run in an activity, and do not use "
            + "ConfigureAwait(false).",
            null, null, null);

    public static TaskFailureDetails VersionMismatch(string reason) => new("VersionMismatch", reason, null, null, null);

    public static TaskFailureDetails NoOrchestrator(string name)
        => new(
            TypeMissingType,
            $"The orchestrator '{name}' was not found. Expected a function with [OrchestrationTrigger] of that name; check the spelling where it "
                + "is called.",
            null, null, null);

    public static TaskFailureDetails NoActivity(string name)
        => new(
            TypeMissingType,
            $"The activity '{name}' was not found. Expected a function with [ActivityTrigger] of that name; check the spelling where it is called.",
            null, null, null);

    public static TaskFailureDetails Poisoned(string name, int deliveries)
        => new(
            "Sluice.Embedded.Durable.PoisonedActivity",
            $"The activity '{name}' was delivered {deliveries} times and never completed: its process ended, or lost the lease, each time. It is "
                + "not tried again.",
            null, null, null);

    public static TaskFailureDetails Terminated(string instance)
        => new(
            "DurableTask.Core.Exceptions.OrchestrationTerminatedException",
            $"The sub-orchestration '{instance}' was terminated.",
            null, null, null);

    public static TaskFailureDetails ChildExists(string instance)
        => new(
            "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
            $"The sub-orchestration could not be started: an instance with id '{instance}' is live. Expected a free or finished id; use "
                + "{parent}-{stage}-{index}.",
            null, null, null);

    /// <summary>An exception as data; texts are cut, because a history row is no place for a dump.</summary>
    public static TaskFailureDetails From(Exception exception) => Cut(TaskFailureDetails.FromException(exception), MaxDepth);

    public static TaskFailedException Exception(string name, int id, EventDetails? details)
    {
        var failure = details?.Failure ?? new TaskFailureDetails("(unknown)", "(unknown)", null, null, null);
        var exception = new TaskFailedException(name, id, failure);
        if (details?.IsNonRetriable == true)
        {
            exception.Data[NonRetriableMark] = true;
        }

        return exception;
    }

    static TaskFailureDetails Cut(TaskFailureDetails failure, int depth) => failure with
    {
        ErrorMessage = Cut(failure.ErrorMessage)!,
        StackTrace = Cut(failure.StackTrace),
        InnerFailure = failure.InnerFailure is { } inner && depth > 0 ? Cut(inner, depth - 1) : null,
    };

    static string? Cut(string? text) => text?.Length > MaxTextLength ? text[..MaxTextLength] + "…" : text;

    public static bool IsNonRetriable(Exception exception) => exception.Data.Contains(NonRetriableMark);
}
