using System.Text.Json.Nodes;
using Azure.Core;
using Sluice.Functions.Embedding;

namespace Sluice.Functions.Tests.Embedding;

public sealed class ContainerAppsJobTests
{
    [Fact]
    public async Task A_start_repeats_the_jobs_own_template_and_adds_run_and_manifest()
    {
        await using var arm = await FakeArm.StartAsync();

        var execution = await Job(arm).StartAsync("embed-1", "key", CancellationToken.None);

        Assert.Equal("job-embed-0000001", execution);
        var container = Assert.Single(arm.Starts)["containers"]![0]!;
        Assert.Equal(("embed", "cr.azurecr.io/sluice-embed:1"), ((string?)container["name"], (string?)container["image"]));
        Assert.Equal((8.0, "56Gi"), ((double)container["resources"]!["cpu"]!, (string?)container["resources"]!["memory"]));
        Assert.Equal(("/job/Sluice.EmbedJob", "-v"), ((string?)container["command"]![0], (string?)container["args"]![0]));
        Assert.Equal(
            ["Manifest=key", "Run=embed-1", "Store=https://data.blob.core.windows.net/sluice"],
            container["env"]!.AsArray().Select(e => $"{e!["name"]}={e["value"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Contract", "101")]
    public async Task A_second_start_of_a_run_finds_the_first_among_many()
    {
        await using var arm = await FakeArm.StartAsync();
        var job = Job(arm);
        await job.StartAsync("embed-1", "key", CancellationToken.None);
        var second = await job.StartAsync("embed-2", "key", CancellationToken.None);

        var again = await job.StartAsync("embed-2", "key", CancellationToken.None);

        Assert.Equal(second, again);
        Assert.Equal(2, arm.Starts.Count);
    }

    [Fact]
    public async Task An_accepted_start_is_followed_to_its_name()
    {
        await using var arm = await FakeArm.StartAsync();
        arm.AcceptedPolls = 2;

        Assert.Equal("job-embed-0000001", await Job(arm).StartAsync("embed-1", "key", CancellationToken.None));
        Assert.Equal(-1, arm.AcceptedPolls);
    }

    [Theory]
    [InlineData("Running", EmbedJobState.Running)]
    [InlineData("Processing", EmbedJobState.Running)]
    [InlineData("Unknown", EmbedJobState.Running)]
    [InlineData("SomethingNew", EmbedJobState.Running)]
    [InlineData("Succeeded", EmbedJobState.Ended)]
    [InlineData("Failed", EmbedJobState.Ended)]
    [InlineData("Stopped", EmbedJobState.Ended)]
    [InlineData("Degraded", EmbedJobState.Ended)]
    [Trait("Contract", "101")]
    public async Task A_status_of_the_service_is_one_of_ours(string status, EmbedJobState expected)
    {
        await using var arm = await FakeArm.StartAsync();
        arm.Executions["e"] = FakeArm.Execution("e", status, new JsonObject());

        Assert.Equal(expected, await Job(arm).StateAsync("e", CancellationToken.None));
    }

    [Fact]
    public async Task A_forgotten_execution_has_ended()
    {
        await using var arm = await FakeArm.StartAsync();

        Assert.Equal(EmbedJobState.Ended, await Job(arm).StateAsync("long-ago", CancellationToken.None));
    }

    [Fact]
    public async Task A_stop_is_asked_for_and_one_that_has_ended_is_left()
    {
        await using var arm = await FakeArm.StartAsync();
        await Job(arm).StopAsync("e", CancellationToken.None);
        arm.Fault = request => request.Path.Value!.EndsWith("/stop", StringComparison.Ordinal) ? 409 : null;

        await Job(arm).StopAsync("ended", CancellationToken.None);

        Assert.Equal(["e"], arm.Stops);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(409)]
    public async Task A_busy_service_is_to_be_asked_again(int status)
    {
        await using var arm = await FakeArm.StartAsync();
        arm.Fault = _ => status;

        var e = await Assert.ThrowsAsync<TransientException>(() => Job(arm).StartAsync("embed-1", "key", CancellationToken.None));

        Assert.Contains($"status {status}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_role_is_named()
    {
        await using var arm = await FakeArm.StartAsync();
        arm.Fault = request => request.Method == "POST" ? 403 : null;

        var e = await Assert.ThrowsAsync<StoreException>(() => Job(arm).StartAsync("embed-1", "key", CancellationToken.None));

        Assert.Contains("does not have authorization", e.Message, StringComparison.Ordinal);
        Assert.Contains("Container Apps Jobs Operator", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_is_no_fault_of_the_service()
    {
        await using var arm = await FakeArm.StartAsync();
        using var stop = new CancellationTokenSource();
        arm.Fault = _ =>
        {
            stop.Cancel();
            return 503;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Job(arm).StartAsync("embed-1", "key", stop.Token));
    }

    static ContainerAppsJob Job(FakeArm arm) => new(arm.Client(), new ResourceIdentifier(FakeArm.JobId));
}
