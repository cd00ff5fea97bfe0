namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>The root of all binding attributes.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Abstractions/src/BindingAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    // Upstream's constructor is public although the class is abstract.
#pragma warning disable CA1012
    public BindingAttribute()
    {
    }
}
