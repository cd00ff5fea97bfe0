using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Embedded.Tests.Contracts;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>Traces have the source, names and attributes of Durable Task.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Spans_are_named_as_in_durable_task_and_share_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.DurableTask",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("durabletask.task.instance_id") is "traced")
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
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
}
