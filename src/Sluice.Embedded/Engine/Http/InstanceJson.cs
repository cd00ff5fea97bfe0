using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>An instance as the management API shows it.</summary>
static class InstanceJson
{
    internal static JsonObject Of(OrchestrationMetadata i, bool showInput) =>
        Of(i.Name, i.InstanceId, i.RuntimeStatus, showInput ? i.SerializedInput : null, i.SerializedCustomStatus,
            Output(i.SerializedOutput, i.FailureDetails), i.CreatedAt, i.LastUpdatedAt);

    internal static JsonObject Of(InstanceRow row, bool showInput) =>
        Of(row.Name, row.Id, row.Status, showInput ? row.Input : null, row.CustomStatus,
            Output(row.Output, row.Failure is null ? null : JsonSerializer.Deserialize<TaskFailureDetails>(row.Failure)), row.Created, row.Updated);

    /// <summary>A payload as it is; text that is not JSON, which a custom serialiser may write, as a string.</summary>
    internal static JsonNode? Payload(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return JsonValue.Create(json);
        }
    }

    static JsonNode? Output(string? output, TaskFailureDetails? failure) =>
        failure is null ? Payload(output) : JsonValue.Create($"{failure.ErrorType}: {failure.ErrorMessage}");

    static JsonObject Of(
        string name, string id, OrchestrationRuntimeStatus status, string? input, string? customStatus, JsonNode? output, DateTimeOffset created, DateTimeOffset updated) => new()
        {
            ["name"] = name,
            ["instanceId"] = id,
            ["runtimeStatus"] = status.ToString(),
            ["input"] = Payload(input),
            ["customStatus"] = Payload(customStatus),
            ["output"] = output,
            ["createdTime"] = Text(created),
            ["lastUpdatedTime"] = Text(updated),
        };

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
