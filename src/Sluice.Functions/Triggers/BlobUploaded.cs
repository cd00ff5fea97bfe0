using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Sluice.Functions.Api;
using Sluice.Functions.Storage;
using Sluice.Pipelines;
using Sluice.Runs;

namespace Sluice.Functions.Triggers;

/// <summary>A file dropped in <c>incoming/{pipeline}/</c> runs that pipeline: one run per name and ETag, however often the event comes. What the pipeline writes there itself starts nothing.</summary>
public sealed class BlobUploaded(PipelineStore pipelines, RunFolders folders, ILogger<BlobUploaded> logger)
{
    [Function(nameof(BlobUploaded))]
    public async Task RunAsync(
        [BlobTrigger(RunFolders.IncomingName + "/{pipeline}/{name}", Source = BlobTriggerSource.EventGrid, Connection = DataConnection.Name)] Stream blob,
        string pipeline,
        string name,
        FunctionContext context,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (await pipelines.GetAsync(pipeline, cancellation) is not { } registered)
        {
            Log.UploadWithoutPipeline(logger, pipeline);
            return;
        }

        var etag = BlobEvents.ETagOf(context);
        var request = pipelines.Request(registered, folders.Incoming(pipeline), RunIds.Of(pipeline, name, etag), trace: Traces.Of(context));
        if (await IsOutputAsync(registered, request, name, cancellation))
        {
            Log.UploadIsOutput(logger, pipeline);
        }
        else if (await RunIds.StartOnceAsync(client, request, cancellation))
        {
            Log.UploadStartedRun(logger, request.RunId);
        }
    }

    /// <summary>Whether the pipeline wrote the file itself: relative outputs lie in the folder that uploads come to, where both are folders of this machine.</summary>
    async Task<bool> IsOutputAsync(RegisteredPipeline registered, RunRequest request, string name, CancellationToken cancellation)
    {
        var outputs = folders.Outputs(request);
        if (outputs.LocalPath(name) is null)
        {
            return false;
        }

        try
        {
            var graph = PipelineGraph.Parse(await pipelines.TextAsync(registered, cancellation));
            return graph.Chains.SelectMany(c => c.Pipeline.Sinks).Any(s => s.Sink.Writes(outputs, name));
        }
        catch (Exception error) when (error is PipelineException or SinkException)
        {
            // The run tells what is wrong with it.
            return false;
        }
    }
}
