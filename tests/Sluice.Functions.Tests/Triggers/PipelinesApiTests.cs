using System.Net;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class PipelinesApiTests : IAsyncLifetime
{
    const string Api = "api/v1/pipelines";
    TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_pipeline_is_created_listed_got_replaced_and_deleted()
    {
        var created = await app.PostAsync($"{Api}?refresh=true", TestApp.Yaml("films"));
        var changed = await app.PostAsync($"{Api}?id=films", TestApp.Yaml("films").Replace("amount >= 0", "amount > 0", StringComparison.Ordinal));
        await app.PostAsync($"{Api}?id=Other_1", TestApp.Yaml("films"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (created.StatusCode, changed.StatusCode));
        Assert.Equal("/api/v1/pipelines/films", created.Headers.Location!.ToString());
        Assert.Equal("films", (await TestApp.JsonAsync(created)).GetProperty("id").GetString());
        var all = await app.GetJsonAsync(Api);
        Assert.Equal(["Other_1", "films"], all.EnumerateArray().Select(p => p.GetProperty("id").GetString()!));
        Assert.Contains("amount > 0", (await app.GetJsonAsync($"{Api}/films")).GetProperty("yaml").GetString(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync($"{Api}/films")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.DeleteAsync($"{Api}/films")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"{Api}/films")).StatusCode);
    }

    [Fact]
    public async Task A_pipeline_with_problems_is_refused_with_all_of_them_and_their_place()
    {
        var response = await app.PostAsync(Api, """
            name: films
            stepz: 1
            steps:
              - { id: read, type: csv, config: { file_pathh: data.csv } }
              - { id: keep, type: filterr }
            """);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await TestApp.JsonAsync(response);
        Assert.Equal("The pipeline has problems; nothing was saved.", body.GetProperty("error").GetString());
        var problems = body.GetProperty("problems").EnumerateArray().ToList();
        Assert.True(problems.Count >= 3, body.ToString());
        Assert.Contains(problems, p => p.GetProperty("line").GetInt32() == 2 && p.GetProperty("message").GetString()!.Contains("stepz", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.GetProperty("line").GetInt32() == 5 && p.GetProperty("message").GetString()!.Contains("filterr", StringComparison.Ordinal));
        Assert.Empty((await app.GetJsonAsync(Api)).EnumerateArray());
    }

    [Fact]
    public async Task An_id_that_cannot_be_part_of_a_path_is_refused()
    {
        var response = await app.PostAsync($"{Api}?id=..%2Fx", TestApp.Yaml("films"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            "'../x' cannot be a pipeline's id. Use 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.", (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_whether_or_not_it_states_its_length(bool statesLength)
    {
        var body = new ByteArrayContent(new byte[(1 << 20) + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, Api) { Content = body };
        request.Headers.TransferEncodingChunked = !statesLength;

        var response = await app.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The pipeline is too large. A pipeline may have 1,048,576 bytes.", (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        var response = await app.Http.PostAsync(Api, new ByteArrayContent([0x6E, 0xFF, 0xFE]));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("The pipeline is not UTF-8 text. Save it as UTF-8.", (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task What_does_not_exist_is_404_with_its_name()
    {
        foreach (var response in new[]
        {
            await app.Http.GetAsync($"{Api}/none"), await app.PostAsync($"{Api}/none/execute"), await app.Http.GetAsync($"{Api}/none/status"), await app.PostAsync($"{Api}/none/stop"),
            await app.Http.GetAsync($"{Api}/none/status?run=other-0123456789abcdef0123"),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.StartsWith("Pipeline 'none' ", (await TestApp.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_is_accepted_watched_and_completed_with_a_version()
    {
        app.Drop("films", "data.csv", TestApp.Csv(100));
        await app.PostAsync(Api, TestApp.Yaml("films"));

        var accepted = await app.PostAsync($"{Api}/films/execute");
        var body = await TestApp.JsonAsync(accepted);
        await app.EndAsync(body.GetProperty("run").GetString()!);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("2", accepted.Headers.RetryAfter!.ToString());
        Assert.Equal(body.GetProperty("status").GetString(), accepted.Headers.Location!.ToString());
        var status = await app.GetJsonAsync(accepted.Headers.Location.ToString());
        Assert.Equal(("completed", false), (status.GetProperty("status").GetString(), status.GetProperty("upToDate").GetBoolean()));
        Assert.StartsWith("v-", status.GetProperty("version").GetString(), StringComparison.Ordinal);

        var second = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(second);
        var newest = await app.GetJsonAsync($"{Api}/films/status");
        Assert.Equal((second, true, status.GetProperty("version").GetString()), (newest.GetProperty("run").GetString(), newest.GetProperty("upToDate").GetBoolean(), newest.GetProperty("version").GetString()));
    }

    [Fact]
    public async Task An_idempotency_key_starts_one_run()
    {
        app.Drop("films", "data.csv", TestApp.Csv(10));
        await app.PostAsync(Api, TestApp.Yaml("films"));
        var runs = new List<string?>();
        foreach (var key in new[] { "k1", "k1", "k2" })
        {
            var response = await app.PostAsync($"{Api}/films/execute", "", ("Idempotency-Key", key));
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            runs.Add((await TestApp.JsonAsync(response)).GetProperty("run").GetString());
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.Equal(2, (await app.RunsAsync()).Count);
    }

    [Fact]
    public async Task A_source_that_is_missing_fails_the_run_with_its_message()
    {
        await app.PostAsync(Api, TestApp.Yaml("films"));
        app.Incoming("films");

        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);

        var status = await app.GetJsonAsync($"{Api}/films/status?run={run}");
        Assert.Equal("failed", status.GetProperty("status").GetString());
        Assert.Contains("data.csv", status.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_run_ends_as_stopped_its_activities_are_cancelled_and_its_finished_work_is_reused()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Store.BeforeCreate = async (path, token) =>
        {
            if (path.EndsWith("/fit-before.json", StringComparison.Ordinal))
            {
                held.TrySetResult();
                await using var registration = token.Register(() => cancelled.TrySetResult());
                await cancelled.Task;
                token.ThrowIfCancellationRequested();
            }
        };
        app.Drop("films", "data.csv", TestApp.Csv(100));
        await app.PostAsync(Api, TestApp.Yaml("films"));
        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await held.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var running = await app.GetJsonAsync($"{Api}/films/status");
        var stopped = await app.PostAsync($"{Api}/films/stop");
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await app.EndAsync(run);

        Assert.Equal("running", running.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Accepted, stopped.StatusCode);
        Assert.Equal("stopped", (await app.GetJsonAsync($"{Api}/films/status?run={run}")).GetProperty("status").GetString());
        var again = await app.PostAsync($"{Api}/films/stop?run={run}");
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal($"Run '{run}' has ended: Terminated.", (await TestApp.JsonAsync(again)).GetProperty("error").GetString());

        app.Store.BeforeCreate = null;
        var next = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(next);
        Assert.Equal("completed", (await app.GetJsonAsync($"{Api}/films/status?run={next}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Runs_of_a_pipeline_whose_id_begins_alike_are_not_its_own()
    {
        app.Drop("films-x", "data.csv", TestApp.Csv(10));
        await app.PostAsync(Api, TestApp.Yaml("films"));
        await app.PostAsync(Api, TestApp.Yaml("films-x"));
        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films-x/execute"))).GetProperty("run").GetString()!;

        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"{Api}/films/status")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"{Api}/films/status?run={run}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.PostAsync($"{Api}/films/stop")).StatusCode);
        await app.EndAsync(run);
    }

    [Fact]
    public async Task A_unit_that_fails_for_a_while_is_done_again_and_bad_data_is_not()
    {
        var failures = 2;
        app.Store.BeforeCreate = (path, _) => path.StartsWith("memo/", StringComparison.Ordinal) && Interlocked.Decrement(ref failures) >= 0
            ? throw new TransientException("busy") : Task.CompletedTask;
        app.Drop("films", "data.csv", TestApp.Csv(20));
        await app.PostAsync(Api, TestApp.Yaml("films"));
        var run = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
        Assert.Equal("completed", (await app.GetJsonAsync($"{Api}/films/status?run={run}")).GetProperty("status").GetString());
        Assert.True(failures < 0);

        var tries = 0;
        app.Store.BeforeCreate = (path, _) => path.StartsWith("memo/", StringComparison.Ordinal) && Interlocked.Increment(ref tries) > 0
            ? throw new DataException("bad") : Task.CompletedTask;
        app.Drop("films", "data.csv", TestApp.Csv(21));
        var bad = (await TestApp.JsonAsync(await app.PostAsync($"{Api}/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(bad);
        Assert.Equal("failed", (await app.GetJsonAsync($"{Api}/films/status?run={bad}")).GetProperty("status").GetString());
        Assert.Equal(1, tries);
    }

    [Theory]
    [InlineData("live")]
    [InlineData("startup")]
    [InlineData("ready")]
    public async Task Every_probe_answers(string probe) =>
        Assert.Equal("ok", (await app.GetJsonAsync($"api/health/{probe}")).GetProperty("status").GetString());

    [Fact]
    public async Task An_unknown_probe_does_not_exist() => Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("api/health/none")).StatusCode);
}
