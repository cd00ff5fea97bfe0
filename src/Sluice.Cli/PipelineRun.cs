using System.CommandLine;
using System.Diagnostics;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Cli.Ui;
using Sluice.Datasets;
using Sluice.Functions;
using Sluice.Functions.Api;
using Sluice.Runs;

namespace Sluice.Cli;

/// <summary>One run of a pipeline's text in this process, with live progress; one that was cut off goes on where it stopped.</summary>
static class PipelineRun
{
    static readonly ActivitySource source = new("Sluice.Cli");

    /// <param name="parsed">Command line.</param>
    /// <param name="text">The pipeline.</param>
    /// <param name="shown">What the user calls it, for messages.</param>
    /// <param name="inputRoot">Folder that the run may read, with all beneath.</param>
    /// <param name="resumes">Whether a run of the same prefix that was cut off goes on.</param>
    /// <param name="prefixOf">Start of the run's id, of the object path of the text and the datasets that there are: the same work has the same, so that a cut-off run is found.</param>
    /// <param name="requestOf">The request, of the object path of the text; its id and trace are put in.</param>
    /// <param name="cancellation">Stops at the next safe point.</param>
    public static async Task<RunSummary> RunAsync(
        ParseResult parsed, string text, string shown, string inputRoot, bool resumes, Func<string, DatasetCatalogue, Task<string>> prefixOf, Func<string, RunRequest> requestOf,
        CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var app = await LocalApp.StartAsync(Shell.StoreSetting(parsed), inputRoot, cancellation);
        var pipelines = app.Services.GetRequiredService<PipelineStore>();
        var (pipeline, path) = await pipelines.SaveTextAsync(text, shown, cancellation);
        var prefix = await prefixOf(path, app.Services.GetRequiredService<DatasetCatalogue>());
        var asked = requestOf(path) with { Graph = pipeline.Links };
        var live = resumes ? await LiveAsync(app.Client, prefix, RunIds.Orchestrator(asked), cancellation) : null;

        // Recorded by telemetry where that is on; without it, it still has an id for the run's record.
        using var trace = source.StartActivity("sluice run") ?? new Activity("sluice run").Start();
        var request = asked with { RunId = live ?? pipelines.NewRunId(prefix), Trace = trace.TraceId.ToHexString() };
        var watch = app.Services.GetRequiredService<RunWatch>();
        var run = await RunProgress.ShowAsync(watch, request, parsed.GetValue(Shell.Json), async () =>
        {
            if (live is null)
            {
                await RunIds.StartAsync(app.Client, request, cancellation);
            }

            return await app.Client.WaitForInstanceCompletionAsync(request.RunId, getInputsAndOutputs: true, cancellation);
        });
        var time = TimeProvider.System.GetElapsedTime(started);
        return GraphStatus.IsGraph(run) ? await GraphSummary.OfAsync(app, run, live is not null, time, cancellation) : await RunSummary.OfAsync(app, run, live is not null, time, cancellation);
    }

    static async Task<string?> LiveAsync(DurableTaskClient client, string prefix, string orchestrator, CancellationToken cancellation)
    {
        var query = new OrchestrationQuery(
            InstanceIdPrefix: prefix, Statuses: [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Suspended]);
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            if (instance.Name == orchestrator)
            {
                return instance.InstanceId;
            }
        }

        return null;
    }
}
