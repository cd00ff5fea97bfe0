using System.Reflection;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Options;
using Sluice.Embedding;
using Sluice.Functions.Activities;
using Sluice.Functions.Api;
using Sluice.Functions.Llm;
using Sluice.Functions.Orchestrations;
using Sluice.Labels.Review;
using Sluice.Llm;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Orchestrations;

/// <summary>What travels through the durable history, filled to its limits.</summary>
public sealed class PayloadTests
{
    const int MaxPayload = 16 * 1024;
    const int MaxStatus = 4 * 1024;

    static readonly string run = new('r', RunIds.MaxLength);
    static readonly string dataset = new('d', 64);
    static readonly RunRequest request = new(run, "pipelines/" + new string('a', 64) + ".yaml", new string('f', 1_000), "/" + new string('p', 4_094), 1 << 28, true);
    static readonly RunRequest graph = request with { RunId = new string('r', RunIds.MaxLength - GraphRun.MaxSuffix), Graph = [.. Enumerable.Range(0, GraphRun.MostChains).Select(i => new ChainLink(dataset, [.. Enumerable.Range(0, i)]))] };
    static readonly RunRequest chain = request with { Chain = dataset, Versions = Enumerable.Range(0, GraphRun.MostChains - 1).ToDictionary(i => new string('d', 62) + i, _ => "v-0123456789abcdef") };
    static readonly GraphOutcome chains = new([.. Enumerable.Repeat(new ChainOutcome(dataset, ChainState.GateFailed, "v-0123456789abcdef", true), GraphRun.MostChains)]);
    static readonly StageRequest units = new(run, StageKind.Measure, int.MaxValue, int.MaxValue, StageWindow.MaxUnits, int.MaxValue);

    // Every character of a title or a gate's sentence may be six bytes of JSON; the engine cuts them (RunEngineTests has that).
    static readonly RunOutcome outcome = new("v-0123456789abcdef", dataset, false, new string('é', 400), $"runs/{run}/record.json");
    static readonly Stage looking = new(StageKind.Observe, int.MaxValue, new string('é', 200), int.MaxValue, int.MaxValue);
    static readonly Stage done = new(StageKind.Done, int.MaxValue, "done", 0, 0, outcome);

    static readonly ApprovalAsk ask = new(int.MaxValue, new string('é', 300), 1e9m / 3, 1e9m / 3, 1e9m / 3, 1e9m / 3, 1e9m / 3, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
    static readonly Stage waiting = looking with { Approval = ask };

    static readonly string key = new('a', 64), asked = new('é', 200);
    static readonly EmbedRequest embed = new(dataset, "v-0123456789abcdef", asked, asked, asked, asked);
    static readonly EmbedOutcome embedded = new(new string('a', 200), long.MaxValue, int.MaxValue, new string('é', 400));

    static readonly object[] examples = [request, graph, chain, new AdvanceRequest(chain, StageKind.Measure, int.MaxValue), new FailedRun(graph, new string('é', 400)), new FailedRun(chain, new string('é', 400)), chains, units, new AdvanceRequest(request, StageKind.Measure, int.MaxValue), new UnitRequest(run, StageKind.Measure, int.MaxValue, int.MaxValue), new FailedRun(request, new string('é', 400)), outcome, looking, done,
        key, embed, new EmbedRun(embed, TimeSpan.MaxValue, key, key, DateTime.MaxValue, int.MaxValue), new EmbedStart(run, key), new EmbedExecution(key, key),
        new EmbedProgress(true, embedded), embedded, new EmbedInstead(key, new string('é', 400)), new ReviewRun(run, int.MaxValue, int.MaxValue, int.MaxValue), Turn(),
        waiting, ask, new AskedApproval(request, int.MaxValue, new string('é', 400)), new ApprovalDecision(1e9m / 3, new string('n', 64), DateTimeOffset.MaxValue, new string('é', 300))];

    // Everybody was asked as often as it goes, and ten agreed on the longest label.
    static ReviewTurn Turn()
    {
        var asked = Enumerable.Range(0, ReviewPlan.MaxAssignments + 20).Select(i => new ReviewAssignment(new string('n', 64), DateTime.MaxValue, i >= ReviewPlan.MaxAssignments));
        return new ReviewTurn(run, int.MaxValue, DateTime.MaxValue, [.. asked], new ReviewOutcome(new string('é', 250), "adjudicated", [.. Enumerable.Repeat(new string('n', 64), 10)], DateTime.MaxValue), int.MaxValue);
    }

    [Fact]
    public void Every_input_and_output_filled_to_its_limits_stays_below_the_payload_cap() =>
        Assert.All(examples, example => Assert.InRange(Bytes(example), 1, MaxPayload - 1));

    [Fact]
    public void Every_input_and_output_of_an_orchestrator_or_activity_has_an_example()
    {
        var types = typeof(SluiceApp).Assembly.GetTypes().SelectMany(t => t.GetMethods()).Where(m => m.IsDefined(typeof(FunctionAttribute)))
            .Where(m => m.GetParameters().Any(IsTrigger))
            .SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(Result(m.ReturnType)))
            .Where(t => t != typeof(void) && t != typeof(TaskOrchestrationContext) && t != typeof(CancellationToken))
            .Distinct().ToArray();

        Assert.NotEmpty(types);
        Assert.Empty(types.Except(examples.Select(e => e.GetType())).Select(t => t.Name));
    }

