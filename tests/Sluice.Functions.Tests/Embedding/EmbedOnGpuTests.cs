using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Durable;
using Sluice.Embedding;
using Sluice.Functions.Activities;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Tests.App;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Embedding;

public sealed class EmbedOnGpuTests
{
    static readonly EmbedRun request = new(new EmbedRequest("d", "v-1", "text", "hashing-64"), TimeSpan.FromHours(1));
    static readonly EmbedOutcome done = new("receipt", 3, 64, null);

    [Fact]
    public async Task A_job_that_ends_well_is_waited_for()
    {
        var (outcome, calls) = await RunAsync(poll => poll < 3 ? new EmbedProgress(true, null) : new EmbedProgress(false, done));

        Assert.Equal(done, outcome);
        Assert.Equal(["PrepareEmbedding", "StartEmbedJob", "PollEmbedJob", "PollEmbedJob", "PollEmbedJob"], calls);
    }

    [Fact]
    [Trait("Contract", "101")]
    public async Task A_job_that_ends_without_a_receipt_is_replaced_by_the_app()
    {
        var (outcome, calls) = await RunAsync(_ => new EmbedProgress(false, null));

        Assert.Equal("The embedding job ended without a receipt.", outcome.FallbackReason);
        Assert.Equal("EmbedHere", calls[^1]);
    }

    [Fact]
    [Trait("Contract", "101")]
    public async Task A_job_that_does_not_end_is_stopped_at_its_deadline_and_replaced()
    {
        var (outcome, calls) = await RunAsync(_ => new EmbedProgress(true, null));

        Assert.Contains("deadline", outcome.FallbackReason, StringComparison.Ordinal);
        Assert.Equal(["StopEmbedJob", "EmbedHere"], calls[^2..]);
        Assert.InRange(calls.Count(c => c == "PollEmbedJob"), 35, 45);
    }

    [Fact]
    public async Task A_job_that_cannot_be_started_is_replaced_and_the_reason_is_kept()
    {
        var (outcome, calls) = await RunAsync(_ => new EmbedProgress(true, null), start: () => throw new StoreException("no right to the job " + new string('x', 1000)));

        Assert.StartsWith("no right to the job", outcome.FallbackReason, StringComparison.Ordinal);
        Assert.Equal(400, outcome.FallbackReason!.Length);
        Assert.Equal(["PrepareEmbedding", "StartEmbedJob", "EmbedHere"], calls);
    }

    [Fact]
    public async Task A_long_job_goes_on_in_a_new_history_and_is_started_once()
    {
        var (outcome, calls) = await RunAsync(poll => poll < 120 ? new EmbedProgress(true, null) : new EmbedProgress(false, done), deadline: TimeSpan.FromHours(8));

        Assert.Equal(done, outcome);
        Assert.Equal(1, calls.Count(c => c == "StartEmbedJob"));
        Assert.Equal(120, calls.Count(c => c == "PollEmbedJob"));
    }

    [Fact]
    public void Looks_become_rarer()
    {
        var pauses = Enumerable.Range(0, 60).Select(EmbedPolling.Pause).ToArray();

        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)), (pauses[0], pauses[^1]));
    }

    static async Task<(EmbedOutcome Outcome, List<string> Calls)> RunAsync(Func<int, EmbedProgress> poll, Func<string>? start = null, TimeSpan? deadline = null)
    {
        using var folder = new TemporaryFolder();
        var clock = new TestClock();
        var activities = new Activities(poll, start ?? (() => "e"));
        await using var engine = new DurableEngine(new DurableEngineOptions { Path = folder.Path }, activities, JsonDataConverter.Default, clock, NullLoggerFactory.Instance);
        await engine.StartAsync(CancellationToken.None);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(EmbedOnGpu), request with { Deadline = deadline ?? request.Deadline }, new StartOrchestrationOptions("run"), CancellationToken.None);

        OrchestrationMetadata? run = null;
        await Wait.UntilAsync("the embedding has ended", async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            run = await engine.Client.GetInstanceAsync("run", getInputsAndOutputs: true, CancellationToken.None);
            return run?.IsCompleted == true;
        });

        Assert.Equal(OrchestrationRuntimeStatus.Completed, run!.RuntimeStatus);
        return (run.ReadOutputAs<EmbedOutcome>()!, [.. activities.Calls]);
    }

    /// <summary>The activities, told by delegates.</summary>
    sealed class Activities(Func<int, EmbedProgress> poll, Func<string> start) : ITaskExecutor
    {
        readonly DataConverter converter = JsonDataConverter.Default;
        int polls;

        public ConcurrentQueue<string> Calls { get; } = [];

        public bool HasOrchestrator(string name) => name == nameof(EmbedOnGpu);

        public bool HasActivity(string name) => true;

        public async Task<string?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) =>
            converter.Serialize(await EmbedOnGpu.RunAsync(context, context.GetInput<EmbedRun>()!));

        public Task<string?> RunActivityAsync(string name, ActivityInvocation invocation, CancellationToken cancellation)
        {
            Calls.Enqueue(name);
            return Task.FromResult(converter.Serialize(name switch
            {
                nameof(PrepareEmbedding) => "key",
                nameof(StartEmbedJob) => start(),
                nameof(PollEmbedJob) => poll(++polls),
                nameof(EmbedHere) => done with { FallbackReason = converter.Deserialize<EmbedInstead>(invocation.Input)!.Reason },
                _ => null,
            }));
        }
    }
}
