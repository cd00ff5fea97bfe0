namespace Microsoft.DurableTask;

/// <summary>What an activity knows of its call. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/TaskActivityContext.cs.</summary>
public abstract class TaskActivityContext
{
    public abstract TaskName Name { get; }
    public abstract string InstanceId { get; }
    public virtual string Version => "";
}

/// <summary>
/// The orchestration that called this one. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/ParentOrchestrationInstance.cs.
/// </summary>
public record ParentOrchestrationInstance(TaskName Name, string InstanceId);
