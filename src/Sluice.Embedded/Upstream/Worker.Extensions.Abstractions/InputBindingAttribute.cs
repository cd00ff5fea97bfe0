namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>A parameter that is filled from elsewhere than the trigger.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Abstractions/src/InputBindingAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    // Upstream's constructor is public although the class is abstract.
#pragma warning disable CA1012
    public InputBindingAttribute()
    {
    }
}
