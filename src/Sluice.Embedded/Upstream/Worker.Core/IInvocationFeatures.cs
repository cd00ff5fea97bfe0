namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the parts of the host attach to an invocation, by type.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Context/Features/IInvocationFeatures.cs.</remarks>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    void Set<T>(T? instance);

    T? Get<T>();
}
