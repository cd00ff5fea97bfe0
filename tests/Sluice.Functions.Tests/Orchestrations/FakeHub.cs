using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Durable;
using Sluice.Functions.Activities;
using Sluice.Functions.Orchestrations;
using Sluice.Labels.Review;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Orchestrations;

/// <summary>The app's orchestrators on the durable engine, with activities that a test states and a clock that it moves.</summary>
sealed class FakeHub : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();

    FakeHub(FakeActivities activities) => Engine = new DurableEngine(
        new DurableEngineOptions { Path = folder.Path, MaxConcurrentActivities = 8 }, activities, JsonDataConverter.Default, Clock, NullLoggerFactory.Instance);

    public TestClock Clock { get; } = new();

    public DurableEngine Engine { get; }

    public DurableTaskClient Client => Engine.Client;

    public static async Task<FakeHub> StartAsync(FakeActivities activities)
    {
        var hub = new FakeHub(activities);
        await hub.Engine.StartAsync(CancellationToken.None);
        return hub;
    }

    public Task StartAsync(string name, string id, object input) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id), CancellationToken.None);

    public async Task<OrchestrationMetadata> EndAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>The activities, told by delegates.</summary>
sealed class FakeActivities : ITaskExecutor
{
    readonly DataConverter converter = JsonDataConverter.Default;

    public Func<AdvanceRequest, Stage> Advance { get; init; } = _ => new Stage(StageKind.Done, 0, "done", 0, 0, new RunOutcome("v-1", "t", false, null, null));

    public Func<UnitRequest, CancellationToken, Task> Unit { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What the check of a graph does.</summary>
    public Action Check { get; init; } = () => { };

    public ConcurrentQueue<RunRequest> Checks { get; } = [];

    /// <summary>Runs that were noted as failed.</summary>
    public ConcurrentQueue<FailedRun> Failures { get; } = [];

    /// <summary>What each activity of an embedding gives.</summary>
    public Func<string, object?> Embed { get; init; } = _ => null;

    /// <summary>A turn of an item under review.</summary>
    public Func<ReviewTurn, ReviewTurn> Review { get; init; } = turn => turn;

    /// <summary>What is decided of an ask; null: nothing yet.</summary>
    public Func<AskedApproval, ApprovalDecision?> Decision { get; init; } = _ => null;

    /// <summary>Asks for a higher budget.</summary>
    public ConcurrentQueue<AskedApproval> Asks { get; } = [];

    /// <summary>Units in the order they were begun.</summary>
    public ConcurrentQueue<UnitRequest> Units { get; } = [];

    public ConcurrentQueue<AdvanceRequest> Advances { get; } = [];

    public bool HasOrchestrator(string name) => name is nameof(RunPipeline) or nameof(RunGraph) or nameof(RunStage) or nameof(EmbedOnGpu) or nameof(ReviewLabels) or nameof(ReviewLabel);

    public bool HasActivity(string name) => name is nameof(AdvanceRun) or nameof(RunUnit) or nameof(CheckGraph) or nameof(FailRun) or nameof(TurnReview) or nameof(AskApproval) or nameof(ReadApproval) || IsOfEmbedding(name);

    public async Task<string?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
    {
        if (name == nameof(RunPipeline))
        {
            return converter.Serialize(await RunPipeline.RunAsync(context, context.GetInput<RunRequest>()!));
        }

        if (name == nameof(RunGraph))
        {
            return converter.Serialize(await RunGraph.RunAsync(context, context.GetInput<RunRequest>()!));
        }

        if (name == nameof(EmbedOnGpu))
        {
            return converter.Serialize(await EmbedOnGpu.RunAsync(context, context.GetInput<EmbedRun>()!));
        }

        if (name == nameof(ReviewLabels))
        {
            await ReviewLabels.RunAsync(context, context.GetInput<ReviewRun>()!);
            return null;
        }

        if (name == nameof(ReviewLabel))
        {
            await ReviewLabel.RunAsync(context, context.GetInput<ReviewTurn>()!);
            return null;
        }

        await RunStage.RunAsync(context, context.GetInput<StageRequest>()!);
        return null;
    }

    public async Task<string?> RunActivityAsync(string name, ActivityInvocation invocation, CancellationToken cancellation)
    {
        if (name == nameof(AdvanceRun))
        {
            var request = converter.Deserialize<AdvanceRequest>(invocation.Input)!;
            Advances.Enqueue(request);
            return converter.Serialize(Advance(request));
        }

        if (name == nameof(CheckGraph))
        {
            Checks.Enqueue(converter.Deserialize<RunRequest>(invocation.Input)!);
            Check();
            return null;
        }

        if (name == nameof(FailRun))
        {
            Failures.Enqueue(converter.Deserialize<FailedRun>(invocation.Input)!);
            return null;
        }

        if (IsOfEmbedding(name))
        {
            return converter.Serialize(Embed(name));
        }

        if (name == nameof(TurnReview))
        {
            return converter.Serialize(Review(converter.Deserialize<ReviewTurn>(invocation.Input)!));
        }

        if (name == nameof(AskApproval))
        {
            var asked = converter.Deserialize<AskedApproval>(invocation.Input)!;
            Asks.Enqueue(asked);
            return converter.Serialize(new ApprovalAsk(asked.Number, asked.Reason, 1, 0.9m, 0, 0.2m, 1.1m, default, default));
        }

        if (name == nameof(ReadApproval))
        {
            return converter.Serialize(Decision(converter.Deserialize<AskedApproval>(invocation.Input)!));
        }

        var unit = converter.Deserialize<UnitRequest>(invocation.Input)!;
        Units.Enqueue(unit);
        await Unit(unit, cancellation);
        return null;
    }

    static bool IsOfEmbedding(string name) =>
        name is nameof(PrepareEmbedding) or nameof(StartEmbedJob) or nameof(PollEmbedJob) or nameof(StopEmbedJob) or nameof(EmbedHere);
}
