using System.Text.Json;
using Sluice.Embedded.Tests.Host;
using Sluice.Functions.Tests.App;
using Sluice.Runs;

namespace Sluice.Functions.Tests.Triggers;

/// <summary>One trace from what starts a run to each of its units, and from the run's record back to it.</summary>
public sealed class TraceTests
{
    const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_request_and_its_run_share_a_trace_that_the_record_names()
    {
        await using var collector = await OtlpCollector.StartAsync();
        string run;
        JsonElement record;
        await using (var app = await StartAsync(collector))
        {
            app.Drop("films", "data.csv", TestApp.Csv(30));
            await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);
            var started = await app.PostAsync("api/v1/pipelines/films/execute", "", ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));
            run = (await TestApp.JsonAsync(started)).GetProperty("run").GetString()!;
            await app.EndAsync(run);
            record = await app.GetJsonAsync($"api/v1/runs/{run}");
        }

        Assert.Equal(Trace, record.GetProperty("trace").GetString());
        Assert.Equal(run, record.GetProperty("run").GetString());
        Assert.NotEmpty(record.GetProperty("evidence").EnumerateArray());
        AssertWhole(collector, Trace, run, "function ExecutePipeline");
    }

    [Fact]
    public async Task An_upload_and_its_run_share_a_trace_and_a_second_run_has_another()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var traces = new List<string>();
        var runs = new List<string>();
        await using (var app = await StartAsync(collector, triggers: true))
        {
            await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);
            for (var upload = 1; upload <= 2; upload++)
            {
                app.Drop("films", "data.csv", TestApp.Csv(30 * upload));
                await Wait.UntilAsync($"{upload} runs have ended", async () => (await app.RunsAsync()).Count(r => r.IsCompleted) == upload);
                var run = (await app.RunsAsync()).Select(r => r.InstanceId).Except(runs).Single();
                runs.Add(run);
                traces.Add((await app.GetJsonAsync($"api/v1/runs/{run}")).GetProperty("trace").GetString()!);
            }
        }

        Assert.Equal(2, traces.Distinct().Count());
        AssertWhole(collector, traces[0], runs[0], "function BlobUploaded");
        AssertWhole(collector, traces[1], runs[1], "function BlobUploaded");
    }

    [Fact]
    public async Task Without_telemetry_the_trace_that_the_caller_names_is_kept_and_a_run_that_is_none_is_said()
    {
        await using var app = await TestApp.StartAsync();
        app.Drop("films", "data.csv", TestApp.Csv(30));
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);

        var started = await app.PostAsync("api/v1/pipelines/films/execute", "", ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));
        var run = (await TestApp.JsonAsync(started)).GetProperty("run").GetString()!;
        await app.EndAsync(run);
        using var unknown = await app.Http.GetAsync("api/v1/runs/films-00000000000000000000");

        Assert.Equal(Trace, (await app.GetJsonAsync($"api/v1/runs/{run}")).GetProperty("trace").GetString());
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.StartsWith("There is no record of a run 'films-0", (await TestApp.JsonAsync(unknown)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_never_changes_what_a_run_gives()
    {
        await using var app = await TestApp.StartAsync();
        app.Drop("films", "data.csv", TestApp.Csv(30));
        await app.Pipelines.PutAsync(null, TestApp.Yaml("films"), refresh: false, CancellationToken.None);
        var traced = await RunAsync(Trace);
        var written = app.Store.Creates.Keys.Where(path => !path.StartsWith("runs/", StringComparison.Ordinal)).ToHashSet();

        var other = await RunAsync(new string('a', 32));

        Assert.Equal(traced.Version, other.Version);
        Assert.True(other.UpToDate);
        Assert.Equal(written, app.Store.Creates.Keys.Where(path => !path.StartsWith("runs/", StringComparison.Ordinal)).ToHashSet());

        async Task<RunOutcome> RunAsync(string trace)
        {
            var request = app.Pipelines.Request((await app.Pipelines.GetAsync("films", CancellationToken.None))!, app.Incoming("films"), trace: trace);
            await Api.RunIds.StartOnceAsync(app.Client, request, CancellationToken.None);
            return (await app.EndAsync(request.RunId)).ReadOutputAs<RunOutcome>()!;
        }
    }

    static void AssertWhole(OtlpCollector collector, string trace, string run, string trigger)
    {
        var spans = collector.Spans.Where(span => span.TraceId == trace).ToList();

        Assert.Superset(
            new HashSet<string>
            {
                trigger, "create_orchestration:RunPipeline", "orchestration:RunPipeline", "orchestration:RunStage", "activity:AdvanceRun", "activity:RunUnit", "function RunUnit",
            },
            spans.Select(span => span.Name).ToHashSet());
        Assert.All(
            spans.Where(span => span.Attributes.ContainsKey("durabletask.task.instance_id")),
            span => Assert.StartsWith(run, span.Attributes["durabletask.task.instance_id"], StringComparison.Ordinal));
    }

    static Task<TestApp> StartAsync(OtlpCollector collector, bool triggers = false) => TestApp.StartAsync(
        triggers: triggers,
        settings: [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "films")]);
}
