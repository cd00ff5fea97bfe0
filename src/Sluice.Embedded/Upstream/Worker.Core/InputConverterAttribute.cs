namespace Microsoft.Azure.Functions.Worker.Converters;

/// <summary>Names the class that converts an input. The engine knows only those that it declares.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker.Core/Converters/Converter/InputConverterAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface | AttributeTargets.Parameter, AllowMultiple = true)]
// CA1813: upstream leaves it open and derives FromBodyAttribute from it.
#pragma warning disable CA1813
public class InputConverterAttribute(Type converterType) : Attribute
{
    public Type ConverterType { get; } = converterType;
}
