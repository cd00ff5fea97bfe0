using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded;

/// <content>Status, lists and purging.</content>
sealed partial class DurableApi
{
    const string continuationHeader = "x-ms-continuation-token";
    const int largestPage = 1000;

    Task<IResult> StatusAsync(HttpContext context)
    {
        var id = Route(context, "id");
        if (engine.Find(id) is not { } row)
        {
            return Task.FromResult(Results.StatusCode(StatusCodes.Status404NotFound));
        }

        var body = InstanceJson.Of(row, Flag(context, "showInput", absent: true));
        if (Flag(context, "showHistory", absent: false))
        {
            body["historyEvents"] = HistoryJson.Of(engine.History(id) ?? [], Flag(context, "showHistoryOutput", absent: false));
        }

        if (!row.IsTerminal)
        {
            context.Response.Headers.Location = new ManagementLinks(context.Request, id, host.HubName, keys.Required ? keys.DurableTask : null).Status;
            context.Response.Headers.RetryAfter = "5";
        }

        var failed = row.Status == OrchestrationRuntimeStatus.Failed && Flag(context, "returnInternalServerErrorOnFailure", absent: false);
        return Task.FromResult(Results.Json(body, statusCode: failed ? StatusCodes.Status500InternalServerError
            : row.IsTerminal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted));
    }

    async Task<IResult> ListAsync(HttpContext context)
    {
        var top = Query(context, "top") is { } text ? (int)Math.Clamp(Number(text, "top"), 1, largestPage) : OrchestrationQuery.DefaultPageSize;
        var token = (string?)context.Request.Headers[continuationHeader];
        var filter = new OrchestrationQuery(
            Time(context, "createdTimeFrom"), Time(context, "createdTimeTo"), Statuses(context), null, Query(context, "instanceIdPrefix"), top, true,
            string.IsNullOrEmpty(token) ? null : token);
        var showInput = Flag(context, "showInput", absent: true);
        await foreach (var page in engine.Client.GetAllInstancesAsync(filter).AsPages())
        {
            if (page.ContinuationToken is { } next)
            {
                context.Response.Headers[continuationHeader] = next;
            }

            // One page a request: the caller comes back with the token.
            return Results.Json(new JsonArray([.. page.Values.Select(i => InstanceJson.Of(i, showInput))]));
        }

        return Results.Json(new JsonArray());
    }

    async Task<IResult> PurgeAsync(HttpContext context) =>
        Purged(await engine.Client.PurgeInstanceAsync(Route(context, "id"), context.RequestAborted));

    async Task<IResult> PurgeManyAsync(HttpContext context)
    {
        var from = Time(context, "createdTimeFrom")
            ?? throw new ArgumentException("createdTimeFrom is missing; expected a time such as 2026-01-01T00:00:00Z.");
        var filter = new PurgeInstancesFilter(from, Time(context, "createdTimeTo"), Statuses(context));
        return Purged(await engine.Client.PurgeAllInstancesAsync(filter, context.RequestAborted));
    }

    static IResult Purged(PurgeResult result) => result.PurgedInstanceCount == 0
        ? Results.StatusCode(StatusCodes.Status404NotFound)
        : Results.Json(new JsonObject { ["instancesDeleted"] = result.PurgedInstanceCount });

    static bool Flag(HttpContext context, string name, bool absent) => Query(context, name) is { } text ? Flag(text, name) : absent;

    static DateTimeOffset? Time(HttpContext context, string name) =>
        Query(context, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new ArgumentException($"{name} is '{text}'; expected a time such as 2026-01-01T00:00:00Z.");

    static List<OrchestrationRuntimeStatus>? Statuses(HttpContext context) =>
        Query(context, "runtimeStatus") is not { } text ? null
        : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one =>
            Enum.TryParse<OrchestrationRuntimeStatus>(one, ignoreCase: true, out var status) && Enum.IsDefined(status) ? status
            : throw new ArgumentException($"runtimeStatus has '{one}'; expected {string.Join(", ", Enum.GetNames<OrchestrationRuntimeStatus>())}."))];
}
