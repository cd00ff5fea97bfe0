using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Sluice.Functions.Activities;
using Sluice.Runs;

namespace Sluice.Functions.Orchestrations;

/// <summary>The units of a stage, in windows: history and replay stay as long as one window, however many units there are.</summary>
public static class RunStage
{
    [Function(nameof(RunStage))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, StageRequest request)
    {
        var window = StageWindow.At(request.Cursor, request.Units, request.InFlight);
        var units = new List<Task>(window.Count);
        for (var unit = window.From; unit < window.To; unit++)
        {
            units.Add(context.CallActivityAsync(nameof(RunUnit), new UnitRequest(request.RunId, request.Kind, request.Pass, unit), Retry.Transient));
        }

        await Task.WhenAll(units);
        context.SetCustomStatus(window.To);
        if (window.To < request.Units)
        {
            context.ContinueAsNew(request with { Cursor = window.To });
        }
    }

    /// <summary>Runs the units of a stage as a child of its run, or waits where the stage is to wait.</summary>
    public static async Task<bool> CallAsync(TaskOrchestrationContext context, RunRequest run, Stage stage, int attempt)
    {
        if (stage.Wait is { } wait)
        {
            await context.CreateTimer(wait, CancellationToken.None);
            return true;
        }

        var units = new StageRequest(run.RunId, stage.Kind, stage.Pass, stage.Units, stage.InFlight);
        await context.CallSubOrchestratorAsync(nameof(RunStage), units, units.Options(context.InstanceId, attempt));
        return true;
    }
}

/// <summary>A stage to run, from a unit on.</summary>
public sealed record StageRequest(string RunId, StageKind Kind, int Pass, int Units, int InFlight, int Cursor = 0)
{
    /// <summary>A fixed child id: a second delivery of the parent's turn finds the same child. Units that are run again, after a pause, are another child.</summary>
    public SubOrchestrationOptions Options(string parent, int attempt = 0) => new(instanceId: attempt == 0
        ? $"{parent}.{Kind.ToString().ToLowerInvariant()}-{Pass}"
        : FormattableString.Invariant($"{parent}.{(int)Kind}-{Pass}-{attempt}"));
}
