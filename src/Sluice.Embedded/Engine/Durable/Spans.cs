using System.Diagnostics;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Traces with the source, names and attributes of Durable Task (distributed tracing V2), so one dashboard serves both flavours. All spans of an
/// orchestration are children of the one that started it: they share its trace, also across restarts of the process.
/// </summary>
static class Spans
{
    public const string SourceName = "Microsoft.DurableTask";

    static readonly ActivitySource source = new(SourceName);

    public static bool AreHeard => source.HasListeners();

    public static Activity? CreateOrchestration(string name, string version, string instance)
        => Tag(source.StartActivity(Named("create_orchestration", name, version), ActivityKind.Producer), "orchestration", name, version, instance);

    public static Activity? RunActivity(ActivityTask task)
    {
        var name = Named("activity", task.Name, task.Version);
        var span = Tag(Start(name, ActivityKind.Server, task.TraceParent, default), "activity", task.Name, task.Version, task.InstanceId);
        return span?.SetTag("durabletask.task.task_id", task.TaskId);
    }

    /// <summary>The whole execution as one span, written when it ends: an execution may outlive many processes.</summary>
    public static void Orchestration(InstanceRow row)
    {
        var name = Named("orchestration", row.Name, row.Version);
        using var span = Tag(Start(name, ActivityKind.Server, row.TraceParent, row.Created), "orchestration", row.Name, row.Version, row.Id);
        span?.SetTag("durabletask.task.execution_id", row.ExecutionId);
        span?.SetTag("durabletask.task.status", row.Status.ToString());
        if (row.Failure is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, row.Output);
        }
    }

    /// <summary>From the call of a timer to its end.</summary>
    public static void Timer(InstanceRow row, HistoryEvent created)
    {
        var name = $"orchestration:{row.Name}:timer";
        using var span = Tag(Start(name, ActivityKind.Internal, row.TraceParent, created.Timestamp), "timer", row.Name, "", row.Id);
        span?.SetTag("durabletask.fire_at", created.Details?.FireAt?.ToString("o"));
        span?.SetTag("durabletask.task.task_id", created.EventId);
    }

    /// <summary>An event that a client raises.</summary>
    public static Activity? RaiseEvent(string name, string target)
        => Tag(source.StartActivity($"orchestration_event:{name}", ActivityKind.Producer), "event", name, "", null)
            ?.SetTag("durabletask.event.target_instance_id", target);

    /// <summary>An event that an orchestration sends.</summary>
    public static void SentEvent(InstanceRow row, HistoryEvent sent)
    {
        using var span = Tag(
            Start($"orchestration_event:{sent.Name}", ActivityKind.Producer, row.TraceParent, default), "event", sent.Name!, "", row.Id);
        span?.SetTag("durabletask.task.execution_id", row.ExecutionId);
        span?.SetTag("durabletask.event.target_instance_id", sent.Details?.InstanceId);
    }

    static string Named(string what, string name, string version) => version.Length == 0 ? $"{what}:{name}" : $"{what}:{name}@({version})";

    static Activity? Start(string name, ActivityKind kind, string? parent, DateTimeOffset start)
        => ActivityContext.TryParse(parent, null, out var context)
            ? source.StartActivity(name, kind, context, startTime: start)
            : source.StartActivity(name, kind, default(ActivityContext), startTime: start);

    static Activity? Tag(Activity? span, string type, string name, string version, string? instance)
    {
        span?.SetTag("durabletask.type", type);
        span?.SetTag("durabletask.task.name", name);
        if (instance is not null)
        {
            span?.SetTag("durabletask.task.instance_id", instance);
        }

        if (version.Length > 0)
        {
            span?.SetTag("durabletask.task.version", version);
        }

        return span;
    }
}
