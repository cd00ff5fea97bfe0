namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger says about the event, by name.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Context/BindingContext.cs.</remarks>
public abstract class BindingContext
{
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
