namespace Microsoft.DurableTask;

/// <summary>
/// An activity or sub-orchestration failed. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/TaskFailedException.cs.
/// </summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Describe(taskName, taskId, innerException.Message), innerException)
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException);
    }

    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Describe(taskName, taskId, failureDetails.ErrorMessage))
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    public string TaskName { get; }
    public int TaskId { get; }
    public TaskFailureDetails FailureDetails { get; }

    static string Describe(string name, int id, string message) => $"Task '{name}' (#{id}) failed with an unhandled exception: {message}";
}
