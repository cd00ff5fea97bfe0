using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The durable store could not write '{Write}' for '{Subject}'; nothing of it was committed.")]
    public static partial void WriteFailed(ILogger logger, string write, string subject, Exception error);

    [LoggerMessage(2, LogLevel.Information, "Durable engine started on '{Store}': {Instances} instances have messages, {Activities} activities "
        + "wait.")]
    public static partial void Started(ILogger logger, string store, int instances, int activities);

    [LoggerMessage(3, LogLevel.Information, "Durable engine stopped; {Abandoned} running activities were abandoned and will run again.")]
    public static partial void Stopped(ILogger logger, int abandoned);

    [LoggerMessage(4, LogLevel.Debug, "Instance '{Instance}': {Count} messages were dropped ({Reason}).")]
    public static partial void Dropped(ILogger logger, string instance, int count, string reason);

    [LoggerMessage(12, LogLevel.Warning, "Instance '{Instance}' waits for another worker. {Reason}")]
    public static partial void VersionRejected(ILogger logger, string instance, string reason);

    [LoggerMessage(11, LogLevel.Critical, "The durable engine ended: its commit loop failed. What was committed is safe; start again to go on.")]
    public static partial void LoopFailed(ILogger logger, Exception error);

    [LoggerMessage(5, LogLevel.Information, "Orchestration '{Name}' instance '{Instance}' ended: {Status}.")]
    public static partial void Ended(ILogger logger, string name, string instance, string status);

    [LoggerMessage(6, LogLevel.Warning, "Activity '{Name}' #{TaskId} of instance '{Instance}' failed.")]
    public static partial void ActivityFailed(ILogger logger, string name, int taskId, string instance, Exception error);

    [LoggerMessage(7, LogLevel.Error, "A turn of instance '{Instance}' could not be completed; it will be played again.")]
    public static partial void TurnFailed(ILogger logger, string instance, Exception error);

    [LoggerMessage(8, LogLevel.Warning, "The lease of activity '{Name}' #{TaskId} of instance '{Instance}' was lost; its result is ignored.")]
    public static partial void LeaseLost(ILogger logger, string name, int taskId, string instance);

    [LoggerMessage(9, LogLevel.Error, "Activity '{Name}' #{TaskId} of instance '{Instance}' was delivered {Deliveries} times and never completed; "
        + "it is failed.")]
    public static partial void Poisoned(ILogger logger, string name, int taskId, string instance, int deliveries);

    [LoggerMessage(10, LogLevel.Error, "Activity '{Name}' #{TaskId} of instance '{Instance}' could not be claimed or answered in the store; it is "
        + "tried again.")]
    public static partial void DeliveryFailed(ILogger logger, string name, int taskId, string instance, Exception error);
}
