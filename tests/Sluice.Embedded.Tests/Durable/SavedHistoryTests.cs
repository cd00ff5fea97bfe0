using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Contracts;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Contract test 78: a history that an earlier release wrote replays with the code of today.</summary>
public sealed class SavedHistoryTests
{
    [Fact]
    [Trait("Contract", "78")]
    public async Task A_saved_history_replays_with_the_same_code_and_shows_where_other_code_differs()
    {
        await using var hub = await Sample(new Harness(), "Fetch").StartAsync();
        await hub.ScheduleAsync("Sample", 2, "saved");
        await hub.Client.RaiseEventAsync("saved", "go", true);
        await hub.EndAsync("saved");
        var json = SavedHistory.Save(hub.Engine, "saved");

        Assert.Null(SavedHistory.Replay(json, Sample(new Harness(), "Fetch").Executor, JsonDataConverter.Default));
        Assert.Contains(
            "Expected at #1: activity 'Fetch'. Found: activity 'Load'.",
            SavedHistory.Replay(json, Sample(new Harness(), "Load").Executor, JsonDataConverter.Default),
            StringComparison.Ordinal);
        Assert.Contains(
            "The orchestrator 'Sample' was not found.", SavedHistory.Replay(json, new Harness().Executor, JsonDataConverter.Default), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "78")]
    public async Task The_committed_history_replays()
    {
        var json = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Durable", "sample.history.json"));

        Assert.Null(SavedHistory.Replay(json, Sample(new Harness(), "Fetch").Executor, JsonDataConverter.Default));
    }

    static Harness Sample(Harness hub, string activity) => hub
        .Activity(activity, call => call.Input<int>())
        .Orchestrator("Child", context => Task.FromResult<object?>(context.GetInput<int>() * 10))
        .Orchestrator("Sample", async context =>
        {
            using var source = new CancellationTokenSource();
            var deadline = context.CreateTimer(TimeSpan.FromHours(1), source.Token);
            var parts = await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(i => context.CallActivityAsync<int>(activity, i)));
            await Task.WhenAny(deadline, context.WaitForExternalEvent<bool>("go"));
            source.Cancel();
            return await context.CallSubOrchestratorAsync<int>("Child", parts.Sum(), new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"));
        });
}
