using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function for every new or changed blob that matches a path.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Storage.Blobs/src/BlobTriggerAttribute.cs.</remarks>
public sealed class BlobTriggerAttribute(string blobPath) : TriggerBindingAttribute
{
    /// <summary><c>container/{name}</c>, <c>container/prefix/{name}.{ext}</c>; <c>%Setting%</c> is replaced.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>Names the setting of a storage account. The engine watches a folder per container whatever it says.</summary>
    public string? Connection { get; set; }

    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}
