using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Runs every pipeline that was registered with <c>refresh=true</c>. One whose input did not change does nothing.</summary>
public sealed class Refresh(PipelineStore pipelines, RunFolders folders, TimeProvider time)
{
    [Function(nameof(Refresh))]
    public async Task RunAsync(
        [TimerTrigger("%RefreshSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        // One run a pipeline and due time: a second delivery of the same tick starts nothing.
        var due = (timer.ScheduleStatus?.Last ?? time.GetUtcNow().UtcDateTime).ToString("yyyyMMddHHmmss");
        await foreach (var pipeline in pipelines.ListAsync(cancellation))
        {
            if (pipeline.Refresh)
            {
                var run = RunIds.Of(pipeline.Id, "refresh", due);
                await RunIds.StartOnceAsync(client, pipelines.Request(pipeline, folders.Incoming(pipeline.Id), run, trace: Traces.Current), cancellation);
            }
        }
    }
}
