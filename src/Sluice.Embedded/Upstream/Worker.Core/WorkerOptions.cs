using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>How the worker serialises orchestration and activity payloads.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Hosting/WorkerOptions.cs.</remarks>
public class WorkerOptions
{
    /// <summary>Null: System.Text.Json, with property names matched in any case.</summary>
    public ObjectSerializer? Serializer { get; set; }
}
