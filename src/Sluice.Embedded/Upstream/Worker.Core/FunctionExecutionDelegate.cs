namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>The rest of the pipeline, down to the function itself.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Pipeline/FunctionExecutionDelegate.cs.</remarks>
public delegate Task FunctionExecutionDelegate(FunctionContext context);
