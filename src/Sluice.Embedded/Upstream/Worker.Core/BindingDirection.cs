namespace Microsoft.Azure.Functions.Worker;

/// <summary>Whether a binding hands a value in or takes one out.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Definition/BindingDirection.cs.</remarks>
public enum BindingDirection
{
    In = 0,
    Out = 1,
}
