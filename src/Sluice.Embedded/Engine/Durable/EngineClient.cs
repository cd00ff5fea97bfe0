using System.Diagnostics;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Durable;

/// <summary>
/// Microsoft's client over the engine. Where Azure answers a management call with an error of its transport (unknown or finished instance),
/// this one throws InvalidOperationException: silence would be laxer.
/// </summary>
sealed partial class EngineClient(DurableEngine engine, Payloads payloads) : DurableTaskClient("sluice")
{
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var id = options?.InstanceId ?? Starting.NewId();
        Names.CheckInstanceId(id);
        var version = options?.Version is { } asked ? asked.Version : engine.DefaultVersion;
        using var span = Spans.CreateOrchestration(orchestratorName, version, id);
        var now = engine.Now;
        var row = new InstanceRow
        {
            Id = id,
            ExecutionId = Starting.NewId(),
            Name = orchestratorName,
            Version = version,
            Created = now,
            Updated = now,
            Input = payloads.Write(input, $"input of orchestrator '{orchestratorName}'"),
            Tags = options is { Tags.Count: > 0 } ? JsonSerializer.Serialize(options.Tags) : null,
            TraceParent = (span ?? Activity.Current)?.Id,
        };
        var dedupe = Statuses(options);
        var obstacle = await engine.StartInstanceAsync(row, options?.StartAt?.UtcDateTime ?? now, existing => dedupe.Contains(existing.Status));
        return obstacle is null ? id : throw Refused(id, obstacle);
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        cancellation.ThrowIfCancellationRequested();
        Expect(await engine.RaiseEventAsync(
            instanceId, eventName, payloads.Write(eventPayload, $"event '{eventName}'")), instanceId, $"event '{eventName}'");
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var output = payloads.Write(options?.Output, "output of a termination");
        Expect(await engine.TerminateAsync(instanceId, output, options?.Recursive == true), instanceId, "a termination");
    }

    public override async Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Expect(await engine.SuspendAsync(instanceId, reason), instanceId, "a suspension");
    }

    public override async Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Expect(await engine.ResumeAsync(instanceId, reason), instanceId, "a resumption");
    }

    public override async Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        var old = engine.Find(instanceId)
            ?? throw new ArgumentException($"No instance with id '{instanceId}'. Expected the id of an instance that was started and not "
                + "purged.", nameof(instanceId));
        if (!old.IsTerminal && !restartWithNewInstanceId)
        {
            throw new InvalidOperationException(
                $"Instance '{instanceId}' is {old.Status} and cannot be restarted under its own id. Expected a finished one: wait, terminate it, "
                    + "or ask for a new id.");
        }

        cancellation.ThrowIfCancellationRequested();
        var now = engine.Now;
        var row = new InstanceRow
        {
            Id = restartWithNewInstanceId ? Starting.NewId() : instanceId,
            ExecutionId = Starting.NewId(),
            Name = old.Name,
            Version = old.Version,
            Created = now,
            Updated = now,
            Input = old.Input,
            Tags = old.Tags,
            TraceParent = old.TraceParent,
        };
        return await engine.StartInstanceAsync(row, now, null) is { } obstacle ? throw Refused(row.Id, obstacle) : row.Id;
    }

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (await engine.RewindAsync(instanceId, reason))
        {
            case SendOutcome.NotFound:
                throw new ArgumentException(
                    $"No instance with id '{instanceId}'. Expected the id of an instance that was started and not purged.", nameof(instanceId));
            case SendOutcome.Finished:
                throw new InvalidOperationException(
                    $"Instance '{instanceId}' cannot be rewound. Expected one that is Failed, and whose children have ended: see its status, or restart it.");
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static List<OrchestrationRuntimeStatus> Statuses(StartOrchestrationOptions? options)
        => [.. (options?.DedupeStatuses ?? []).Select(text => Enum.TryParse<OrchestrationRuntimeStatus>(text, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException(
                $"Unknown status to deduplicate on: found '{text}', expected one of "
                    + $"{string.Join(", ", Enum.GetNames<OrchestrationRuntimeStatus>())}.", nameof(options)))];

    static OrchestrationAlreadyExistsException Refused(string id, InstanceRow obstacle) => new(obstacle.Id == id
        ? $"An orchestration instance with id '{id}' exists and is {obstacle.Status}. Expected a free or finished id: use another one, or wait "
            + "for it to end."
        : $"The instance id '{id}' differs from the existing '{obstacle.Id}' only by case. Backends disagree whether that is the same one: use a "
            + "clearly different id.");

    static void Expect(SendOutcome outcome, string instanceId, string what)
    {
        if (outcome != SendOutcome.Accepted)
        {
            throw new InvalidOperationException(outcome == SendOutcome.NotFound
                ? $"No instance with id '{instanceId}' for {what}. Expected the id of a live instance; check with GetInstanceAsync first."
                : $"Instance '{instanceId}' has finished and takes no {what}. Expected a live instance; check with GetInstanceAsync first.");
        }
    }
}
