using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Host;

/// <summary>Contract tests 80 to 86: the HTTP surface of Durable Functions.</summary>
public sealed class ManagementApiTests : IAsyncLifetime
{
    const string root = "/runtime/webhooks/durabletask";
    TestApp app = null!;

    DurableTaskClient Client => app.Services.GetRequiredService<DurableEngine>().Client;

    public async Task InitializeAsync() => app = await TestApp.StartAsync(new AppSetup
    {
        Functions = [typeof(DurableFunctions)],
        Configure = builder => builder.Services.AddScoped<Scoped>(),
        HostJson = """{ "version": "2.0", "extensions": { "durableTask": { "hubName": "Films" } } }""",
    });

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    [Trait("Contract", "80")]
    public async Task A_start_answers_202_with_location_retry_and_links()
    {
        var response = await PostAsync("/orchestrators/Waits/film-1", null);
        var body = await response.Content.ReadFromJsonAsync<JsonObject>();

        var address = app.Http.BaseAddress!.ToString().TrimEnd('/');
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"{address}{root}/instances/film-1?taskHub=Films&connection=Storage", response.Headers.Location!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter!.Delta);
        Assert.NotNull(body);
        Assert.Equal(
            ["id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "rewindPostUri", "purgeHistoryDeleteUri", "restartPostUri", "suspendPostUri", "resumePostUri"],
            body.Select(p => p.Key));
        Assert.Equal("film-1", (string?)body["id"]);
        Assert.Equal($"{address}{root}/instances/film-1/raiseEvent/{{eventName}}?taskHub=Films&connection=Storage", (string?)body["sendEventPostUri"]);
        Assert.Equal($"{address}{root}/instances/film-1/terminate?reason={{text}}&taskHub=Films&connection=Storage", (string?)body["terminatePostUri"]);
    }

