using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks the input parameter of an activity.</summary>
/// <remarks>Upstream: Azure/azure-functions-durable-extension@a7c6d694 src/Worker.Extensions.DurableTask/ActivityTriggerAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Null: the name of the function.</summary>
    public string? Activity { get; set; }
}
