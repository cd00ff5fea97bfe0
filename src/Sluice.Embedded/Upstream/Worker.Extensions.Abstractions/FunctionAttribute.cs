namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a public method a function of the app.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Abstractions/src/FunctionAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Method)]
// CA1813: upstream leaves it open.
#pragma warning disable CA1813
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>Unique in the app, ignoring case: a letter, then letters, digits, <c>-</c> or <c>_</c>; at most 128.</summary>
    public string Name { get; } = name;
}
