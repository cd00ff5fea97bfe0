using System.Collections.Concurrent;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Orchestrations;

public sealed class RunGraphTests
{
    // a and b beside each other, c reads both, d reads b.
    static readonly RunRequest request = new("run", "pipelines/p.yaml", "p.yaml", "/in")
    {
        Graph = [new("a", []), new("b", []), new("c", [0, 1]), new("d", [1])],
    };

    [Fact]
    public async Task Each_chain_runs_on_the_versions_of_those_that_it_reads()
    {
        var (seen, activities) = Chains(_ => null);
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunGraph), "run", request);
        var run = await hub.EndAsync("run");

        Assert.Equal(
            ["a Done v-a", "b Done v-b", "c Done v-c", "d Done v-d"], run.ReadOutputAs<GraphOutcome>()!.Chains.Select(c => $"{c.Dataset} {c.State} {c.Version}"));
        Assert.Equal(
            ["run.c0 a: ", "run.c1 b: ", "run.c2 c: a=v-a,b=v-b", "run.c3 d: b=v-b"],
            seen.Select(r => $"{r.RunId} {r.Chain}: {string.Join(',', (r.Versions ?? new Dictionary<string, string>()).Select(v => $"{v.Key}={v.Value}"))}").Distinct().Order());
        Assert.Equal("run", Assert.Single(activities.Checks).RunId);
        Assert.Equal(Enumerable.Repeat(ChainState.Done, 4), run.ReadCustomStatusAs<ChainState[]>()!);
    }

    [Fact]
    public async Task Where_a_chain_fails_those_that_read_it_do_not_begin_and_the_others_finish()
    {
        var (seen, activities) = Chains(chain => chain == "a" ? throw new DataException("Column 'x' does not exist.") : null);
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunGraph), "run", request);
        var run = await hub.EndAsync("run");
        var status = await GraphStatus.OfAsync(hub.Client, run, CancellationToken.None);

        Assert.Equal(["a", "b", "d"], seen.Select(r => r.Chain).Distinct().Order());
        Assert.Equal(("failed", "2 of 4 chains"), (status.Status, status.Stage));
        Assert.Contains("Column 'x' does not exist.", status.Error, StringComparison.Ordinal);
        Assert.Equal(["a failed", "b completed", "c skipped", "d completed"], status.Chains!.Select(c => $"{c.Dataset} {c.Status}"));
        Assert.Equal("a,b", string.Join(',', status.Chains![2].After));
        Assert.Null(status.Chains[2].Run);
        Assert.Equal("v-d", status.Chains[3].Run!.Version);
    }

    [Fact]
    public async Task A_gate_that_refuses_ends_the_run_as_refused()
    {
        var (_, activities) = Chains(chain => chain == "b" ? "3 < 70." : null);
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunGraph), "run", request);
        var status = await GraphStatus.OfAsync(hub.Client, await hub.EndAsync("run"), CancellationToken.None);

        Assert.Equal(("gate_failed", "A gate refused the rows of 'b'."), (status.Status, status.Error));
        Assert.Equal(["a completed", "b gate_failed", "c skipped", "d skipped"], status.Chains!.Select(c => $"{c.Dataset} {c.Status}"));
        Assert.Equal("3 < 70.", status.Chains![1].Run!.Error);
    }

    [Fact]
    public async Task Nothing_begins_where_the_pipeline_does_not_fit_and_the_dataset_is_told()
    {
        var (seen, activities) = Chains(_ => null, check: () => throw new PipelineException("Column 'y' does not exist here.", null));
        await using var hub = await FakeHub.StartAsync(activities);

        await hub.StartAsync(nameof(RunGraph), "run", request);
        var run = await hub.EndAsync("run");
        var status = await GraphStatus.OfAsync(hub.Client, run, CancellationToken.None);

        Assert.Empty(seen);
        Assert.Equal(("failed", "Column 'y' does not exist here."), (status.Status, status.Error));
        Assert.All(status.Chains!, c => Assert.Equal("skipped", c.Status));
        Assert.Equal("Column 'y' does not exist here.", Assert.Single(activities.Failures).Reason);
    }

    [Fact]
    public async Task A_request_of_one_chain_starts_as_it_always_did()
    {
        var (_, activities) = Chains(_ => null);
        await using var hub = await FakeHub.StartAsync(activities);

        await RunIds.StartOnceAsync(hub.Client, request with { Graph = null }, CancellationToken.None);

        Assert.Equal(nameof(RunPipeline), (await hub.EndAsync("run")).Name);
        Assert.Equal([RunGraphId(0), RunGraphId(31)], new[] { "run.c0", "run.c31" });
        Assert.InRange(RunGraphId(31).Length - "run".Length, 1, GraphRun.MaxSuffix);
    }

    static string RunGraphId(int chain) => GraphRun.RunId("run", chain);

    /// <summary>Chains that end at once: with a version, or as <paramref name="gate"/> says.</summary>
    static (ConcurrentQueue<RunRequest> Seen, FakeActivities Activities) Chains(Func<string?, string?> gate, Action? check = null)
    {
        var seen = new ConcurrentQueue<RunRequest>();
        return (seen, new FakeActivities
        {
            Check = check ?? (() => { }),
            Advance = advance =>
            {
                seen.Enqueue(advance.Run);
                var refused = gate(advance.Run.Chain);
                var outcome = new RunOutcome(refused is null ? $"v-{advance.Run.Chain}" : null, advance.Run.Chain ?? "t", false, refused, null);
                return new Stage(StageKind.Done, 0, "done", 0, 0, outcome);
            },
        });
    }
}
