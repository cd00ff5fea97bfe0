namespace Microsoft.Azure.Functions.Worker;

/// <summary>What one invocation knows about itself; the engine derives from it.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Context/FunctionContext.cs.</remarks>
public abstract class FunctionContext
{
    /// <summary>Differs for every invocation, also for a second delivery of the same work.</summary>
    public abstract string InvocationId { get; }

    /// <summary>Stable for one function of one build.</summary>
    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }

    public abstract BindingContext BindingContext { get; }

    public abstract RetryContext RetryContext { get; }

    /// <summary>The services of this invocation: a scope that ends with it.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>A bag that middleware and the function share during one invocation.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    public abstract IInvocationFeatures Features { get; }

    /// <summary>Cancelled when the host stops, the function runs over its time, or the HTTP caller has gone.</summary>
    public virtual CancellationToken CancellationToken { get; }
}
