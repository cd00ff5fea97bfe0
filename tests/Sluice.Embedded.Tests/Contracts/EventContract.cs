using Microsoft.DurableTask.Client;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>Contract tests 43 to 50: external events.</summary>
public abstract class EventContract<TBackend> : DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    [Fact]
    [Trait("Contract", "43")]
    public async Task An_event_that_was_raised_before_the_wait_is_delivered()
    {
        var go = new TaskCompletionSource();
        await using var hub = await Hub()
            .ActivityAsync("Block", async _ =>
            {
                await go.Task;
                return null;
            })
            .Orchestrator("Late", async context =>
            {
                await context.CallActivityAsync("Block");
                return await context.WaitForExternalEvent<string>("early");
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Late");

        await hub.Client.RaiseEventAsync(id, "early", "bird");
        go.SetResult();
        var end = await hub.EndAsync(id);

        Assert.Equal("bird", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "44")]
    public async Task Event_names_ignore_case()
    {
        await using var hub = await Hub()
            .Orchestrator("Wait", async context =>
                await context.WaitForExternalEvent<string>("Approval") + await context.WaitForExternalEvent<string>("APPROVAL"))
            .StartAsync();
        var id = await hub.ScheduleAsync("Wait");

        await hub.Client.RaiseEventAsync(id, "approval", "a");
        await hub.Client.RaiseEventAsync(id, "aPPROVAL", "b");
        var end = await hub.EndAsync(id);

        Assert.Equal("ab", end.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "45")]
    public async Task Events_of_one_name_arrive_in_order_at_successive_waits()
    {
        await using var hub = await Hub()
            .Activity("Step", _ => null)
            .Orchestrator("Wait", async context =>
            {
                var seen = "";
                for (var i = 0; i < 3; i++)
                {
                    seen += await context.WaitForExternalEvent<string>("next");
                    await context.CallActivityAsync("Step");
                }

                return seen;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Wait");

        foreach (var letter in "abc")
        {
            await hub.Client.RaiseEventAsync(id, "next", letter.ToString());
        }

        var end = await hub.EndAsync(id);

        Assert.Equal("abc", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_several_waiters_the_latest_gets_the_next_event()
    {
        await using var hub = await Hub()
            .Orchestrator("Wait", async context =>
            {
                var first = context.WaitForExternalEvent<string>("e");
                var second = context.WaitForExternalEvent<string>("e");
                await Task.WhenAll(first, second);
                return first.Result + second.Result;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Wait");

        await hub.Client.RaiseEventAsync(id, "e", "1");
        await hub.Client.RaiseEventAsync(id, "e", "2");
        var end = await hub.EndAsync(id);

        Assert.Equal("21", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "46")]
    public async Task A_timeout_cancels_the_wait_and_leaves_nothing_open()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Wait", async context =>
            {
                context.SetCustomStatus("waiting");
                try
                {
                    return await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMinutes(5));
                }
                catch (TaskCanceledException)
                {
                    return "timed out";
                }
            })
            .StartAsync();
        var late = await hub.ScheduleAsync("Wait");
        var inTime = await hub.ScheduleAsync("Wait");
        await hub.StatusAsync(late, "waiting");

        await hub.Client.RaiseEventAsync(inTime, "answer", "yes");
        var answered = await hub.EndAsync(inTime);
        clock.Advance(TimeSpan.FromMinutes(5));
        var timedOut = await hub.EndAsync(late);

        Assert.Equal("yes", answered.ReadOutputAs<string>());
        Assert.Equal("timed out", timedOut.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.Clock)]
    [Trait("Contract", "47")]
    public async Task After_a_timeout_an_event_reaches_the_wait_that_was_armed_again()
    {
        var clock = new TestClock();
        await using var hub = await Hub(clock)
            .Orchestrator("Wait", async context =>
            {
                for (var round = 0; ; round++)
                {
                    context.SetCustomStatus(round);
                    try
                    {
                        return $"{round} {await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMinutes(5))}";
                    }
                    catch (TaskCanceledException)
                    {
                        // Asks again.
                    }
                }
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Wait");
        await hub.StatusAsync(id, 0);

        clock.Advance(TimeSpan.FromMinutes(5));
        await hub.StatusAsync(id, 1);
        await hub.Client.RaiseEventAsync(id, "answer", "yes");
        var end = await hub.EndAsync(id);

        Assert.Equal("1 yes", end.ReadOutputAs<string>());
    }

    [ContractFact(Needs = Capabilities.DeliveryReports)]
    [Trait("Contract", "48")]
    public async Task Messages_to_unknown_and_finished_instances_are_reported()
    {
        await using var hub = await Hub().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        await hub.RunAsync("Now", id: "done");

        foreach (var send in new Func<string, Task>[]
        {
            id => hub.Client.RaiseEventAsync(id, "e"),
            id => hub.Client.TerminateInstanceAsync(id),
            id => hub.Client.SuspendInstanceAsync(id),
            id => hub.Client.ResumeInstanceAsync(id),
        })
        {
            Assert.Equal(Delivery.NotFound, hub.Explain(await Assert.ThrowsAnyAsync<Exception>(() => send("nobody"))));
            Assert.Equal(Delivery.Finished, hub.Explain(await Assert.ThrowsAnyAsync<Exception>(() => send("done"))));
        }
    }

    [ContractFact(Needs = Capabilities.History)]
    [Trait("Contract", "49")]
    public async Task One_orchestration_sends_an_event_to_another()
    {
        await using var hub = await Hub()
            .Orchestrator("Receive", async context => await context.WaitForExternalEvent<int>("number"))
            .Orchestrator("Send", context =>
            {
                context.SendEvent("receiver", "number", 7);
                context.SendEvent("nobody", "number", 8);
                return Task.FromResult<object?>(null);
            })
            .StartAsync();
        await hub.ScheduleAsync("Receive", id: "receiver");

        await hub.RunAsync("Send", id: "sender");
        var end = await hub.EndAsync("receiver");

        Assert.Equal(7, end.ReadOutputAs<int>());
        Assert.Equal(2, hub.History("sender").Count(e => e.Kind == EventKind.EventSent));
    }

    [Fact]
    [Trait("Contract", "50")]
    public async Task An_event_that_comes_twice_takes_effect_once_when_the_app_looks_at_its_id()
    {
        await using var hub = await Hub()
            .Orchestrator("Sum", async context =>
            {
                var seen = new HashSet<string>();
                var sum = 0;
                while (seen.Count < 3)
                {
                    var payment = await context.WaitForExternalEvent<Payment>("payment");
                    sum += seen.Add(payment.Id) ? payment.Amount : 0;
                }

                return sum;
            })
            .StartAsync();
        var id = await hub.ScheduleAsync("Sum");

        foreach (var payment in new[] { new Payment("a", 1), new("a", 1), new("b", 20), new("a", 1), new("b", 20), new("c", 300) })
        {
            await hub.Client.RaiseEventAsync(id, "payment", payment);
        }

        Assert.Equal(321, (await hub.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Waiting_for_one_name_with_two_types_is_refused()
    {
        await using var hub = await Hub()
            .Orchestrator("Wait", async context =>
            {
                _ = context.WaitForExternalEvent<int>("e");
                return await context.WaitForExternalEvent<string>("E");
            })
            .StartAsync();

        var end = await hub.RunAsync("Wait");

        Assert.Equal(typeof(ArgumentException).FullName, end.FailureDetails!.ErrorType);
        Assert.Contains("found 'System.String', expected 'System.Int32'", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_of_the_wrong_shape_fails_the_wait()
    {
        await using var hub = await Hub()
            .Orchestrator("Wait", async context => await context.WaitForExternalEvent<int>("number"))
            .StartAsync();
        var id = await hub.ScheduleAsync("Wait");

        await hub.Client.RaiseEventAsync(id, "number", "seven");
        var end = await hub.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, end.FailureDetails!.ErrorType);
    }

    sealed record Payment(string Id, int Amount);
}
