using System.Diagnostics;

namespace Sluice.Embedded.Durable;

/// <summary>Traces with the source, names and attributes of Durable Task (distributed tracing V2), so one dashboard serves both flavours.</summary>
static class Spans
{
    static readonly ActivitySource source = new("Microsoft.DurableTask");

    public static Activity? CreateOrchestration(string name, string version, string instance)
        => Tag(source.StartActivity($"create_orchestration:{name}", ActivityKind.Producer), "orchestration", name, version, instance);

    public static Activity? RunActivity(ActivityTask task)
    {
        var span = Tag(Start($"activity:{task.Name}", task.TraceParent, default), "activity", task.Name, task.Version, task.InstanceId);
        span?.SetTag("durabletask.task.task_id", task.TaskId);
        return span;
    }

    /// <summary>The whole execution as one span, written when it ends: an execution may outlive many processes.</summary>
    public static void Orchestration(InstanceRow row)
    {
        using var span = Tag(Start($"orchestration:{row.Name}", row.TraceParent, row.Created), "orchestration", row.Name, row.Version, row.Id);
        span?.SetTag("durabletask.task.execution_id", row.ExecutionId);
        span?.SetTag("durabletask.task.status", row.Status.ToString());
        if (row.Failure is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, row.Output);
        }
    }

    static Activity? Start(string name, string? parent, DateTimeOffset start)
        => ActivityContext.TryParse(parent, null, out var context)
            ? source.StartActivity(name, ActivityKind.Server, context, startTime: start)
            : source.StartActivity(name, ActivityKind.Server, default(ActivityContext), startTime: start);

    static Activity? Tag(Activity? span, string type, string name, string version, string instance)
    {
        span?.SetTag("durabletask.type", type);
        span?.SetTag("durabletask.task.name", name);
        span?.SetTag("durabletask.task.instance_id", instance);
        if (version.Length > 0)
        {
            span?.SetTag("durabletask.task.version", version);
        }

        return span;
    }
}
