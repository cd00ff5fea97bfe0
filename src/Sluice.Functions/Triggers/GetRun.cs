using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Records of runs over HTTP: from a version or a verdict to the run, and to the trace of what started it.</summary>
public sealed class GetRun(ObjectStore store)
{
    [Function(nameof(GetRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/runs/{run}")] HttpRequest request,
        string run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) =>
        RunIds.IsValid(run) && await client.GetInstanceAsync(run, getInputsAndOutputs: true, cancellation) is { } started && GraphStatus.IsGraph(started)
            ? Results.Json(await GraphStatus.OfAsync(client, started, cancellation))
            : await RecordAsync(run, cancellation);

    async Task<IResult> RecordAsync(string run, CancellationToken cancellation) =>
        RunIds.IsValid(run) && await RunRecord.FindAsync(store, run, cancellation) is { } record
            ? Results.Json(new
            {
                run = record.RunId,
                record.Trace,
                record.Dataset,
                record.Version,
                record.GateFailure,
                record.FinishedAt,
                record.RowsRead,
                record.Rejected,
                record.Made,
                record.Steps,
                record.Approvals,
                record.Validations,
                evidence = record.Evidence.Select(e => new { file = e.Evidence.Path, e.FirstRow, e.Evidence.Rows, e.Rules }),
            })
            : Results.Json(new { error = $"There is no record of a run '{run}'. It is written when the run ends." }, statusCode: StatusCodes.Status404NotFound);
}
