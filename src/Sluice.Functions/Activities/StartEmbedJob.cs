using Microsoft.Azure.Functions.Worker;
using Sluice.Functions.Embedding;
using Sluice.Storage;

namespace Sluice.Functions.Activities;

/// <summary>Starts the embedding job once for a run, however often it is delivered.</summary>
public sealed class StartEmbedJob(EmbedJob job, ObjectStore store)
{
    /// <returns>Name of the execution.</returns>
    [Function(nameof(StartEmbedJob))]
    public async Task<string> RunAsync([ActivityTrigger] EmbedStart start, CancellationToken cancellation)
    {
        var marker = $"embed/jobs/{start.Manifest}/started/{start.Run}.txt";
        if (await store.StatAsync(marker, cancellation) is not null)
        {
            return Text(await store.ReadAsync(marker, cancellation));
        }

        var execution = await job.StartAsync(start.Run, start.Manifest, cancellation);
        if (await store.CreateAsync(marker, System.Text.Encoding.UTF8.GetBytes(execution), cancellation))
        {
            return execution;
        }

        // Delivered twice at once, and the other was first: one job is enough.
        var first = Text(await store.ReadAsync(marker, cancellation));
        if (first != execution)
        {
            await job.StopAsync(execution, cancellation);
        }

        return first;
    }

    static string Text(byte[] content) => System.Text.Encoding.UTF8.GetString(content);
}

/// <param name="Run">Orchestration that asks.</param>
/// <param name="Manifest">Key of the manifest.</param>
public sealed record EmbedStart(string Run, string Manifest);
