using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Storage;
using Sluice.Runs;

namespace Sluice.Functions.Triggers;

/// <summary>Pipelines over HTTP: register, run, watch, stop.</summary>
public sealed class PipelinesApi(PipelineStore pipelines, RunWatch watch, RunFolders folders, RunEngine engine)
{
    const int MaxPipelineBytes = 1 << 20;

    [Function("ListPipelines")]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/pipelines")] HttpRequest request, CancellationToken cancellation)
    {
        var all = new List<RegisteredPipeline>();
        await foreach (var pipeline in pipelines.ListAsync(cancellation))
        {
            all.Add(pipeline);
        }

        return Results.Json(all.Select(p => new { p.Id, p.Refresh }));
    }

    /// <summary>The body is the pipeline's YAML. Query: <c>id</c> (default the dataset's name), <c>refresh=true</c> to run it on the timer.</summary>
    [Function("CreatePipeline")]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/pipelines")] HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > MaxPipelineBytes || await ReadAsync(request.Body, cancellation) is not { } body)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"The pipeline is too large. A pipeline may have {MaxPipelineBytes:N0} bytes.");
        }

        if (!Utf8.IsValid(body))
        {
            return Problem(StatusCodes.Status400BadRequest, "The pipeline is not UTF-8 text. Save it as UTF-8.");
        }

        var text = Encoding.UTF8.GetString(body);
        var id = request.Query["id"].FirstOrDefault();
        if (id is not null && !PipelineStore.IsId(id))
        {
            return Problem(StatusCodes.Status400BadRequest, $"'{id}' cannot be a pipeline's id. Use 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.");
        }

        try
        {
            var saved = await pipelines.PutAsync(id, text, request.Query["refresh"] == "true", cancellation);
            return Results.Created($"{request.Path}/{saved.Id}", new { saved.Id, saved.Refresh });
        }
        catch (PipelineException e)
        {
            return Results.Json(
                new { error = "The pipeline has problems; nothing was saved.", problems = e.Problems.Select(p => new { p.Line, p.Column, p.Message }) },
                statusCode: StatusCodes.Status400BadRequest);
        }
    }

    [Function("GetPipeline")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/pipelines/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await pipelines.GetAsync(id, cancellation) is { } pipeline
            ? Results.Json(new { pipeline.Id, pipeline.Refresh, yaml = await pipelines.TextAsync(pipeline, cancellation) })
            : Unknown(id);

    [Function("DeletePipeline")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "v1/pipelines/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await pipelines.DeleteAsync(id, cancellation) ? Results.NoContent() : Unknown(id);

    /// <summary>Starts a run. Header <c>Idempotency-Key</c>: the same key starts it once. Query <c>replay_quarantine=true</c>: run rows again that were put aside.</summary>
    [Function("ExecutePipeline")]
    public async Task<IResult> ExecuteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/pipelines/{id}/execute")] HttpRequest request,
        string id,
        FunctionContext context,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (await pipelines.GetAsync(id, cancellation) is not { } pipeline)
        {
            return Unknown(id);
        }

        var key = request.Headers["Idempotency-Key"].FirstOrDefault();
        var runId = key is null ? null : RunIds.Of(id, key);
        var run = pipelines.Request(pipeline, folders.Incoming(id), runId, request.Query["replay_quarantine"] == "true", Traces.Of(context));
        await RunIds.StartOnceAsync(client, run, cancellation);
        var status = $"{request.PathBase}/api/v1/pipelines/{id}/status?run={run.RunId}";
        request.HttpContext.Response.Headers.RetryAfter = "2";
        return Results.Accepted(status, new { run = run.RunId, status });
    }

    /// <summary>Status of a run (query <c>run</c>), or of the newest run of the pipeline.</summary>
    [Function("PipelineStatus")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/pipelines/{id}/status")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var run = await FindAsync(client, id, request.Query["run"].FirstOrDefault(), cancellation);
        return run is null ? Problem(StatusCodes.Status404NotFound, $"Pipeline '{id}' has no such run.") : Results.Json(await GraphStatus.OfAsync(client, run, cancellation));
    }

    /// <summary>Stops a run: the orchestration is terminated, then its activities are cancelled. What was finished stays and is reused by the next run.</summary>
    [Function("StopPipeline")]
    public async Task<IResult> StopAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/pipelines/{id}/stop")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var run = await FindAsync(client, id, request.Query["run"].FirstOrDefault(), cancellation);
        if (run is null)
        {
            return Problem(StatusCodes.Status404NotFound, $"Pipeline '{id}' has no such run.");
        }

        if (run.IsCompleted)
        {
            return Problem(StatusCodes.Status410Gone, $"Run '{run.InstanceId}' has ended: {run.RuntimeStatus}.");
        }

        // Terminated first: an activity that is cancelled before would fail the run, which then ends as failed and not as stopped.
        await client.TerminateInstanceAsync(run.InstanceId, new TerminateInstanceOptions("stopped", Recursive: true), cancellation);
        foreach (var stopped in GraphStatus.RunIdsOf(run))
        {
            await watch.StopAsync(stopped, cancellation);
        }

        foreach (var running in GraphStatus.RunningOf(run))
        {
            await engine.FailAsync(running, "The run was stopped.", cancellation);
        }

        return Results.Accepted(value: new { run = run.InstanceId, stopped = true });
    }

    // A body without a length (chunked) has its limit too. Null: it is larger.
    static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var bytes = new byte[MaxPipelineBytes + 1];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return read > MaxPipelineBytes ? null : bytes[..read];
    }

    static async Task<OrchestrationMetadata?> FindAsync(DurableTaskClient client, string id, string? run, CancellationToken cancellation)
    {
        if (run is not null)
        {
            return RunIds.IsOf(id, run) ? await client.GetInstanceAsync(run, getInputsAndOutputs: true, cancellation) : null;
        }

        OrchestrationMetadata? newest = null;
        var query = new OrchestrationQuery(InstanceIdPrefix: id + "-", FetchInputsAndOutputs: true);
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            newest = instance.Name is nameof(RunPipeline) or nameof(RunGraph) && RunIds.IsOf(id, instance.InstanceId) && (newest is null || instance.CreatedAt > newest.CreatedAt) ? instance : newest;
        }

        return newest;
    }

    static IResult Unknown(string id) => Problem(StatusCodes.Status404NotFound, $"Pipeline '{id}' does not exist.");

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
