namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>A parameter whose event starts the function.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Abstractions/src/TriggerBindingAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    // Upstream's constructor is public although the class is abstract.
#pragma warning disable CA1012
    public TriggerBindingAttribute()
    {
    }
}
