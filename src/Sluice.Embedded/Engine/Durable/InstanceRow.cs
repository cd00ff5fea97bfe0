using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>State of an instance as stored.</summary>
sealed record InstanceRow
{
    public required string Id { get; init; }
    public required string ExecutionId { get; init; }
    public required string Name { get; init; }
    public string Version { get; init; } = "";
    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Pending;
    public required DateTime Created { get; init; }
    public required DateTime Updated { get; init; }
    public DateTime? Completed { get; init; }
    public string? Input { get; init; }
    public string? Output { get; init; }
    public string? CustomStatus { get; init; }
    public string? Failure { get; init; }
    public ParentLink? Parent { get; init; }
    public string? Tags { get; init; }
    public string? TraceParent { get; init; }

    public bool IsTerminal
        => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public OrchestrationMetadata ToMetadata(DataConverter? converter) => new(Name, Id)
    {
        RuntimeStatus = Status,
        CreatedAt = new(Created),
        LastUpdatedAt = new(Updated),
        DataConverter = converter,
        SerializedInput = converter is null ? null : Input,
        SerializedOutput = converter is null ? null : Output,
        SerializedCustomStatus = converter is null ? null : CustomStatus,
        FailureDetails = converter is null || Failure is null ? null : JsonSerializer.Deserialize<TaskFailureDetails>(Failure),
        Tags = Tags is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(Tags)!,
    };
}

/// <summary>Where a child reports its end: the parent's instance, execution, name, and the sequence id of the call.</summary>
sealed record ParentLink(string InstanceId, string ExecutionId, string Name, int TaskId);
