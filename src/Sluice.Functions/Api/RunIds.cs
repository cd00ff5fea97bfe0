using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Orchestrations;
using Sluice.Runs;

namespace Sluice.Functions.Api;

/// <summary>Run ids that are functions of what started the run, so that a second delivery of an event starts nothing.</summary>
public static class RunIds
{
    /// <summary>A run of a pipeline for one event, key or file version.</summary>
    public static string Of(string pipeline, params string[] parts)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return $"{pipeline}-{Convert.ToHexStringLower(hash.AsSpan(0, 10))}";
    }

    /// <summary>Durable's own rule is wider; this one holds on every backend.</summary>
    public static bool IsValid(string run) => run.Length is > 0 and <= 100 && run.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Starts a run unless an instance of its id exists. True: it was started.</summary>
    public static async Task<bool> StartOnceAsync(DurableTaskClient client, RunRequest request, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(request.RunId, getInputsAndOutputs: false, cancellation) is not null)
        {
            return false;
        }

        await client.ScheduleNewOrchestrationInstanceAsync(nameof(RunPipeline), request, new StartOrchestrationOptions(request.RunId), cancellation);
        return true;
    }
}
