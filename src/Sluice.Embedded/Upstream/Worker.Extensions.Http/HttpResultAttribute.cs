using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The property of a returned object that is the HTTP response.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Http/src/HttpResultAttribute.cs.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpResultAttribute : OutputBindingAttribute
{
    public HttpResultAttribute()
    {
    }
}
