namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>A result that is sent elsewhere.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Abstractions/src/OutputBindingAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute
{
    // Upstream's constructor is public although the class is abstract.
#pragma warning disable CA1012
    public OutputBindingAttribute()
    {
    }
}
