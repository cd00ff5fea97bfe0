using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Sluice.Datasets;
using Sluice.Functions.Api;
using Sluice.Repair;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: put back what one step of a version changed, in a new version.</summary>
public sealed class UndoStep(DatasetCatalogue catalogue, ObjectStore store, RunEngine engine, PipelineStore pipelines)
{
    const int MaxBodyBytes = 1 << 18, MaxName = 40;

    /// <summary>
    /// The body is <c>{"step": "fill", "columns": ["amount"], "version": "latest"}</c>; without columns, all that the step changed. Header <c>Idempotency-Key</c>: the same key starts it
    /// once; without one, so does the same undo of the same version. Answers with the run, or with the version where it is undone already.
    /// </summary>
    [Function(nameof(UndoStep))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/datasets/{dataset}/undo")] HttpRequest request,
        string dataset,
        FunctionContext context,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var body = new byte[MaxBodyBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        if (read > MaxBodyBytes)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"The body is too large. It may have {MaxBodyBytes:N0} bytes.");
        }

        Asked? asked;
        try
        {
            asked = JsonSerializer.Deserialize<Asked>(body.AsSpan(0, read), StepJson.Options);
        }
        catch (JsonException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The body is not the JSON that is expected: {wrong.Message}");
        }

        if (asked?.Step is not { Length: > 0 } step)
        {
            return Problem(StatusCodes.Status400BadRequest, "The body lacks step. Expected {\"step\": \"fill\"}, and columns and version if not all and the latest are meant.");
        }

        try
        {
            var (entry, manifest) = await catalogue.ShowAsync(dataset, asked.Version ?? "latest", cancellation);
            return await StartAsync(request, client, context, entry, manifest, step, asked.Columns ?? [], cancellation);
        }
        catch (DataException unknown)
        {
            return Problem(StatusCodes.Status404NotFound, unknown.Message);
        }
    }

    async Task<IResult> StartAsync(
        HttpRequest request, DurableTaskClient client, FunctionContext context, VersionEntry entry, VersionManifest manifest, string step, IReadOnlyList<string> columns,
        CancellationToken cancellation)
    {
        var prefix = $"{(entry.Dataset.Length > MaxName ? entry.Dataset[..MaxName] : entry.Dataset)}-undo";
        var key = request.Headers["Idempotency-Key"].FirstOrDefault();
        var id = key is null ? RunIds.Of(prefix, [entry.Dataset, entry.Version, step, .. columns.Order(StringComparer.Ordinal)]) : RunIds.Of(prefix, entry.Dataset, key);

        // A second delivery finds what the first made as the latest version: it is about the same undo all the same.
        if (key is not null && await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellation) is not null)
        {
            return Started(request, prefix, id);
        }

        var record = await RunRecord.FindAsync(store, entry.Run, cancellation) ?? throw new DataException($"There is no record of the run '{entry.Run}' that made the version.");
        StepUndo undo;
        try
        {
            undo = StepUndo.Of(manifest, record, step, columns);
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }

        if (undo.IsDone)
        {
            return Results.Json(new { entry.Dataset, entry.Version, step, cells = 0, alreadyUndone = true });
        }

        var shown = $"{entry.Dataset}@{entry.Version} without {step}";
        var (_, path) = await pipelines.SaveTextAsync(undo.Text, shown, cancellation);
        var folder = (await engine.RequestAsync(record.RunId, cancellation)).InputFolder;
        var run = pipelines.Request(new RegisteredPipeline(prefix, path, false), folder, id, trace: Traces.Of(context)) with { PipelineFile = shown, RowsOf = record.RunId };
        await RunIds.StartOnceAsync(client, run, cancellation);
        return Started(request, prefix, id);
    }

    static IResult Started(HttpRequest request, string prefix, string run)
    {
        var status = $"{request.PathBase}/api/v1/pipelines/{prefix}/status?run={run}";
        request.HttpContext.Response.Headers.RetryAfter = "2";
        return Results.Accepted(status, new { run, status });
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);

    sealed record Asked(string? Step, IReadOnlyList<string>? Columns, string? Version);
}
