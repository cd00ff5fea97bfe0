using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Histories as files. A changed orchestrator must still replay the histories that its earlier form made, or get a new version: commit a history for each
/// orchestrator, and replay them all in a test.
/// </summary>
public static class SavedHistory
{
    // Null, not default: the event id 0 is a value.
    static readonly JsonSerializerOptions indented = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The current execution of an instance as JSON.</summary>
    public static string Save(DurableEngine engine, string instanceId)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var execution = engine.Load(instanceId)
            ?? throw new ArgumentException($"No instance with id '{instanceId}'. Expected one that was started and not purged.", nameof(instanceId));
        return JsonSerializer.Serialize(new Saved(execution.Row, execution.History), indented);
    }

    /// <summary>Plays a saved history with today's code. Null when the code repeats it, else what differs.</summary>
    public static string? Replay(string json, ITaskExecutor executor, DataConverter converter)
    {
        var saved = JsonSerializer.Deserialize<Saved>(json, indented)
            ?? throw new ArgumentException("The saved history is 'null'. Expected what SavedHistory.Save wrote.", nameof(json));
        var payloads = new Payloads(converter, new() { Path = "unused", MaxPayloadBytes = int.MaxValue, MaxCustomStatusBytes = int.MaxValue });
        var replayer = new Replayer(executor, payloads, NullLoggerFactory.Instance, (_, _) => { });
        var result = replayer.Run(saved.Row, saved.History, []);
        return result.Ending?.Failure is { } failure && failure.ErrorType is Failures.NonDeterministicType or Failures.TypeMissingType
            ? failure.ErrorMessage
            : null;
    }

    sealed record Saved(InstanceRow Row, List<HistoryEvent> History);
}
