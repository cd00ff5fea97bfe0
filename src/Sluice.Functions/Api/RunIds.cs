using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Orchestrations;
using Sluice.Runs;

namespace Sluice.Functions.Api;

/// <summary>Run ids that are functions of what started the run, so that a second delivery of an event starts nothing.</summary>
public static partial class RunIds
{
    /// <summary>A run of a pipeline for one event, key or file version.</summary>
    public static string Of(string pipeline, params string[] parts)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return $"{pipeline}-{Convert.ToHexStringLower(hash.AsSpan(0, 10))}";
    }

    /// <summary>
    /// Characters of a run id at most. An instance id may have 100 on every backend, and the children of a run add <c>.observe-123</c> to its own.
    /// </summary>
    public const int MaxLength = 88;

    /// <summary>Durable's own rule is wider; this one holds on every backend.</summary>
    public static bool IsValid(string run) => run.Length is > 0 and <= MaxLength && run.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Whether a run is one of this pipeline, and not of one whose id begins with this one's: runs of <c>a-b</c> are none of <c>a</c>.</summary>
    public static bool IsOf(string pipeline, string run) =>
        IsValid(run) && run.StartsWith(pipeline + "-", StringComparison.Ordinal) && Suffix.IsMatch(run.AsSpan(pipeline.Length + 1));

    /// <summary>Starts a run unless an instance of its id exists. True: it was started.</summary>
    public static async Task<bool> StartOnceAsync(DurableTaskClient client, RunRequest request, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(request.RunId, getInputsAndOutputs: false, cancellation) is not null)
        {
            return false;
        }

        await StartAsync(client, request, cancellation);
        return true;
    }

    /// <summary>Starts a run: of a chain, or of all chains of a pipeline that has several.</summary>
    public static Task StartAsync(DurableTaskClient client, RunRequest request, CancellationToken cancellation) =>
        client.ScheduleNewOrchestrationInstanceAsync(Orchestrator(request), request, new StartOrchestrationOptions(request.RunId), cancellation);

    /// <summary>The orchestration that does what is asked for.</summary>
    public static string Orchestrator(RunRequest request) => request.Graph is null ? nameof(RunPipeline) : nameof(RunGraph);

    // What Of and PipelineStore.NewRunId append.
    [GeneratedRegex("^([0-9a-f]{20}|[0-9]{8}T[0-9]{9}-[0-9a-f]{4})$")]
    static partial Regex Suffix { get; }
}
