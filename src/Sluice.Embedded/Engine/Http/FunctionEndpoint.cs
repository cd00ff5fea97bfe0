using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>From a request to a function and back to a response.</summary>
sealed class FunctionEndpoint(
    FunctionTable functions, FunctionRunner runner, FunctionKeys keys, EmbeddedOptions options, EmbeddedUrls urls, IHostApplicationLifetime lifetime,
    ILoggerFactory loggers)
{
    readonly ILogger logger = loggers.CreateLogger("Sluice.Embedded.Http");
    readonly string[] allowedHosts = [.. options.AllowedHosts.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    internal void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var (function, binding) in functions.With<HttpBinding>())
        {
            RequestDelegate handle = context => HandleAsync(function, binding, context);
            var route = binding.Methods.Count == 0 ? endpoints.Map(binding.Pattern, handle) : endpoints.Map(binding.Pattern, handle)
                .WithMetadata(new HttpMethodMetadata(binding.Methods));
            route.WithDisplayName(function.Name);
        }
    }

    /// <summary>Around everything: refuses foreign host names, and turns an unhandled exception into an empty 500 and a log.</summary>
    internal async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsAllowed(context.Request.Host.Host))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(
                $"The host name '{context.Request.Host.Host}' is not allowed here. Use 127.0.0.1, or add the name to Sluice:AllowedHosts.");
            return;
        }

        using var span = RequestSpan.Start(context.Request);

        // A function that waits for something must not hold up the end of the program.
        var gone = context.RequestAborted;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, lifetime.ApplicationStopping);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            context.Abort();
        }
        // The one boundary: whatever a function throws ends here, as it does in Azure's host.
        catch (Exception e)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, e);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        }
        finally
        {
            RequestSpan.Describe(span, context);
        }
    }

    async Task HandleAsync(FunctionEntry function, HttpBinding binding, HttpContext context)
    {
        if (!keys.Allows(context.Request, binding.Level))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var result = binding.Response(await runner.RunAsync(function, CallOf(context), context.RequestAborted));
        switch (result)
        {
            case null:
                break;
            case IResult answer:
                await answer.ExecuteAsync(context);
                break;
            case IActionResult action:
                await action.ExecuteResultAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor()));
                break;
            default:
                throw new NotSupportedException(
                    $"Function '{function.Name}' returned '{result.GetType()}', for which Azure's ASP.NET Core model sends an empty response. Return IResult or IActionResult.");
        }
    }

    static Call CallOf(HttpContext context)
    {
        var data = context.Request.RouteValues.ToDictionary(v => v.Key, v => v.Value, StringComparer.OrdinalIgnoreCase);
        return new Call(context, data)
        {
            TraceParent = Activity.Current?.Id ?? context.Request.Headers.TraceParent,
            TraceState = context.Request.Headers.TraceState,
        };
    }

    // A web page can make a browser send requests to loopback under its own host name (DNS rebinding); such a name is not ours.
    bool IsAllowed(string host) =>
        !urls.LoopbackOnly || host is "localhost" or "127.0.0.1" or "[::1]" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || allowedHosts.Any(a => a == "*" || string.Equals(a, host, StringComparison.OrdinalIgnoreCase));
}
