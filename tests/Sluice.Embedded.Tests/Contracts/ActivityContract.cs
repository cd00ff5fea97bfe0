using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 16 to 24 of the durable contract: activities, fan-out, errors.</summary>
public abstract class ActivityContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "16")]
    public async Task A_chain_passes_results()
    {
        await using var hub = await Hub()
            .Activity("Double", call => call.Input<int>() * 2)
            .Orchestrator("Chain", async context =>
            {
                var value = context.GetInput<int>();
                for (var i = 0; i < 5; i++)
                {
                    value = await context.CallActivityAsync<int>("Double", value);
                }

                return value;
            })
            .StartAsync();

        var end = await hub.RunAsync("Chain", 3);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(96, end.ReadOutputAs<int>());
    }

    [Fact]
    [Trait("Contract", "17")]
    public async Task A_fan_out_of_200_returns_results_in_task_order()
    {
        await using var hub = await Hub()
            .Activity("Square", call => call.Input<int>() * call.Input<int>())
            .Orchestrator("FanOut", async context =>
                await Task.WhenAll(Enumerable.Range(0, 200).Select(i => context.CallActivityAsync<int>("Square", i))))
            .StartAsync();

        var end = await hub.RunAsync("FanOut");

        Assert.Equal(Enumerable.Range(0, 200).Select(i => i * i), end.ReadOutputAs<int[]>());
    }

    [Fact]
    [Trait("Contract", "18")]
    public async Task The_first_of_several_wins_the_losers_finish_and_only_then_does_the_instance_complete()
    {
        var slow = new TaskCompletionSource();
        var finished = 0;
        await using var hub = await Hub()
            .Activity("Fast", _ => "fast")
            .ActivityAsync("Slow", async _ =>
            {
                await slow.Task;
                Interlocked.Increment(ref finished);
                return "slow";
            })
            .Orchestrator("Race", async context =>
            {
                var winner = await Task.WhenAny(context.CallActivityAsync<string>("Slow"), context.CallActivityAsync<string>("Fast"));
                context.SetCustomStatus("won by " + await winner);
                return await winner;
            })
            .StartAsync();

        var id = await hub.ScheduleAsync("Race");
        await hub.StatusAsync(id, "won by fast");
        var held = await hub.Client.GetInstanceAsync(id, true);
        slow.SetResult();
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Running, held!.RuntimeStatus);
        Assert.Null(held.SerializedOutput);
        Assert.Equal("fast", end.ReadOutputAs<string>());
        Assert.Equal(1, finished);
    }

    [Fact]
    [Trait("Contract", "19")]
    public async Task A_failed_activity_surfaces_as_data_with_name_id_type_message_and_cause()
    {
        await using var hub = await Hub()
            .Activity("Fail", object? (_) => throw new FileNotFoundException("no such table", new FormatException("bad name")))
            .Orchestrator("Catch", async context =>
            {
                try
                {
                    await context.CallActivityAsync("Fail");
                    return "?";
                }
                catch (TaskFailedException failed)
                {
                    var details = failed.FailureDetails;
                    return string.Join('|',
                        failed.TaskName, failed.TaskId, failed.Message, details.ErrorType, details.ErrorMessage, details.InnerFailure!.ErrorType,
                        details.IsCausedBy<FileNotFoundException>(), details.IsCausedBy<IOException>(), details.IsCausedBy<FormatException>(),
                        failed.InnerException is null, details.StackTrace!.Contains("ActivityContract", StringComparison.Ordinal));
                }
            })
            .StartAsync();

        var end = await hub.RunAsync("Catch");

        Assert.Equal(
            "Fail|0|Task 'Fail' (#0) failed with an unhandled exception: no such table|System.IO.FileNotFoundException|no such "
                + "table|System.FormatException|True|True|False|True|True",
            end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "20")]
    public async Task Waiting_for_all_waits_in_spite_of_failures_and_throws_the_first_in_task_order()
    {
        var finished = 0;
        await using var hub = await Hub()
            .Activity("Maybe", call =>
            {
                Interlocked.Increment(ref finished);
                return call.Input<int>() is 3 or 7 ? throw new InvalidDataException($"no {call.Input<int>()}") : call.Input<int>();
            })
            .Orchestrator("All", async context =>
            {
                var tasks = Enumerable.Range(0, 10).Select(i => context.CallActivityAsync<int>("Maybe", i)).ToArray();
                try
                {
                    await Task.WhenAll(tasks);
                    return null;
                }
                catch (TaskFailedException first)
                {
                    return first.FailureDetails.ErrorMessage + ", failed: " + string.Join(',', tasks.Index().Where(t =>
                        t.Item.IsFaulted).Select(t => t.Index));
                }
            })
            .StartAsync();

        var end = await hub.RunAsync("All");

        Assert.Equal("no 3, failed: 3,7", end.ReadOutputAs<string>());
        Assert.Equal(10, finished);
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "21")]
    public async Task An_unknown_activity_fails_and_is_not_retried()
    {
        await using var hub = await Hub()
            .Orchestrator("Typo", async context =>
                await context.CallActivityAsync<int>("Missing", options: TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromHours(1)))))
            .StartAsync();

        var end = await hub.RunAsync("Typo", id: "typo");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("The activity 'Missing' was not found.", end.FailureDetails!.InnerFailure!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, hub.History("typo").Count(e => e.Kind == EventKind.TaskScheduled));
        Assert.DoesNotContain(hub.History("typo"), e => e.Kind == EventKind.TimerCreated);
    }

    [Fact]
    [Trait("Contract", "22")]
    public async Task An_unhandled_exception_fails_the_instance_with_its_details()
    {
        await using var hub = await Hub()
            .Orchestrator("Throw", Task<object?> (_) => throw new InvalidDataException("nothing to read", new IOException("gone")))
            .StartAsync();

        var end = await hub.RunAsync("Throw");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(typeof(InvalidDataException).FullName, end.FailureDetails!.ErrorType);
        Assert.Equal("nothing to read", end.FailureDetails.ErrorMessage);
        Assert.Equal("gone", end.FailureDetails.InnerFailure!.ErrorMessage);
        Assert.Equal("System.IO.InvalidDataException: nothing to read", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "23")]
    public async Task A_result_that_cannot_be_serialised_is_a_failure()
    {
        await using var hub = await Hub()
            .Activity("Pointer", _ => (object)new Action(() => { }))
            .Orchestrator("ByActivity", async context => await context.CallActivityAsync<object>("Pointer"))
            .Orchestrator("Itself", _ => Task.FromResult<object?>(new Action(() => { })))
            .StartAsync();

        var ends = new[] { await hub.RunAsync("ByActivity"), await hub.RunAsync("Itself") };

        Assert.All(ends, end => Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus));
        Assert.Equal(typeof(NotSupportedException).FullName, ends[0].FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal(typeof(NotSupportedException).FullName, ends[1].FailureDetails!.ErrorType);
    }

    [Fact]
    [Trait("Contract", "24")]
    public async Task An_activity_sees_its_instance_and_a_copy_of_the_input_taken_at_the_call()
    {
        await using var hub = await Hub()
            .Activity("See", call => call.InstanceId + ":" + string.Join(',', call.Input<List<int>>()))
            .Orchestrator("Copy", async context =>
            {
                var list = new List<int> { 1, 2 };
                var task = context.CallActivityAsync<string>("See", list);
                list.Add(3);
                return await task;
            })
            .StartAsync();

        var end = await hub.RunAsync("Copy", id: "copy");

        Assert.Equal("copy:1,2", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Options_in_the_place_of_the_input_are_refused()
    {
        await using var hub = await Hub()
            .Activity("A", _ => null)
            .Orchestrator("Mixed", async context =>
                await context.CallActivityAsync<int>("A", (object)new TaskOptions(new RetryPolicy(1, TimeSpan.FromSeconds(1)))))
            .StartAsync();

        var end = await hub.RunAsync("Mixed");

        Assert.Contains("TaskOptions were given as the input of activity 'A'", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }
}
