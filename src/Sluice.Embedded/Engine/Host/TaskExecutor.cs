using System.Collections.Immutable;
using Microsoft.DurableTask;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>Runs orchestrator and activity functions for the durable engine.</summary>
sealed class TaskExecutor(FunctionTable functions, FunctionRunner runner, DataConverter converter) : ITaskExecutor
{
    readonly Dictionary<string, FunctionEntry> orchestrators =
        functions.With<OrchestrationBinding>().ToDictionary(f => f.Binding.TaskName, f => f.Function, StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, FunctionEntry> activities =
        functions.With<ActivityBinding>().ToDictionary(f => f.Binding.TaskName, f => f.Function, StringComparer.OrdinalIgnoreCase);

    public bool HasOrchestrator(string name) => orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => activities.ContainsKey(name);

    // Everything here happens on the calling thread until the orchestrator awaits: nothing may be awaited before.
    public async Task<string?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [ActivityBinding.InstanceId] = context.InstanceId };
        return converter.Serialize(await runner.ReplayAsync(orchestrators[name], new Call(context, data)));
    }

    public async Task<string?> RunActivityAsync(string name, ActivityInvocation invocation, CancellationToken cancellation)
    {
        var data = ImmutableDictionary.Create<string, object?>(StringComparer.OrdinalIgnoreCase).Add(ActivityBinding.InstanceId, invocation.InstanceId);
        return converter.Serialize(await runner.RunAsync(activities[name], new Call(invocation, data), cancellation));
    }
}
