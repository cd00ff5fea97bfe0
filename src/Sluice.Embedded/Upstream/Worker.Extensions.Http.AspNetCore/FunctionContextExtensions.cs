using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to the HTTP request from anywhere in an invocation.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Http.AspNetCore/src/FunctionContext/FunctionContextExtensions.cs.</remarks>
public static class FunctionContextExtensions
{
    // The engine puts the request there; middleware sees the same key as with upstream.
    internal const string HttpContextKey = "HttpRequestContext";

    /// <summary>Null when an HTTP request did not start this invocation.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(HttpContextKey, out var found) ? found as HttpContext : null;
}
