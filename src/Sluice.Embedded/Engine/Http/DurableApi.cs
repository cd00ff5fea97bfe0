using System.Globalization;
using System.Text.Json.Nodes;
using DurableTask.Core.Exceptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>
/// The HTTP management API of Durable Functions. Paths, queries, bodies and status codes are those of
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api; what differs is in docs/embedded.md.
/// </summary>
sealed partial class DurableApi(DurableEngine engine, TaskExecutor tasks, FunctionKeys keys, HostJson host, TimeProvider clock)
{
    internal const string Root = "/runtime/webhooks/durabletask";
    const string instance = Root + "/instances/{id}";
    static readonly TimeSpan longestWait = TimeSpan.FromSeconds(230);

    internal void Map(IEndpointRouteBuilder endpoints)
    {
        Add("POST", Root + "/orchestrators/{name}/{id?}", StartAsync);
        Add("GET", Root + "/instances", ListAsync);
        Add("DELETE", Root + "/instances", PurgeManyAsync);
        Add("GET", instance, StatusAsync);
        Add("DELETE", instance, PurgeAsync);
        Add("POST", instance + "/raiseEvent/{eventName}", RaiseEventAsync);
        Add("POST", instance + "/terminate", context =>
            SendAsync(context, (id, reason) => engine.TerminateAsync(id, reason is null ? null : JsonValue.Create(reason).ToJsonString(), recursive: false)));
        Add("POST", instance + "/suspend", context => SendAsync(context, engine.SuspendAsync));
        Add("POST", instance + "/resume", context => SendAsync(context, engine.ResumeAsync));
        Add("POST", instance + "/restart", RestartAsync);
        Add("POST", instance + "/rewind", context => SendAsync(context, engine.RewindAsync));
        endpoints.Map(Root + "/entities/{**rest}", _ => Absent("Entities are not supported by the embedded runtime.").ExecuteAsync(_));

        void Add(string method, string path, Func<HttpContext, Task<IResult>> handle) =>
            endpoints.MapMethods(path, [method], context => GuardAsync(context, handle));
    }

    async Task GuardAsync(HttpContext context, Func<HttpContext, Task<IResult>> handle)
    {
        if (!keys.AllowsManagement(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        IResult result;
        try
        {
            result = await handle(context);
        }
        // The engine's refusals of an id, a size or a token are the caller's to mend.
        catch (ArgumentException e)
        {
            result = Problem(StatusCodes.Status400BadRequest, e.Message);
        }

        await result.ExecuteAsync(context);
    }

    async Task<IResult> StartAsync(HttpContext context)
    {
        var name = Route(context, "name");
        if (!tasks.HasOrchestrator(name))
        {
            return Problem(StatusCodes.Status400BadRequest, $"There is no orchestrator '{name}'. Use the name of a function with [OrchestrationTrigger].");
        }

        var (input, problem) = await JsonBody.ReadAsync(context.Request, mayBeEmpty: true);
        if (problem is not null)
        {
            return Problem(StatusCodes.Status400BadRequest, problem);
        }

        string id;
        try
        {
            id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(
                name, input, new StartOrchestrationOptions(context.Request.RouteValues["id"] as string), context.RequestAborted);
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            return Problem(StatusCodes.Status409Conflict, e.Message);
        }

        return await OutcomeWithinAsync(context, id) ?? Accepted(context, id);
    }

    // With ?timeout= the caller waits for the result, but never longer than Azure's load balancer would let it.
    async Task<IResult?> OutcomeWithinAsync(HttpContext context, string id)
    {
        if (Query(context, "timeout") is not { } text)
        {
            return null;
        }

        var timeout = TimeSpan.FromSeconds(Math.Min(Number(text, "timeout"), longestWait.TotalSeconds));
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            await engine.Client.WaitForInstanceCompletionAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }

        var row = engine.Find(id)!;
        return row.Status == OrchestrationRuntimeStatus.Completed
            ? Results.Content(row.Output ?? "null", "application/json")
            : Results.Json(InstanceJson.Of(row, showInput: true), statusCode: StatusCodes.Status200OK);
    }

    async Task<IResult> RaiseEventAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Problem(StatusCodes.Status400BadRequest, $"The content type is '{context.Request.ContentType}'; expected application/json.");
        }

        var (payload, problem) = await JsonBody.ReadAsync(context.Request, mayBeEmpty: true);
        return problem is null
            ? Answer(await engine.RaiseEventAsync(Route(context, "id"), Route(context, "eventName"), payload?.GetRawText()))
            : Problem(StatusCodes.Status400BadRequest, problem);
    }

    static async Task<IResult> SendAsync(HttpContext context, Func<string, string?, Task<SendOutcome>> send) =>
        Answer(await send(Route(context, "id"), Query(context, "reason")));

    async Task<IResult> RestartAsync(HttpContext context)
    {
        try
        {
            var withNewId = Query(context, "restartWithNewInstanceId") is not { } text || Flag(text, "restartWithNewInstanceId");
            return Accepted(context, await engine.Client.RestartAsync(Route(context, "id"), withNewId, context.RequestAborted));
        }
        catch (InvalidOperationException e)
        {
            return Problem(StatusCodes.Status409Conflict, e.Message);
        }
    }

    IResult Accepted(HttpContext context, string id)
    {
        var links = new ManagementLinks(context.Request, id, host.HubName, keys.Required ? keys.DurableTask : null);
        context.Response.Headers.Location = links.Status;
        context.Response.Headers.RetryAfter = "10";
        return Results.Json(links.ToJson(), statusCode: StatusCodes.Status202Accepted);
    }

    static IResult Answer(SendOutcome outcome) => Results.StatusCode(outcome switch
    {
        SendOutcome.Accepted => StatusCodes.Status202Accepted,
        SendOutcome.NotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status410Gone,
    });

    static IResult Absent(string message) => Problem(StatusCodes.Status501NotImplemented, message + " See docs/embedded.md.");

    static IResult Problem(int status, string message) => Results.Json(new JsonObject { ["Message"] = message }, statusCode: status);

    static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    static string? Query(HttpContext context, string name) => (string?)context.Request.Query[name] is { Length: > 0 } value ? value : null;

    static bool Flag(string text, string name) => bool.TryParse(text, out var flag) ? flag
        : throw new ArgumentException($"{name} is '{text}'; expected true or false.");

    static double Number(string text, string name) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new ArgumentException($"{name} is '{text}'; expected a number above 0.");
}
