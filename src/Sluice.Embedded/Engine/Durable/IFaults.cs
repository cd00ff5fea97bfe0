namespace Sluice.Embedded.Durable;

/// <summary>Fault injection: tests crash the engine at any write, deliver twice, or let leases run out.</summary>
public interface IFaults
{
    /// <summary>
    /// Called at each named point of <see cref="FaultPoints"/>. Throw <see cref="EngineKilledException"/> to end the engine there as a kill of the
    /// process would.
    /// </summary>
    void Reach(string point, string subject);

    /// <summary>Whether a completed activity is delivered once more, as if its completion had been lost.</summary>
    bool DeliversTwice(string activity, string instanceId, int taskId);

    /// <summary>Whether the lease of a running activity is not renewed.</summary>
    bool LosesLease(string activity, string instanceId, int taskId);
}

/// <summary>Ends an engine at once: nothing more is written, told or run. Thrown by fault injection, and when the store stays unwritable.</summary>
public sealed class EngineKilledException(string message, Exception? inner = null) : Exception(message, inner)
{
    public EngineKilledException()
        : this("The engine was killed.")
    {
    }
}

/// <summary>Points between which the process may end. A write has two: before its rows, and after them but before the commit.</summary>
public static class FaultPoints
{
    public const string Commit = "commit";
    public const string Committed = "committed";
    public const string TurnReplayed = "turn-replayed";
    public const string ActivityStarting = "activity-starting";
    public const string ActivityReturned = "activity-returned";

    static readonly string[] writes = ["start", "send", "turn", "drop", "claim", "complete", "release", "renew", "purge", "rewind"];

    /// <summary>Every point of every write, and the points outside of writes.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. writes.SelectMany(write => new[] { Before(write), Written(write) }), Commit, Committed, TurnReplayed, ActivityStarting, ActivityReturned];

    internal static string Before(string write) => write + ".before";

    internal static string Written(string write) => write + ".written";
}
