namespace Microsoft.Azure.Functions.Worker;

/// <summary>How Azure notices a blob. The engine watches its folder either way.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Storage.Blobs/src/BlobTriggerSource.cs.</remarks>
public enum BlobTriggerSource
{
    LogsAndContainerScan = 0,
    EventGrid = 1,
}
