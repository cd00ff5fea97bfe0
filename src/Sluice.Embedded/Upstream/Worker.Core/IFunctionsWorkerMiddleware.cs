namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>A step around every invocation. It must not await I/O around an orchestrator: see docs/embedded.md.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Pipeline/IFunctionsWorkerMiddleware.cs.</remarks>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
