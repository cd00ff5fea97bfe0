namespace Microsoft.DurableTask;

/// <summary>What an activity knows of its call. Upstream: microsoft/durabletask-dotnet src/Abstractions/TaskActivityContext.cs, 1.25.0.</summary>
public abstract class TaskActivityContext
{
    public abstract TaskName Name { get; }
    public abstract string InstanceId { get; }
    public virtual string Version => "";
}

/// <summary>
/// The orchestration that called this one. Upstream: microsoft/durabletask-dotnet src/Abstractions/ParentOrchestrationInstance.cs, 1.25.0.
/// </summary>
public record ParentOrchestrationInstance(TaskName Name, string InstanceId);
