using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.SchemaDetection;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: what the rows of a version are.</summary>
public sealed class DatasetSchema(DatasetCatalogue catalogue, SchemaCache schemas)
{
    // Detection reads every row while somebody waits.
    const long MaxRows = 2_000_000;

    /// <summary>The schema as <c>sluice schema --json</c> gives it. Query: <c>version</c> (default latest), <c>refresh=true</c> to detect it again instead of taking what is kept.</summary>
    [Function(nameof(DatasetSchema))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets/{dataset}/schema")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        var asked = request.Query["refresh"].FirstOrDefault() ?? "false";
        if (!bool.TryParse(asked, out var refresh))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'refresh' is '{asked}'. Expected true or false.");
        }

        try
        {
            var (entry, _) = await catalogue.ShowAsync(dataset, request.Query["version"].FirstOrDefault() ?? "latest", cancellation);
            if (entry.Rows > MaxRows)
            {
                return Problem(
                    StatusCodes.Status422UnprocessableEntity,
                    $"Version {entry.Number} of '{entry.Dataset}' has {entry.Rows:N0} rows; at most {MaxRows:N0} are looked at while a request waits. Put the step schema_detection into its pipeline.");
            }

            var found = await schemas.OfAsync(entry, refresh, cancellation);
            var answer = JsonNode.Parse(DetectedSchema.Json(found.Schema))!.AsObject();
            answer["dataset"] = entry.Dataset;
            answer["version"] = entry.Version;
            answer["from"] = found.From;
            return Results.Text(answer.ToJsonString(JsonSerializerOptions.Web), "application/json");
        }
        catch (DataException unknown)
        {
            return Problem(StatusCodes.Status404NotFound, unknown.Message);
        }
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
