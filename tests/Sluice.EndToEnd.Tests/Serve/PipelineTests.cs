using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests.Serve;

/// <summary><c>sluice serve</c>: runs over HTTP and by files that arrive.</summary>
public sealed class PipelineTests(FilmServer films) : IClassFixture<FilmServer>
{
    const string Api = "api/v1/pipelines";

    SluiceServer Server => films.Server;

    [Fact]
    public async Task A_run_is_accepted_watched_and_completed_and_its_version_is_in_the_store()
    {
        await Server.RegisterAsync("watched", FilmServer.Yaml("watched"));
        Server.Drop("watched", "films.csv", FilmServer.Csv(400));
        var arrived = await Server.EndAsync("watched");

        var accepted = await Server.PostAsync($"{Api}/watched/execute");
        var body = await accepted.Content.ReadFromJsonAsync<JsonNode>();
        var status = await Server.EndAsync("watched", (string)body!["run"]!);

        Assert.Equal((HttpStatusCode.Accepted, "2"), (accepted.StatusCode, accepted.Headers.RetryAfter!.ToString()));
        Assert.Equal((string)body["status"]!, accepted.Headers.Location!.ToString());
        Assert.Equal(("completed", true), ((string)status["status"]!, (bool)status["upToDate"]!));
        Assert.Equal((string)arrived["version"]!, (string)status["version"]!);

        // Looked at beside the running server.
        var list = await SluiceProcess.RunAsync(Server.Store, "datasets", "show", "watched", "--store", ".", "--json");
        Assert.Equal((300L, (string)status["version"]!), ((long)list.Json["manifest"]!["rows"]!, (string)list.Json["entry"]!["version"]!));
    }

    [Fact]
    public async Task The_same_idempotency_key_starts_one_run()
    {
        await Server.RegisterAsync("once", FilmServer.Yaml("once", input: "none.csv"));
        var runs = new List<string>();
        foreach (var key in new[] { "k", "k", "other" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Api}/once/execute") { Headers = { { "Idempotency-Key", key } } };
            runs.Add((string)(await (await Server.Http.SendAsync(request)).Content.ReadFromJsonAsync<JsonNode>())!["run"]!);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        var status = await Server.EndAsync("once", runs[0]);
        Assert.Equal("failed", (string)status["status"]!);
        Assert.Contains("none.csv", (string)status["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_stopped_ends_as_stopped_and_the_next_reuses_its_work()
    {
        var run = await films.ExecuteLongAsync("stopped");
        var moving = await Server.StatusAsync("stopped", run, s => ((string?)s["stage"])?.StartsWith("look", StringComparison.Ordinal) == true);

        var stop = await Server.PostAsync($"{Api}/stopped/stop?run={run}");
        var status = await Server.EndAsync("stopped", run);
        var again = await Server.PostAsync($"{Api}/stopped/stop?run={run}");

        Assert.Equal("running", (string)moving["status"]!);
        Assert.Equal((HttpStatusCode.Accepted, "stopped"), (stop.StatusCode, (string)status["status"]!));
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal($"Run '{run}' has ended: Terminated.", (string)(await again.Content.ReadFromJsonAsync<JsonNode>())!["error"]!);

        var next = await Server.ExecuteAsync("stopped");
        Assert.Equal("completed", (string)(await Server.EndAsync("stopped", next))["status"]!);
        var started = await File.ReadAllLinesAsync(films.UnitLog);
        Assert.Contains(started, line => line.StartsWith("start Ingest ", StringComparison.Ordinal) && line.EndsWith(run, StringComparison.Ordinal));
        Assert.DoesNotContain(started, line => line.StartsWith("start Ingest ", StringComparison.Ordinal) && line.EndsWith(next, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_arrives_starts_one_run_for_each_name_and_ETag_over_a_restart_too()
    {
        using var folder = new TestFolder();
        await using (var before = await SluiceServer.StartAsync(folder.Path, "store"))
        {
            await before.RegisterAsync("arrive", FilmServer.Yaml("arrive"));
            before.Drop("arrive", "a.csv", FilmServer.Csv(40));
            await RunsAsync(before, "arrive", 1);
            before.Drop("arrive", "b.csv", FilmServer.Csv(80));
            await RunsAsync(before, "arrive", 2);
            before.Drop("arrive", "a.csv", FilmServer.Csv(120));
            var runs = await RunsAsync(before, "arrive", 3);
            Assert.Equal(3, runs.Select(run => (string)run["output"]!["version"]!).Distinct().Count());
            await before.StopAsync();
        }

        // a and b are found again and start nothing: when the run of c is there, theirs would be too.
        await using var after = await SluiceServer.StartAsync(folder.Path, "store");
        after.Drop("arrive", "c.csv", FilmServer.Csv(20));
        await RunsAsync(after, "arrive", 4);
    }

    [Fact]
    public async Task A_file_for_a_pipeline_that_is_none_is_logged_and_starts_nothing()
    {
        Server.Drop("nobody's", "a.csv", FilmServer.Csv(4));

        await Server.LineAsync("A file was uploaded for pipeline 'nobody's', which is not registered. Register it with POST /api/v1/pipelines.");
    }

    [Fact]
    public async Task The_app_itself_serves_the_same()
    {
        using var folder = new TestFolder();
        await using var app = await SluiceServer.StartAppAsync(folder.Path, "store");
        await app.RegisterAsync("films", FilmServer.Yaml("films"));
        app.Drop("films", "a.csv", FilmServer.Csv(40));

        Assert.Equal("completed", (string)(await app.EndAsync("films"))["status"]!);
        Assert.Equal("ok", (string)(await app.Http.GetFromJsonAsync<JsonNode>("api/health/ready"))!["status"]!);
        Assert.Equal(0, (await app.StopAsync()).ExitCode);
    }

    /// <summary>Runs of a pipeline by Durable's own list, as soon as there are so many and all are completed.</summary>
    static async Task<IReadOnlyList<JsonNode>> RunsAsync(SluiceServer server, string pipeline, int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = new CancellationTokenSource(SluiceProcess.Limit);
        while (true)
        {
            var all = await server.Http.GetFromJsonAsync<JsonArray>($"runtime/webhooks/durabletask/instances?instanceIdPrefix={pipeline}-", limit.Token);
            var runs = all!.OfType<JsonNode>().Where(i => (string)i["name"]! == "RunPipeline").ToList();
            if (runs.Count >= count && runs.TrueForAll(r => (string)r["runtimeStatus"]! is not ("Running" or "Pending")))
            {
                Assert.Equal(count, runs.Count);
                Assert.All(runs, run => Assert.Equal("Completed", (string)run["runtimeStatus"]!));
                return runs;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
