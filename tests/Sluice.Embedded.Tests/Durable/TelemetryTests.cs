using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Sluice.Embedded.Tests.Contracts;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Traces have the source, names and attributes of Durable Task; metrics count what happened.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Spans_are_named_as_in_durable_task_and_share_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans, span => span.GetTagItem("durabletask.task.instance_id") is "traced");
        await using var hub = await new Harness()
            .Activity("Good", _ => 1)
            .Activity("Bad", _ => throw new IOException("broken"))
            .Orchestrator("Run", async context =>
            {
                await context.CallActivityAsync("Good");
                return await context.CallActivityAsync<int>("Bad");
            })
            .StartAsync();

        await hub.RunAsync("Run", id: "traced");
        await Eventually.IsTrue(() => spans.Count == 4, "four spans");

        Assert.Equal(["activity:Bad", "activity:Good", "create_orchestration:Run", "orchestration:Run"], spans.Select(span =>
            span.OperationName).Order());
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(["activity:Bad", "orchestration:Run"], spans.Where(span =>
            span.Status == ActivityStatusCode.Error).Select(span => span.OperationName).Order());
        Assert.Equal("Failed", spans.Single(span => span.OperationName == "orchestration:Run").GetTagItem("durabletask.task.status"));
    }

    [Fact]
    public async Task Timers_events_and_versions_are_in_the_names()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans, span => span.GetTagItem("durabletask.task.name") is "Timed" or "ping" or "pong" or "Echo");
        await using var hub = await new Harness()
            .Activity("Echo", _ => 1)
            .Orchestrator("Timed", async context =>
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                await context.WaitForExternalEvent<int>("ping");
                context.SendEvent("elsewhere", "pong", 1);
                return await context.CallActivityAsync<int>("Echo");
            })
            .StartAsync();

        await hub.Client.ScheduleNewOrchestrationInstanceAsync(
            "Timed", new Microsoft.DurableTask.StartOrchestrationOptions("timed") { Version = "1.2" });
        await hub.Client.RaiseEventAsync("timed", "ping", 1);
        await hub.EndAsync("timed");
        await Eventually.IsTrue(() => spans.Count == 6, "six spans");

        var named = spans.ToDictionary(span => span.OperationName);
        Assert.Equal(
            ["activity:Echo@(1.2)", "create_orchestration:Timed@(1.2)", "orchestration:Timed:timer", "orchestration:Timed@(1.2)",
                "orchestration_event:ping", "orchestration_event:pong"],
            named.Keys.Order(StringComparer.Ordinal));
        Assert.True(named["orchestration:Timed:timer"].Duration >= TimeSpan.FromMilliseconds(20));
        Assert.Equal("timer", named["orchestration:Timed:timer"].GetTagItem("durabletask.type"));
        Assert.Equal("timed", named["orchestration_event:ping"].GetTagItem("durabletask.event.target_instance_id"));
        Assert.Equal("elsewhere", named["orchestration_event:pong"].GetTagItem("durabletask.event.target_instance_id"));
        Assert.Single(spans.Where(span => span.OperationName != "orchestration_event:ping").Select(span => span.TraceId).Distinct());
    }

    [Fact]
    public async Task Metrics_count_orchestrations_activities_and_turns()
    {
        var counted = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Sluice.Embedded")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Count(instrument, 1, tags));
        listener.Start();
        await using var hub = await new Harness()
            .Activity("Measured good", _ => 1)
            .Activity("Measured bad", _ => throw new IOException("broken"))
            .Orchestrator("Measured run", async context =>
            {
                await context.CallActivityAsync("Measured good");
                return await context.CallActivityAsync<int>("Measured bad");
            })
            .StartAsync();

        await hub.RunAsync("Measured run");
        await Eventually.IsTrue(() => counted.Count == 4, "four instruments with tags");

        Assert.Equal(1, counted["sluice.durable.activity.duration name=Measured good outcome=completed"]);
        Assert.Equal(1, counted["sluice.durable.activity.duration name=Measured bad outcome=failed"]);
        Assert.Equal(1, counted["sluice.durable.orchestrations name=Measured run status=Failed"]);
        Assert.Equal(3, counted["sluice.durable.turns name=Measured run"]);

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}";
            if (key.Contains("Measured", StringComparison.Ordinal))
            {
                counted.AddOrUpdate(key, value, (_, sum) => sum + value);
            }
        }
    }

    static ActivityListener Listen(ConcurrentQueue<Activity> spans, Func<Activity, bool> isOurs)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.DurableTask",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (isOurs(span))
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
