using System.Collections.Concurrent;

namespace Sluice.Embedded.Durable;

/// <summary>Delivers every activity once more after it has completed: what at-least-once delivery allows, as often as it can happen.</summary>
sealed class SecondDeliveries : IFaults
{
    readonly ConcurrentDictionary<(string Instance, int Task), bool> repeated = new();

    public void Reach(string point, string subject)
    {
    }

    // The second answer takes the mark away, because an execution that continues as new counts its tasks from 0 again.
    public bool DeliversTwice(string activity, string instanceId, int taskId) =>
        repeated.TryAdd((instanceId, taskId), true) || !repeated.TryRemove((instanceId, taskId), out _);

    public bool LosesLease(string activity, string instanceId, int taskId) => false;
}
