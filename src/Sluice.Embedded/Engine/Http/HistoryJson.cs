using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>History as the management API shows it: a completion swallows what it completes, and tells its name and time.</summary>
static class HistoryJson
{
    internal static JsonArray Of(IReadOnlyList<HistoryEvent> history, bool showOutput)
    {
        var scheduled = history.Where(e => e.IsScheduled).ToDictionary(e => e.EventId);
        var answered = history.Where(e => e.RelatedId >= 0).Select(e => e.RelatedId).ToHashSet();
        return new JsonArray([.. history
            .Where(e => e.Kind is not (EventKind.OrchestratorStarted or EventKind.OrchestratorCompleted) && !(e.IsScheduled && answered.Contains(e.EventId)))
            .Select(e => One(e, scheduled.GetValueOrDefault(e.RelatedId), showOutput))]);
    }

    static JsonObject One(HistoryEvent e, HistoryEvent? cause, bool showOutput)
    {
        var json = new JsonObject { ["EventType"] = e.Kind.ToString(), ["Timestamp"] = Text(e.Timestamp) };
        if ((e.Name ?? cause?.Name) is { } name)
        {
            json[e.Kind switch
            {
                EventKind.EventRaised or EventKind.EventSent => "Name",
                EventKind.ExecutionCompleted => "OrchestrationStatus",
                _ => "FunctionName",
            }] = name;
        }

        if (cause is not null)
        {
            json["ScheduledTime"] = Text(cause.Timestamp);
        }

        if ((e.Details?.FireAt ?? cause?.Details?.FireAt) is { } fireAt)
        {
            json["FireAt"] = Text(fireAt);
        }

        if (e.Details?.Failure is { } failure)
        {
            json["Reason"] = failure.ErrorMessage;
            json["Details"] = failure.ErrorType;
        }
        else if (showOutput && e.Data is not null)
        {
            json[e.Kind is EventKind.ExecutionStarted or EventKind.EventRaised or EventKind.EventSent or EventKind.TaskScheduled ? "Input" : "Result"] = InstanceJson.Payload(e.Data);
        }

        return json;
    }

    static string Text(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
