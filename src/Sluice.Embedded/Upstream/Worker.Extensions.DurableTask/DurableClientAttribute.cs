using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a parameter that receives the client of the task hub.</summary>
/// <remarks>Upstream: Azure/azure-functions-durable-extension@a7c6d694 src/Worker.Extensions.DurableTask/DurableClientAttribute.cs.</remarks>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>Null: the hub of host.json. Another hub is refused at start-up.</summary>
    public string? TaskHub { get; set; }

    /// <summary>Null: the app's own store. Any other connection is refused at start-up.</summary>
    public string? ConnectionName { get; set; }
}