    [Fact]
    [Trait("Contract", "80")]
    public async Task A_start_that_waits_answers_200_with_the_output()
    {
        var response = await PostAsync("/orchestrators/Chain?timeout=20", """{ "item": "film", "count": 2 }""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("\"sent 2 x film", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_waits_in_vain_answers_202() =>
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("/orchestrators/Waits?timeout=0.05", null)).StatusCode);

    [Theory]
    [InlineData("/orchestrators/Nobody", null, HttpStatusCode.BadRequest, "There is no orchestrator 'Nobody'. Use the name of a function with [OrchestrationTrigger].")]
    [InlineData("/orchestrators/Waits", "{", HttpStatusCode.BadRequest, "The body is not JSON: ")]
    [InlineData("/orchestrators/Waits/@1", null, HttpStatusCode.BadRequest, "The instance id is not allowed: found '@1'")]
    [InlineData("/orchestrators/Waits?timeout=soon", null, HttpStatusCode.BadRequest, "timeout is 'soon'; expected a number above 0.")]
    [InlineData("/entities/counter/1", null, HttpStatusCode.NotImplemented, "Entities are not supported by the embedded runtime.")]
    public async Task Says_what_is_wrong_with_a_request(string path, string? body, HttpStatusCode status, string message)
    {
        var response = await PostAsync(path, body);
        var problem = await response.Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(message, (string?)problem!["Message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_id_is_a_conflict()
    {
        await PostAsync("/orchestrators/Waits/once", null);

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("/orchestrators/Waits/once", null)).StatusCode);
    }

    [Fact]
    [Trait("Contract", "81")]
    public async Task Status_is_202_while_active_then_200_with_the_whole_instance()
    {
        await StartAsync("Waits", "w", "\"in\"");
        var active = await GetAsync("/instances/w");
        await PostAsync("/instances/w/raiseEvent/go", "\"out\"");
        await Client.WaitForInstanceCompletionAsync("w");
        var done = await GetAsync("/instances/w");
        var body = await done.Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal(HttpStatusCode.Accepted, active.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), active.Headers.RetryAfter!.Delta);
        Assert.EndsWith("/instances/w?taskHub=Films&connection=Storage", active.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"], body!.Select(p => p.Key));
        Assert.NotNull(body);
        Assert.Equal("Completed", (string?)body["runtimeStatus"]);
        Assert.Equal("in", (string?)body["input"]);
        Assert.Equal("out", (string?)body["output"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string?)body["createdTime"]);
    }

    [Fact]
    [Trait("Contract", "64")]
    public async Task Status_hides_the_input_and_shows_the_history_when_asked_to()
    {
        await StartAsync("Chain", "c", """{ "item": "film", "count": 2 }""");
        await Client.WaitForInstanceCompletionAsync("c");

        var body = await (await GetAsync("/instances/c?showInput=false&showHistory=true&showHistoryOutput=true")).Content.ReadFromJsonAsync<JsonObject>();

        Assert.Null(body!["input"]);
        Assert.Equal("Chain", (string?)body["customStatus"]!["step"]);
        var events = body["historyEvents"]!.AsArray();
        Assert.Equal(["ExecutionStarted", "TaskCompleted", "TaskCompleted", "ExecutionCompleted"], events.Select(e => (string?)e!["EventType"]));
        Assert.Equal(["Chain", "Pack", "send", null], events.Select(e => (string?)e!["FunctionName"]));
        Assert.Equal("Completed", (string?)events[3]!["OrchestrationStatus"]);
        Assert.StartsWith("2 x film", (string?)events[1]!["Result"], StringComparison.Ordinal);
        Assert.NotNull(events[1]!["ScheduledTime"]);
    }

    [Fact]
    [Trait("Contract", "81")]
    public async Task A_failed_instance_is_200_or_500_with_the_flag()
    {
        await StartAsync("Fails", "f", null);
        await Client.WaitForInstanceCompletionAsync("f");

        var plain = await GetAsync("/instances/f");
        var flagged = await GetAsync("/instances/f?returnInternalServerErrorOnFailure=true");

        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, flagged.StatusCode);
        Assert.Contains("boom", (string?)(await flagged.Content.ReadFromJsonAsync<JsonObject>())!["output"], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "81")]
    public async Task An_unknown_instance_is_404() => Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/instances/nobody")).StatusCode);

    [Fact]
    [Trait("Contract", "82")]
    public async Task Raising_an_event_answers_202_400_404_or_410()
    {
        await StartAsync("Waits", "e", null);

        var notJson = await PostAsync("/instances/e/raiseEvent/go", "{");
        var notSaidToBeJson = await app.Http.PostAsync(new Uri(root + "/instances/e/raiseEvent/go", UriKind.Relative), new StringContent("1"));
        var unknown = await PostAsync("/instances/nobody/raiseEvent/go", "1");
        var accepted = await PostAsync("/instances/e/raiseEvent/GO", "\"x\"");
        await Client.WaitForInstanceCompletionAsync("e");
        var gone = await PostAsync("/instances/e/raiseEvent/go", "1");

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Accepted, HttpStatusCode.Gone],
            new[] { notJson, notSaidToBeJson, unknown, accepted, gone }.Select(r => r.StatusCode));
    }

    [Fact]
    [Trait("Contract", "83")]
    public async Task Suspend_resume_and_terminate_answer_202_then_410()
    {
        await StartAsync("Waits", "m", null);
        var suspended = await PostAsync("/instances/m/suspend?reason=lunch", null);
        await Wait.UntilAsync("it is suspended", async () => (await Client.GetInstanceAsync("m"))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        var resumed = await PostAsync("/instances/m/resume", null);
        var terminated = await PostAsync("/instances/m/terminate?reason=" + Uri.EscapeDataString("quote \" and ü"), null);
        var ended = await Client.WaitForInstanceCompletionAsync("m", true);
        var gone = await PostAsync("/instances/m/terminate", null);
        var unknown = await PostAsync("/instances/nobody/suspend", null);

        Assert.Equal(
            [HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Gone, HttpStatusCode.NotFound],
            new[] { suspended, resumed, terminated, gone, unknown }.Select(r => r.StatusCode));
        Assert.Equal("quote \" and ü", ended.ReadOutputAs<string>());
    }

    [Fact]
    [Trait("Contract", "84")]
    public async Task Lists_page_by_page_and_filters()
    {
        for (var i = 0; i < 5; i++)
        {
            await StartAsync("Waits", $"list-{i}", null);
        }

        await StartAsync("Fails", "other", null);
        await Client.WaitForInstanceCompletionAsync("other");
        var ids = new List<string>();
        string? token = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, root + "/instances?top=2&instanceIdPrefix=list-&showInput=false");
            request.Headers.TryAddWithoutValidation("x-ms-continuation-token", token);
            var response = await app.Http.SendAsync(request);
            ids.AddRange((await response.Content.ReadFromJsonAsync<JsonArray>())!.Select(i => (string)i!["instanceId"]!));
            token = response.Headers.TryGetValues("x-ms-continuation-token", out var values) ? values.Single() : null;
        }
        while (token is not null);

        var failed = await (await GetAsync("/instances?runtimeStatus=Failed,Terminated")).Content.ReadFromJsonAsync<JsonArray>();
        var none = await (await GetAsync("/instances?createdTimeFrom=2100-01-01")).Content.ReadFromJsonAsync<JsonArray>();
        var wrong = await GetAsync("/instances?runtimeStatus=Sleeping");

        Assert.Equal(["list-0", "list-1", "list-2", "list-3", "list-4"], ids.Order(StringComparer.Ordinal));
        Assert.Equal(["other"], failed!.Select(i => (string?)i!["instanceId"]));
        Assert.Empty(none!);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Purges_one_or_many_ended_instances()
    {
        await StartAsync("Fails", "p1", null);
        await StartAsync("Fails", "p2", null);
        await Client.WaitForInstanceCompletionAsync("p1");
        await Client.WaitForInstanceCompletionAsync("p2");

        var one = await DeleteAsync("/instances/p1");
        var again = await DeleteAsync("/instances/p1");
        var withoutTime = await DeleteAsync("/instances");
        var many = await DeleteAsync("/instances?createdTimeFrom=2000-01-01T00:00:00Z&runtimeStatus=Failed");
        var nothing = await DeleteAsync("/instances?createdTimeFrom=2000-01-01T00:00:00Z");

        Assert.Equal("""{"instancesDeleted":1}""", await one.Content.ReadAsStringAsync());
        Assert.Equal("""{"instancesDeleted":1}""", await many.Content.ReadAsStringAsync());
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.NotFound],
            new[] { one, again, withoutTime, many, nothing }.Select(r => r.StatusCode));
    }

    [Fact]
    public async Task Rewinds_what_has_failed()
    {
        await StartAsync("Fails", "r1", null);
        await Client.WaitForInstanceCompletionAsync("r1");
        await StartAsync("Waits", "r2", null);

        var accepted = await PostAsync("/instances/r1/rewind?reason=again", null);
        await Client.WaitForInstanceCompletionAsync("r1");
        var history = await (await GetAsync("/instances/r1?showHistory=true")).Content.ReadFromJsonAsync<JsonObject>();
        var unknown = await PostAsync("/instances/nobody/rewind", null);
        var running = await PostAsync("/instances/r2/rewind", null);

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.NotFound, HttpStatusCode.Gone], new[] { accepted, unknown, running }.Select(r => r.StatusCode));
        Assert.Contains(history!["historyEvents"]!.AsArray(), e => (string?)e!["EventType"] == "ExecutionRewound");
    }

    [Fact]
    public async Task Restarts_under_the_same_or_a_new_id()
    {
        await StartAsync("Waits", "r", null);
        var running = await PostAsync("/instances/r/restart?restartWithNewInstanceId=false", null);
        var unknown = await PostAsync("/instances/nobody/restart", null);
        await PostAsync("/instances/r/raiseEvent/go", "1");
        await Client.WaitForInstanceCompletionAsync("r");
        var fresh = await PostAsync("/instances/r/restart", null);
        var same = await PostAsync("/instances/r/restart?restartWithNewInstanceId=false", null);

        Assert.Equal(
            [HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.Accepted, HttpStatusCode.Accepted],
            new[] { running, unknown, fresh, same }.Select(r => r.StatusCode));
        Assert.NotEqual("r", (string?)(await fresh.Content.ReadFromJsonAsync<JsonObject>())!["id"]);
        Assert.Equal("r", (string?)(await same.Content.ReadFromJsonAsync<JsonObject>())!["id"]);
    }

    [Theory]
    [Trait("Contract", "85")]
    [InlineData("X-Forwarded-Host", "films.example", "X-Forwarded-Proto", "https", "https://films.example")]
    [InlineData("Forwarded", "for=1.2.3.4;proto=https;host=\"films.example:8443\", for=5.6.7.8;host=inner", "X-Forwarded-Host", "late.example", "https://films.example:8443")]
    public async Task Links_carry_the_address_that_the_caller_used(string header, string value, string second, string secondValue, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, root + "/orchestrators/Waits/fwd");
        request.Headers.Add(header, value);
        request.Headers.Add(second, secondValue);

        var response = await app.Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();

        Assert.StartsWith($"{origin}{root}/instances/fwd?", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "86")]
    public async Task Ids_with_quotes_and_other_letters_are_encoded_in_links_and_found_again()
    {
        const string id = "l'été \"1\" & co";

        var started = await PostAsync("/orchestrators/Waits/" + Uri.EscapeDataString(id), null);
        var found = await app.Http.GetFromJsonAsync<JsonObject>(started.Headers.Location);

        Assert.Contains("/instances/" + Uri.EscapeDataString(id) + "?", started.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(id, (string?)found!["instanceId"]);
    }

    async Task StartAsync(string name, string id, string? input)
    {
        var response = await PostAsync($"/orchestrators/{name}/{id}", input);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Client.WaitForInstanceStartAsync(id);
    }

    Task<HttpResponseMessage> PostAsync(string path, string? json) => app.Http.PostAsync(
        new Uri(root + path, UriKind.Relative), new StringContent(json ?? "", Encoding.UTF8, "application/json"));

    Task<HttpResponseMessage> GetAsync(string path) => app.Http.GetAsync(new Uri(root + path, UriKind.Relative));

    Task<HttpResponseMessage> DeleteAsync(string path) => app.Http.DeleteAsync(new Uri(root + path, UriKind.Relative));
}
