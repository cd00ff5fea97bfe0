using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Embedded;

/// <summary>The span of a request, in the trace of its caller. Names and attributes are OpenTelemetry's for HTTP servers.</summary>
static class RequestSpan
{
    internal const string SourceName = "Sluice.Embedded.Http";

    static readonly ActivitySource source = new(SourceName);

    internal static Activity? Start(HttpRequest request)
    {
        var activity = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller)
            ? source.StartActivity(request.Method, ActivityKind.Server, caller)
            : source.StartActivity(request.Method, ActivityKind.Server);
        return activity?.SetTag("http.request.method", request.Method).SetTag("url.path", request.Path.Value);
    }

    /// <summary>Says what is known only at the end.</summary>
    internal static void Describe(Activity? activity, HttpContext context)
    {
        if (activity is null)
        {
            return;
        }

        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            activity.DisplayName = $"{context.Request.Method} {route}";
            activity.SetTag("http.route", route);
        }

        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
