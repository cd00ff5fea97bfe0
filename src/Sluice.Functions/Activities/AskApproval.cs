using Microsoft.Azure.Functions.Worker;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Activities;

/// <summary>Writes down what a run asks for that was stopped by a budget.</summary>
public sealed class AskApproval(RunEngine engine, RunWatch watch, RunLog log)
{
    [Function(nameof(AskApproval))]
    public async Task<ApprovalAsk> RunAsync([ActivityTrigger] AskedApproval asked, CancellationToken cancellation)
    {
        using var stop = await watch.LinkAsync(asked.Run.RunId, cancellation);
        var ask = await engine.AskApprovalAsync(asked.Run, asked.Number, asked.Reason, stop.Token);
        await log.WaitsAsync(asked.Run, asked.Number, cancellation);
        return ask;
    }
}

/// <summary>Looks whether somebody has decided; fails with the reason where it was refused or nobody did in time.</summary>
public sealed class ReadApproval(RunEngine engine)
{
    [Function(nameof(ReadApproval))]
    public Task<ApprovalDecision?> RunAsync([ActivityTrigger] AskedApproval asked, CancellationToken cancellation) =>
        engine.ApprovalAsync(asked.Run.RunId, asked.Number, cancellation);
}

/// <summary>An ask of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Number">Which of its asks, from 1.</param>
/// <param name="Reason">Why it asks.</param>
public sealed record AskedApproval(RunRequest Run, int Number, string Reason);
