namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where an app begins.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker/Builder/FunctionsApplication.cs.</remarks>
// CA1052: upstream's class is not static and can be constructed, so ours is and can.
#pragma warning disable CA1052
public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
