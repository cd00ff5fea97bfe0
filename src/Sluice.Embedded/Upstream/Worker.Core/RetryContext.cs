namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which attempt of a function-level retry this is.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Context/RetryContext.cs.</remarks>
public abstract class RetryContext
{
    public abstract int RetryCount { get; }

    public abstract int MaxRetryCount { get; }
}
