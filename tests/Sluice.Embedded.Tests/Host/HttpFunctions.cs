using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Sluice.Embedded.Tests.Host;

public sealed record Film(string Title, int Year);

public enum Colour
{
    Red,
    Blue,
}

public sealed class HttpFunctions(ILogger<HttpFunctions> logger)
{
    [Function("Hello")]
    public IResult Hello([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        var greeting = $"hello {request.Query["name"]}";
        logger.Log(LogLevel.Information, default, greeting, null, static (text, _) => text);
        return Results.Text(greeting);
    }

    [Function("Parts")]
    public static IResult Parts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "films/{id:int}/{colour}/{tag?}")] HttpRequest request,
        int id, Colour colour, string? tag, FunctionContext context, CancellationToken cancellation) =>
        Results.Json(new
        {
            id,
            colour = colour.ToString(),
            tag,
            context.FunctionDefinition.Name,
            data = context.BindingContext.BindingData["ID"],
            same = ReferenceEquals(context.GetHttpContext(), request.HttpContext),
            cancellation.CanBeCanceled,
        });

    [Function("Body")]
    public static async Task<IActionResult> Body([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "films")] HttpRequest request, [FromBody] Film film)
    {
        await Task.Yield();
        return new CreatedResult($"/api/films/{film.Year}", film);
    }

    [Function("Content")]
    public static IActionResult Content([HttpTrigger(AuthorizationLevel.Anonymous, Route = "results/{kind}")] HttpRequest request, string kind) => kind switch
    {
        "object" => new ObjectResult(new Film("Alien", 1979)) { StatusCode = 203 },
        "status" => new StatusCodeResult(418),
        "content" => new ContentResult { Content = "<p>", ContentType = "text/html", StatusCode = 200 },
        "file" => new FileContentResult([1, 2, 3], "application/x-three") { FileDownloadName = "three.bin" },
        "json" => new JsonResult(new Film("Heat", 1995)),
        _ => new NotFoundResult(),
    };

    [Function("Written")]
    public static async Task Written([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post")] HttpRequest request)
    {
        request.HttpContext.Response.StatusCode = 202;
        await request.HttpContext.Response.WriteAsync("written");
    }

    [Function("Throws")]
    public static Task<IResult> Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        throw new InvalidOperationException("secret details");

    [Function("Keyed")]
    public static IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => Results.Ok();

    [Function("Owner")]
    public static IResult Owner([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) => Results.Ok();

    [Function("Loose")]
    public static object? Loose([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new Film("No result", 0);

    [Function("Multiple")]
    public static Two Multiple([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new(Results.Text("the property"));

    [Function("Forwarded")]
    public static IResult Forwarded([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        Results.Text($"{request.Scheme}://{request.Host}");

    public sealed record Two([property: HttpResult] IResult Response);
}
