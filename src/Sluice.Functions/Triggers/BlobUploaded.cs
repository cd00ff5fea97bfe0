using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Sluice.Functions.Api;
using Sluice.Functions.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>A file dropped in <c>incoming/{pipeline}/</c> runs that pipeline: one run per name and ETag, however often the event comes.</summary>
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
        if (await RunIds.StartOnceAsync(client, request, cancellation))
        {
            Log.UploadStartedRun(logger, request.RunId);
        }
    }
}
