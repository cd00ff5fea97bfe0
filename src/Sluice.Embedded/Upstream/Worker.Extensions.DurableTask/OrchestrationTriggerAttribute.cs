using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks the context parameter of an orchestrator.</summary>
/// <remarks>Upstream: Azure/azure-functions-durable-extension@a7c6d694 src/Worker.Extensions.DurableTask/OrchestrationTriggerAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Null: the name of the function.</summary>
    public string? Orchestration { get; set; }
}
