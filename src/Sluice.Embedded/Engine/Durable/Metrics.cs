using System.Diagnostics.Metrics;

namespace Sluice.Embedded.Durable;

/// <summary>Counts and times of the engine. Durable Task has no metrics of its own, so the names are ours.</summary>
static class Metrics
{
    public const string MeterName = "Sluice.Embedded";

    static readonly Meter meter = new(MeterName);

    static readonly Counter<long> orchestrations = meter.CreateCounter<long>(
        "sluice.durable.orchestrations", "{orchestration}", "Orchestrations that ended, by name and status");

    static readonly Histogram<double> activities = meter.CreateHistogram<double>(
        "sluice.durable.activity.duration", "s", "Runs of activities, by name and outcome");

    static readonly Counter<long> turns = meter.CreateCounter<long>("sluice.durable.turns", "{turn}", "Turns of orchestrators that were committed");

    static readonly Counter<long> lostLeases = meter.CreateCounter<long>(
        "sluice.durable.leases.lost", "{lease}", "Activities whose result came after their lease was lost, by name");

    public static void OrchestrationEnded(InstanceRow row) => orchestrations.Add(1, new("name", row.Name), new("status", row.Status.ToString()));

    public static void ActivityRan(string name, EventKind outcome, TimeSpan time)
        => activities.Record(time.TotalSeconds, new("name", name), new("outcome", outcome == EventKind.TaskCompleted ? "completed" : "failed"));

    public static void TurnCommitted(string name) => turns.Add(1, new KeyValuePair<string, object?>("name", name));

    public static void LeaseLost(string name) => lostLeases.Add(1, new KeyValuePair<string, object?>("name", name));
}
