using System.Net;
using System.Text;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class DatasetsApiTests : IAsyncLifetime
{
    const string Api = "api/v1/datasets";
    TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_dataset_is_made_got_changed_listed_and_deleted()
    {
        var made = await app.PostAsync(Api, """{"name":"films","description":"Films","tags":["gold"],"metadata":{"source":"imdb"}}""");
        var again = await app.PostAsync(Api, """{"name":"films"}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (made.StatusCode, again.StatusCode));
        Assert.Equal("/api/v1/datasets/films", made.Headers.Location!.ToString());
        Assert.Equal("There is a dataset 'films' already. Choose another name, or change that one with PATCH.", await ErrorAsync(again));

        var seen = made.Headers.ETag!.Tag;
        var changed = await SendAsync(HttpMethod.Patch, "films", """{"owner":"ann","metadata":{"source":null}}""", seen);
        var stale = await SendAsync(HttpMethod.Patch, "films", """{"owner":"bob"}""", seen);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (changed.StatusCode, stale.StatusCode));

        var got = await app.Http.GetAsync($"{Api}/films");
        var body = await TestApp.JsonAsync(got);
        Assert.Equal(changed.Headers.ETag, got.Headers.ETag);
        Assert.Equal(("created", "ann", "Films"), (Text(body, "state"), Text(body, "owner"), Text(body, "description")));
        Assert.Empty(body.GetProperty("metadata").EnumerateObject());
        Assert.Equal("films", Text(Assert.Single((await app.GetJsonAsync($"{Api}?tag=gold&state=created")).GetProperty("datasets").EnumerateArray()), "dataset"));
        Assert.Empty((await app.GetJsonAsync($"{Api}?tag=silver")).GetProperty("datasets").EnumerateArray());

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Delete, "films", null, seen)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "films", null, changed.Headers.ETag!.Tag)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "films", null, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"{Api}/films")).StatusCode);
    }

    [Fact]
    public async Task A_run_makes_a_dataset_ready_and_an_archived_one_refuses_the_next()
    {
        app.Drop("films", "data.csv", TestApp.Csv(20));
        await app.PostAsync("api/v1/pipelines", TestApp.Yaml("films"));
        await app.PostAsync(Api, """{"name":"films","description":"Films"}""");
        Assert.Equal("Completed", await RunAsync());

        var ready = await app.GetJsonAsync($"{Api}/films");
        Assert.Equal(("ready", "Films", 1), (Text(ready, "state"), Text(ready, "description"), ready.GetProperty("number").GetInt32()));
        Assert.Equal(["processing", "validated", "ready"], ready.GetProperty("moves").EnumerateArray().Select(m => Text(m, "to")));
        Assert.Equal(["id", "amount"], ready.GetProperty("schema").EnumerateArray().Select(f => Text(f, "name")));
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Delete, "films", null, null)).StatusCode);
        var illegal = await SendAsync(HttpMethod.Patch, "films", """{"state":"validated"}""", null);
        Assert.Equal(HttpStatusCode.Conflict, illegal.StatusCode);
        Assert.Equal("Dataset 'films' is ready and cannot become validated. It can become: processing, archived.", await ErrorAsync(illegal));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Patch, "films", """{"state":"archived"}""", null)).StatusCode);
        app.Drop("films", "data.csv", TestApp.Csv(30));
        Assert.Equal("Failed", await RunAsync());
        var archived = await app.GetJsonAsync($"{Api}/films");
        Assert.Equal(("archived", 1), (Text(archived, "state"), archived.GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task A_run_that_fails_leaves_its_dataset_failed_with_the_reason_and_the_next_one_makes_it_ready()
    {
        await app.PostAsync("api/v1/pipelines", TestApp.Yaml("films"));
        app.Incoming("films");
        Assert.Equal("Failed", await RunAsync());
        var failed = await app.GetJsonAsync($"{Api}/films");
        Assert.Equal("failed", Text(failed, "state"));
        Assert.Contains("data.csv", Text(failed.GetProperty("moves").EnumerateArray().Last(), "reason"), StringComparison.Ordinal);

        app.Drop("films", "data.csv", TestApp.Csv(20));
        Assert.Equal("Completed", await RunAsync());
        Assert.Equal("ready", Text(await app.GetJsonAsync($"{Api}/films"), "state"));
    }

    [Fact]
    public async Task A_run_that_is_stopped_leaves_its_dataset_failed()
    {
        app.Drop("films", "data.csv", TestApp.Csv(20));
        await app.PostAsync("api/v1/pipelines", TestApp.Yaml("films"));
        var reached = new TaskCompletionSource();
        app.Store.BeforeCreate = async (path, cancellation) =>
        {
            if (path.StartsWith("objects", StringComparison.Ordinal) || path.StartsWith("memo", StringComparison.Ordinal))
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
        };
        var run = Text(await TestApp.JsonAsync(await app.PostAsync("api/v1/pipelines/films/execute")), "run");
        await reached.Task;
        Assert.Equal("processing", Text(await app.GetJsonAsync($"{Api}/films"), "state"));

        await app.PostAsync("api/v1/pipelines/films/stop");
        await app.EndAsync(run);

        var stopped = await app.GetJsonAsync($"{Api}/films");
        Assert.Equal(("failed", "The run was stopped."), (Text(stopped, "state"), Text(stopped.GetProperty("moves").EnumerateArray().Last(), "reason")));
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "The dataset has no 'name'. Expected an object such as {\"name\": \"films\", \"description\": \"…\"}.")]
    [InlineData("""{"name":"Films"}""", HttpStatusCode.BadRequest, "The name of a dataset has 1 to 64 of a-z, 0-9, '-' and '_', and begins with a letter or digit.")]
    [InlineData("""{"name":"films","state":"ready"}""", HttpStatusCode.BadRequest, "A new dataset cannot be ready. Leave 'state' out: it begins as created.")]
    public async Task A_dataset_that_is_wrong_is_refused(string body, HttpStatusCode status, string error)
    {
        var response = await app.PostAsync(Api, body);

        Assert.Equal((status, error), (response.StatusCode, await ErrorAsync(response)));
    }

    [Theory]
    [InlineData("limit=0", "The query 'limit' is '0'. Expected a whole number from 1 to 1,000.")]
    [InlineData("min_quality=x", "The lowest quality is 'x'. Expected a number from 0 to 100.")]
    [InlineData("state=3", "The state is '3'. Expected one of: created, processing, validated, ready, archived, failed, quarantined.")]
    public async Task A_query_that_is_wrong_is_refused(string query, string error)
    {
        var response = await app.Http.GetAsync($"{Api}?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, error), (response.StatusCode, await ErrorAsync(response)));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await app.PostAsync(Api, $$"""{"name":"{{name}}"}""");
        }

        var first = await app.GetJsonAsync($"{Api}?limit=2");
        var second = await app.GetJsonAsync($"{Api}?limit=2&after={Text(first, "next")}");

        Assert.Equal(["a", "b"], first.GetProperty("datasets").EnumerateArray().Select(d => Text(d, "dataset")));
        Assert.Equal(["c"], second.GetProperty("datasets").EnumerateArray().Select(d => Text(d, "dataset")));
    }

    async Task<string> RunAsync()
    {
        var run = Text(await TestApp.JsonAsync(await app.PostAsync("api/v1/pipelines/films/execute")), "run");
        return (await app.EndAsync(run)).RuntimeStatus.ToString();
    }

    Task<HttpResponseMessage> SendAsync(HttpMethod method, string dataset, string? body, string? etag)
    {
        var request = new HttpRequestMessage(method, $"{Api}/{dataset}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/merge-patch+json") };
        if (etag is not null)
        {
            request.Headers.Add("If-Match", etag);
        }

        return app.Http.SendAsync(request);
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    static async Task<string?> ErrorAsync(HttpResponseMessage response) => Text(await TestApp.JsonAsync(response), "error");
}
