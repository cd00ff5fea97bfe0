using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.Functions.Access;
using Sluice.Llm;
using Sluice.SchemaDetection;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: what the rows of a version are.</summary>
public sealed class DatasetSchema(
    DatasetCatalogue catalogue, SchemaCache schemas, NotedReads reads, LanguageModels models, ObjectStore store, Ledger ledger, TimeProvider time)
{
    // Detection reads every row while somebody waits.
    const long MaxRows = 2_000_000;

    /// <summary>
    /// The schema as <c>sluice schema --json</c> gives it. Query: <c>version</c> (default latest), <c>refresh=true</c> to detect it again instead of taking what is kept,
    /// <c>model</c> for a language model that describes it (default none), <c>allow_personal_data=true</c> to send it values as they are.
    /// </summary>
    [Function(nameof(DatasetSchema))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets/{dataset}/schema")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        var asked = request.Query["refresh"].FirstOrDefault() ?? "false";
        if (!bool.TryParse(asked, out var refresh))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'refresh' is '{asked}'. Expected true or false.");
        }

        var sent = request.Query["allow_personal_data"].FirstOrDefault() ?? "false";
        if (!bool.TryParse(sent, out var allowPersonalData))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'allow_personal_data' is '{sent}'. Expected true or false.");
        }

        try
        {
            var (entry, manifest) = await catalogue.ShowAsync(dataset, request.Query["version"].FirstOrDefault() ?? "latest", cancellation);
            if (entry.Rows > MaxRows)
            {
                return Problem(
                    StatusCodes.Status422UnprocessableEntity,
                    $"Version {entry.Number} of '{entry.Dataset}' has {entry.Rows:N0} rows; at most {MaxRows:N0} are looked at while a request waits. Put the step schema_detection into its pipeline.");
            }

            await reads.NoteAsync(request, entry, manifest, "schema", cancellation);
            var model = request.Query["model"].FirstOrDefault();
            var refiner = model is null || models == LanguageModels.None ? null
                : await ModelRefiner.OpenAsync(models, model, allowPersonalData, store, ledger, time, cancellation);
            var found = await schemas.OfAsync(entry, refresh, cancellation, refiner);
            var answer = JsonNode.Parse(DetectedSchema.Json(found.Schema))!.AsObject();
            if (model is not null && refiner is null)
            {
                answer["notes"]!.AsArray().Add(ModelRefiner.NotAsked);
            }
            else if (refiner is not null && await RunCost.FindAsync(store, refiner.Run, cancellation) is { } cost)
            {
                answer["asked"] = new JsonObject { ["model"] = refiner.Model, ["run"] = refiner.Run, ["calls"] = cost.Total.Calls, ["known_answers"] = refiner.Known, ["cost_usd"] = cost.Total.CostUsd };
            }

            answer["dataset"] = entry.Dataset;
            answer["version"] = entry.Version;
            answer["from"] = found.From;
            return Results.Text(answer.ToJsonString(JsonSerializerOptions.Web), "application/json");
        }
        catch (ModelException refused)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The model '{request.Query["model"]}' cannot be asked. {refused.Message}");
        }
        catch (Exception failed) when (failed is PipelineException or TransientException)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, failed.Message);
        }
        catch (DataException unknown)
        {
            return Problem(StatusCodes.Status404NotFound, unknown.Message);
        }
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
