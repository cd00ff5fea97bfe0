using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <summary>Failures that the engine itself reports. Types are named as Durable Task names them, so filters on the type work on both.</summary>
static class Failures
{
    const string NonRetriableMark = "Sluice.NonRetriable";

    public static TaskFailureDetails NonDeterministic(string orchestrator, string instance, string what)
        => new(
            "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException",
            $"Orchestrator '{orchestrator}' of instance '{instance}' did not repeat its history. {what} "
            + "An orchestrator must make the same calls in the same order in every replay: if its code was changed, give it a new version.",
            null, null, null);

    public static TaskFailureDetails IllegalAwait(string orchestrator, string instance)
        => new(
            typeof(InvalidOperationException).FullName!,
            $"Orchestrator '{orchestrator}' of instance '{instance}' awaited a task that is not durable, or used another thread. "
            + "Expected awaits of tasks of its TaskOrchestrationContext only. Do I/O, delays and Task.Run in an activity, and do not use ConfigureAwait(false).",
            null, null, null);

    public static TaskFailureDetails NoOrchestrator(string name)
        => new(
            "DurableTask.Core.Exceptions.TypeMissingException",
            $"The orchestrator '{name}' was not found. Expected a function with [OrchestrationTrigger] of that name; check the spelling where it is called.",
            null, null, null);

    public static TaskFailureDetails NoActivity(string name)
        => new(
            "DurableTask.Core.Exceptions.TypeMissingException",
            $"The activity '{name}' was not found. Expected a function with [ActivityTrigger] of that name; check the spelling where it is called.",
            null, null, null);

    public static TaskFailureDetails Poisoned(string name, int deliveries)
        => new(
            "Sluice.Embedded.Durable.PoisonedActivity",
            $"The activity '{name}' was delivered {deliveries} times and never completed: its process ended, or lost the lease, each time. It is not tried again.",
            null, null, null);

    public static TaskFailureDetails Terminated(string instance)
        => new("DurableTask.Core.Exceptions.OrchestrationTerminatedException", $"The sub-orchestration '{instance}' was terminated.", null, null, null);

    public static TaskFailureDetails ChildExists(string instance)
        => new(
            "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
            $"The sub-orchestration could not be started: an instance with id '{instance}' is live. Expected a free or finished id; use {{parent}}-{{stage}}-{{index}}.",
            null, null, null);

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

    public static bool IsNonRetriable(Exception exception) => exception.Data.Contains(NonRetriableMark);
}
