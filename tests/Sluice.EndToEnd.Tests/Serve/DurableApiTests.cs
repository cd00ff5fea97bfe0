using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests.Serve;

/// <summary>Durable's own management API on a run of the real app.</summary>
public sealed class DurableApiTests(FilmServer films) : IClassFixture<FilmServer>
{
    const string Root = "runtime/webhooks/durabletask";

    SluiceServer Server => films.Server;

    [Fact]
    public async Task An_ended_run_is_shown_with_its_history_listed_and_purged()
    {
        await Server.RegisterAsync("shown", FilmServer.Yaml("shown"));
        Server.Drop("shown", "films.csv", FilmServer.Csv(40));
        var run = (string)(await Server.EndAsync("shown"))["run"]!;

        var response = await Server.Http.GetAsync($"{Root}/instances/{run}?showHistory=true&showInput=true");
        var shown = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((HttpStatusCode.OK, "RunPipeline", "Completed"), (response.StatusCode, (string)shown["name"]!, (string)shown["runtimeStatus"]!));
        Assert.Equal(run, (string)shown["input"]!["runId"]!);
        Assert.StartsWith("v-", (string)shown["output"]!["version"]!, StringComparison.Ordinal);
        Assert.Contains(shown["historyEvents"]!.AsArray(), e => (string?)e!["EventType"] == "ExecutionCompleted");

        var listed = await Server.Http.GetFromJsonAsync<JsonArray>($"{Root}/instances?instanceIdPrefix=shown-&runtimeStatus=Completed");
        Assert.Contains(run, listed!.Select(i => (string)i!["instanceId"]!));

        var purged = await Server.Http.DeleteAsync($"{Root}/instances/{run}");
        Assert.True((int)(await purged.Content.ReadFromJsonAsync<JsonNode>())!["instancesDeleted"]! >= 1);
        Assert.Equal(HttpStatusCode.NotFound, (await Server.Http.GetAsync($"{Root}/instances/{run}")).StatusCode);
    }

    [Fact]
    public async Task A_live_run_is_suspended_resumed_and_terminated()
    {
        var run = await films.ExecuteLongAsync("live");
        await Server.StatusAsync("live", run, s => (string)s["status"]! == "running");

        Assert.Equal(HttpStatusCode.Accepted, (await Server.PostAsync($"{Root}/instances/{run}/suspend?reason=lunch")).StatusCode);
        await Server.StatusAsync("live", run, s => (string)s["status"]! == "suspended");
        Assert.Equal(HttpStatusCode.Accepted, (await Server.PostAsync($"{Root}/instances/{run}/resume?reason=back")).StatusCode);
        await Server.StatusAsync("live", run, s => (string)s["status"]! == "running");
        Assert.Equal(HttpStatusCode.Accepted, (await Server.PostAsync($"{Root}/instances/{run}/terminate?reason=enough")).StatusCode);
        Assert.Equal("stopped", (string)(await Server.EndAsync("live", run))["status"]!);
        Assert.Equal(HttpStatusCode.Gone, (await Server.PostAsync($"{Root}/instances/{run}/terminate?reason=again")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "instances/none", HttpStatusCode.NotFound)]
    [InlineData("POST", "instances/none/terminate?reason=x", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "instances/none", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "instances", HttpStatusCode.BadRequest)]
    [InlineData("POST", "orchestrators/Nobody", HttpStatusCode.BadRequest)]
    [InlineData("POST", "instances/none/rewind?reason=x", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_refused(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Root}/{path}");

        Assert.Equal(status, (await Server.Http.SendAsync(request)).StatusCode);
    }
}