    [Fact]
    public void A_custom_status_stays_below_its_cap() => Assert.All(new object[] { looking, waiting, done, chains.Chains.Select(c => c.State).ToArray(), int.MaxValue, new EmbedExecution(key, key) }, status => Assert.InRange(Bytes(status), 1, MaxStatus - 1));

    [Fact]
    public void The_children_of_a_run_with_the_longest_id_have_an_id_that_every_backend_takes()
    {
        var longest = Enum.GetValues<StageKind>().Max(kind => new[] { 0, 999 }.Max(attempt => (units with { Kind = kind, Pass = 999 }).Options(run, attempt).InstanceId!.Length));

        Assert.InRange(longest, 89, 100);
        Assert.InRange(GraphRun.RunId(graph.RunId, GraphRun.MostChains - 1).Length, 1, RunIds.MaxLength);
    }

    [Fact]
    public void The_ids_that_the_app_makes_are_valid_and_known_as_of_their_pipeline()
    {
        var pipeline = new string('p', 64);
        var store = new PipelineStore(null!, null!, TimeProvider.System, AllowedModels.Any, Options.Create(new LlmOptions()));
        foreach (var id in new[] { store.NewRunId(pipeline), RunIds.Of(pipeline, "refresh", "20261121") })
        {
            Assert.True(RunIds.IsValid(id) && RunIds.IsOf(pipeline, id), id);
            Assert.False(RunIds.IsOf(pipeline[..^1], id), id);
        }

        Assert.True(RunIds.IsOf("a-b", RunIds.Of("a-b", "x")));
        Assert.False(RunIds.IsOf("a", RunIds.Of("a-b", "x")));
        Assert.False(RunIds.IsOf("a", store.NewRunId("a-b")));
        Assert.False(RunIds.IsOf("a", "a-../../etc"));
        Assert.NotEqual(RunIds.Of("a", "x", "y"), RunIds.Of("a", "x", "z"));
    }

    static bool IsTrigger(ParameterInfo parameter) => parameter.IsDefined(typeof(ActivityTriggerAttribute)) || parameter.IsDefined(typeof(OrchestrationTriggerAttribute));

    static Type Result(Type type) => type.IsGenericType ? type.GetGenericArguments()[0] : typeof(void);

    static int Bytes(object value) => Encoding.UTF8.GetByteCount(JsonDataConverter.Default.Serialize(value)!);
}
