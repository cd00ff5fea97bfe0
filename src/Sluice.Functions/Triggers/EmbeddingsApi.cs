using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Sluice.Datasets;
using Sluice.Embedding;
using Sluice.Functions.Activities;
using Sluice.Functions.Api;
using Sluice.Functions.Embedding;
using Sluice.Functions.Orchestrations;

namespace Sluice.Functions.Triggers;

/// <summary>Vectors of a dataset's text over HTTP: ask for them, and see how far they are.</summary>
public sealed class EmbeddingsApi(DatasetCatalogue catalogue, AllowedModels models, IOptions<EmbeddingOptions> options)
{
    const string Prefix = "embed";

    // What is asked for travels through the durable history.
    const int MaxQueryLetters = 200;

    /// <summary>Query: <c>column</c>, <c>model</c> (default use-lite-en), <c>version</c> (default latest), <c>layer</c>, <c>pooling</c>. The same request is one embedding.</summary>
    [Function("EmbedDataset")]
    public async Task<IResult> EmbedAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/datasets/{dataset}/embeddings")] HttpRequest request,
        string dataset,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        string? Asked(string name) => request.Query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
        if (Asked("column") is not { } column)
        {
            return Problem(StatusCodes.Status400BadRequest, "No column is named. Expected the query '?column=NAME', a text column of the dataset.");
        }

        if (request.Query.FirstOrDefault(q => q.Value.ToString().Length > MaxQueryLetters) is { Key: { } tooLong })
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query '{tooLong}' has more than {MaxQueryLetters} characters.");
        }

        if (models.Problem(Asked("model") ?? EmbeddingModel.Default) is { } refused)
        {
            return Problem(StatusCodes.Status400BadRequest, refused);
        }

        try
        {
            var (entry, _) = await catalogue.ShowAsync(dataset, Asked("version") ?? "latest", cancellation);
            var asked = new EmbedRequest(dataset, entry.Version, column, Asked("model") ?? EmbeddingModel.Default, Asked("layer"), Asked("pooling"));
            var run = RunIds.Of(Prefix, asked.Dataset, asked.Version, asked.Column, asked.Model, asked.Layer ?? "", asked.Pooling ?? "");
            await StartAsync(client, run, new EmbedRun(asked, options.Value.Deadline), cancellation);
            var status = $"{request.PathBase}/api/v1/embeddings/{run}";
            request.HttpContext.Response.Headers.RetryAfter = "2";
            return Results.Accepted(status, new { run, status });
        }
        catch (DataException e)
        {
            return Problem(StatusCodes.Status404NotFound, e.Message);
        }
    }

    [Function("EmbeddingStatus")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/embeddings/{run}")] HttpRequest request,
        string run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var found = RunIds.IsOf(Prefix, run) ? await client.GetInstanceAsync(run, getInputsAndOutputs: true, cancellation) : null;
        return found is null
            ? Problem(StatusCodes.Status404NotFound, $"There is no embedding '{run}'.")
            : Results.Json(new
            {
                run,
                status = found.RuntimeStatus.ToString(),
                outcome = found.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? found.ReadOutputAs<EmbedOutcome>() : null,
                error = found.FailureDetails?.ErrorMessage,
            });
    }

    // One that failed may be asked for again; one that runs or is done is the answer.
    static async Task StartAsync(DurableTaskClient client, string run, EmbedRun input, CancellationToken cancellation)
    {
        var earlier = await client.GetInstanceAsync(run, getInputsAndOutputs: false, cancellation);
        if (earlier is null || earlier.RuntimeStatus is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated)
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(EmbedOnGpu), input, new StartOrchestrationOptions(run), cancellation);
        }
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
