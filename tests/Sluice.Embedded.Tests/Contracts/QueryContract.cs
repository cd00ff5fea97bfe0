using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 63 to 66: queries, history, waiting, custom status.</summary>
public abstract class QueryContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "63")]
    public async Task Pages_show_each_instance_once_while_others_are_added()
    {
        await using var hub = await Waiting().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        for (var i = 0; i < 25; i++)
        {
            await hub.RunAsync("Now", id: $"a-{i}");
            await hub.ScheduleAsync("Wait", 1, $"b-{i}");
        }

        var seen = new List<string>();
        var query = new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Completed], InstanceIdPrefix: "a-", PageSize: 7);
        await foreach (var page in hub.Client.GetAllInstancesAsync(query).AsPages())
        {
            seen.AddRange(page.Values.Select(instance => instance.InstanceId));
            await hub.RunAsync("Now", id: $"c-{seen.Count}");
        }

        var second = await hub.Client.GetAllInstancesAsync(query).AsPages().Skip(1).FirstAsync();
        var resumed = await hub.Client.GetAllInstancesAsync(query).AsPages(second.ContinuationToken).SelectMany(page =>
            page.Values.ToAsyncEnumerable()).CountAsync();

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"a-{i}"), seen);
        Assert.Equal(25 - 14, resumed);
        await Assert.ThrowsAsync<ArgumentException>(async () => await hub.Client.GetAllInstancesAsync().AsPages("nonsense").FirstAsync());
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "63")]
    public async Task Queries_filter_by_time_of_creation()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock).Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        var start = clock.GetUtcNow();
        for (var hour = 0; hour < 5; hour++)
        {
            await hub.RunAsync("Now", id: $"h{hour}");
            clock.Advance(TimeSpan.FromHours(1));
        }

        var found = await hub.Client.GetAllInstancesAsync(new(CreatedFrom: start.AddHours(1), CreatedTo: start.AddHours(3))).Select(i =>
            i.InstanceId).ToListAsync();

        Assert.Equal(["h1", "h2", "h3"], found);
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "63")]
    public async Task Ids_are_listed_by_time_of_completion()
    {
        var clock = new TestClock();
        await using var hub = await Waiting(clock).Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        var start = clock.GetUtcNow();
        await hub.ScheduleAsync("Wait", 1, "live");
        for (var hour = 0; hour < 5; hour++)
        {
            await hub.RunAsync("Now", id: $"h{hour}");
            clock.Advance(TimeSpan.FromHours(1));
        }

        var first = await hub.Client.ListInstanceIdsAsync(completedTimeFrom: start.AddHours(1), completedTimeTo: start.AddHours(3), pageSize: 2);
        var second = await hub.Client.ListInstanceIdsAsync(
            completedTimeFrom: start.AddHours(1), completedTimeTo: start.AddHours(3), pageSize: 2, lastInstanceKey: first.ContinuationToken);
        var live = await hub.Client.ListInstanceIdsAsync([OrchestrationRuntimeStatus.Running]);

        Assert.Equal(["h1", "h2"], first.Values);
        Assert.Equal(["h3"], second.Values);
        Assert.Null(second.ContinuationToken);
        Assert.Equal(["live"], live.Values);
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "64")]
    public async Task The_history_has_the_kinds_and_order_of_durable_task()
    {
        await using var hub = await Hub()
            .Activity("A", _ => 1)
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("A"))
            .StartAsync();

        await hub.RunAsync("Run", id: "run");

        var history = await hub.Client.GetOrchestrationHistoryAsync("run");
        Assert.Equal(
            "OrchestratorStarted ExecutionStarted TaskScheduled OrchestratorCompleted OrchestratorStarted TaskCompleted ExecutionCompleted "
                + "OrchestratorCompleted",
            string.Join(' ', history.Select(e => e.EventType)));
        Assert.Equal(0, history[2].EventId);
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Client.GetOrchestrationHistoryAsync("nobody"));
    }

    [Fact]
    [Trait("Contract", "65")]
    public async Task Waiting_honours_cancellation()
    {
        await using var hub = await Waiting().StartAsync();
        var id = await hub.ScheduleAsync("Wait", 1);
        using var source = new CancellationTokenSource();

        var end = hub.Client.WaitForInstanceCompletionAsync(id, source.Token);
        var start = hub.Client.WaitForInstanceStartAsync("nobody", source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => end);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    [ContractFact(Needs = Capabilities.Limits)]
    [Trait("Contract", "66")]
    public async Task A_custom_status_over_the_limit_is_refused()
    {
        await using var hub = await Hub()
            .Orchestrator("Status", context =>
            {
                context.SetCustomStatus(new string('x', 4094));
                context.SetCustomStatus(new string('x', 4095));
                return Task.FromResult<object?>(null);
            })
            .StartAsync();

        var end = await hub.RunAsync("Status");

        Assert.Equal(
            "The custom status of orchestrator 'Status' is too large: found 4097 bytes of JSON, expected at most 4096. Keep progress counts in "
                + "it, not data.",
            end.FailureDetails!.ErrorMessage);
    }
}
