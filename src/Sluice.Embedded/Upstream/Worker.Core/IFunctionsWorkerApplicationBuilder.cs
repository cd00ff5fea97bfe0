using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where services and middleware of the app are registered.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Hosting/IFunctionsWorkerApplicationBuilder.cs.</remarks>
public interface IFunctionsWorkerApplicationBuilder
{
    IServiceCollection Services { get; }

    IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
}
