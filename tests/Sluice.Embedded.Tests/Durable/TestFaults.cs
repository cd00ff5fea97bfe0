using System.Collections.Concurrent;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Faults that a test sets. A crash happens once: at the n-th time that its point is reached.</summary>
public sealed class TestFaults : IFaults
{
    public const string TurnReplayed = FaultPoints.TurnReplayed;
    public const string ActivityStarting = FaultPoints.ActivityStarting;
    public const string ActivityReturned = FaultPoints.ActivityReturned;
    public const string Commit = FaultPoints.Commit;

    readonly ConcurrentDictionary<string, int> reached = new();
    readonly ConcurrentDictionary<(string, int), bool> delivered = new();
    string? crashPoint;
    int crashIn;

    public Func<string, bool> Doubles { get; set; } = _ => false;
    public Func<string, bool> Leaks { get; set; } = _ => false;
    public Action<string, string>? Watch { get; set; }
    public Action<string>? Crashed { get; set; }
    public IReadOnlyDictionary<string, int> Reached => reached;

    /// <summary>Ends the engine when the point is reached for the <paramref name="nth"/> time from now.</summary>
    public void CrashAt(string point, int nth = 1)
    {
        Volatile.Write(ref crashIn, nth);
        Volatile.Write(ref crashPoint, point);
    }

    /// <summary>Thrown by <see cref="Watch"/>, it ends the engine there.</summary>
    public static Exception Crash(string why) => new EngineKilledException(why);

    public void Reach(string point, string subject)
    {
        reached.AddOrUpdate(point, 1, (_, count) => count + 1);
        Watch?.Invoke(point, subject);
        if (Volatile.Read(ref crashPoint) == point && Interlocked.Decrement(ref crashIn) == 0)
        {
            Volatile.Write(ref crashPoint, null);
            Crashed?.Invoke(point);
            throw new EngineKilledException($"Crash at '{point}' of '{subject}'.");
        }
    }

    public bool DeliversTwice(string activity, string instanceId, int taskId) => Doubles(activity) && delivered.TryAdd((instanceId, taskId), true);

    public bool LosesLease(string activity, string instanceId, int taskId) => Leaks(activity);
}
