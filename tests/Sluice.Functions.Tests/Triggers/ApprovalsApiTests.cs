using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Functions.Tests.App;
using Sluice.Llm.Loopback;

namespace Sluice.Functions.Tests.Triggers;

/// <summary>The whole app with a model on this machine: a run spends its budget, waits, is approved or not, and pays nothing twice.</summary>
public sealed class ApprovalsApiTests : IAsyncLifetime
{
    LoopbackModels server = null!;

    public async Task InitializeAsync()
    {
        server = await LoopbackModels.StartAsync();
        server.Answer = call => new LoopbackReply { Text = Results(call.Prompt), InputTokens = 2_000, OutputTokens = 900 };
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task A_run_waits_for_approval_is_approved_and_pays_nothing_twice()
    {
        await using var app = await StartAsync();
        var run = await ExecuteAsync(app);
        var waiting = await WaitingAsync(app, run);
        var paid = server.PaidCalls.Count;
        var least = waiting.GetProperty("approval").GetProperty("leastUsd").GetDecimal();
        Assert.InRange(paid, 1, 7);
        Assert.Contains("may spend 0.06 US dollars", waiting.GetProperty("approval").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Matches("Approve more with 'sluice runs approve [^ ]+ --budget USD' or by POST to /api/v1/runs/ID/approve, or change .+\\.$", waiting.GetProperty("approval").GetProperty("reason").GetString());

        var low = await app.PostAsync($"/api/v1/runs/{run}/approve", """{"budget_usd": 0.001, "by": "anna"}""");
        Assert.Equal(HttpStatusCode.BadRequest, low.StatusCode);
        Assert.Contains("expected at least", await low.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // A little more than the least: it is stopped again, by its own second ask.
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(app, run, least)).StatusCode);
        await WaitingAsync(app, run, number: 2);
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(app, run, 5)).StatusCode);
        Assert.Equal("completed", Api.RunStatus.Of(await app.EndAsync(run)).Status);

        // Calls that did not fit into the budget were made as smaller ones, and no row was asked for twice.
        var asked = server.PaidCalls.SelectMany(c => Items(c.Prompt)).Select(i => i!["data"]!.ToJsonString()).ToList();
        Assert.Equal((40, 40), (asked.Count, asked.Distinct().Count()));
        var approvals = (await app.GetJsonAsync($"/api/v1/runs/{run}")).GetProperty("approvals").EnumerateArray().ToList();
        Assert.Equal(["anna", "anna"], approvals.Select(a => a.GetProperty("decision").GetProperty("by").GetString()));
        Assert.Equal(5, approvals[1].GetProperty("decision").GetProperty("budgetUsd").GetDecimal());

        // Told twice it is the same decision; another one comes too late.
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(app, run, 5)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ApproveAsync(app, run, 6)).StatusCode);
    }

    [Fact]
    public async Task What_is_approved_for_a_run_of_several_chains_is_approved_for_all_of_them()
    {
        await using var app = await StartAsync();
        foreach (var file in new[] { "a", "b" })
        {
            app.Drop("t", $"{file}.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{file} word {i}\n")));
        }

        const string asks = "type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 5, concurrency: 1 }";
        await app.Pipelines.PutAsync(null, $$"""
            name: t
            dataset: t
            optimization: { budget_usd: 0.06 }
            steps:
              - { id: a, type: csv, config: { file_path: a.csv } }
              - { id: mood_a, {{asks}} }
              - { id: out, type: csv_sink, config: { file_path: a.out.csv } }
              - { id: b, type: csv_connector, config: { file_path: b.csv } }
              - { id: mood_b, {{asks}} }

            """, refresh: false, CancellationToken.None);
        var run = (await TestApp.JsonAsync(await app.PostAsync("/api/v1/pipelines/t/execute"))).GetProperty("run").GetString()!;
        JsonElement status = default;
        await Wait.UntilAsync("both chains ask", async () =>
        {
            status = await app.GetJsonAsync($"/api/v1/pipelines/t/status?run={run}");
            return status.GetProperty("chains").EnumerateArray().All(c => c.GetProperty("status").GetString() == "waiting_for_approval");
        });
        Assert.Equal("waiting_for_approval", status.GetProperty("status").GetString());
        Assert.Contains($"'sluice runs approve {run} --budget USD'", status.GetProperty("approval").GetProperty("reason").GetString(), StringComparison.Ordinal);

        var approved = await TestApp.JsonAsync(await ApproveAsync(app, run, 5));
        Assert.Equal("completed", Api.RunStatus.Of(await app.EndAsync(run)).Status);

        Assert.Equal([$"{run}.c0", $"{run}.c1"], approved.GetProperty("runs").EnumerateArray().Select(r => r.GetString()));

        // Sixteen of five rows, but for those that were halved to fit into what was left; asked call by call it would be eighty.
        Assert.InRange(server.PaidCalls.Count, 16, 32);
        var listed = (await app.GetJsonAsync($"/api/v1/runs/{run}/approvals")).EnumerateArray().ToList();
        Assert.Equal([$"{run}.c0", $"{run}.c1"], listed.Select(a => a.GetProperty("run").GetString()));
        Assert.All(listed, a => Assert.Equal("anna", a.GetProperty("decision").GetProperty("by").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(app, run, 5)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ApproveAsync(app, run, 6)).StatusCode);
    }

    [Fact]
    public async Task A_run_that_is_refused_fails_with_who_refused_and_what_was_answered_is_kept()
    {
        await using var app = await StartAsync();
        var run = await ExecuteAsync(app);
        await WaitingAsync(app, run);
        var paid = server.PaidCalls.Count;

        var refused = await app.PostAsync($"/api/v1/runs/{run}/refuse", """{"by": "bert", "note": "not this month"}""");

        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        var status = Api.RunStatus.Of(await app.EndAsync(run));
        Assert.Equal(("failed", "bert refused a higher budget (not this month). What was answered is kept."), (status.Status, status.Error));
        Assert.Equal(HttpStatusCode.Conflict, (await ApproveAsync(app, run, 5)).StatusCode);
        Assert.Equal(paid, server.PaidCalls.Count);
    }

    [Fact]
    public async Task A_run_that_waits_goes_on_waiting_after_a_restart_and_can_be_stopped()
    {
        using var folder = new Sluice.Tests.Storage.TemporaryFolder();
        string run;
        await using (var first = await StartAsync(folder.Path))
        {
            run = await ExecuteAsync(first);
            await WaitingAsync(first, run);
        }

        await using var app = await StartAsync(folder.Path);
        await WaitingAsync(app, run);
        Assert.Equal(HttpStatusCode.Accepted, (await app.PostAsync($"/api/v1/pipelines/t/stop?run={run}")).StatusCode);

        Assert.Equal("stopped", Api.RunStatus.Of(await app.EndAsync(run)).Status);
        var late = await ApproveAsync(app, run, 5);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Theory]
    [InlineData("""{"budget_usd": 5}""", "'by' must say who decides")]
    [InlineData("""{"by": "anna"}""", "'budget_usd' must be the US dollars")]
    [InlineData("""{"by": "anna", "budget_usd": -1}""", "'budget_usd' must be the US dollars")]
    [InlineData("""{"by": "anna", "budget": 5}""", "not the JSON that is expected")]
    [InlineData("", "not the JSON that is expected")]
    public async Task A_decision_that_cannot_be_meant_is_refused(string body, string problem)
    {
        await using var app = await TestApp.StartAsync();

        var response = await app.PostAsync("/api/v1/runs/t-0123456789abcdef0123/approve", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(problem, (await TestApp.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_asks_for_nothing_cannot_be_approved()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await ApproveAsync(app, "t-0123456789abcdef0123", 5)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ApproveAsync(app, "..", 5)).StatusCode);
    }

    Task<TestApp> StartAsync(string? folder = null) => TestApp.StartAsync(
        folder, settings:
        [
            ("Sluice:Llm:Providers:local:Endpoint", server.OpenAI), ("Sluice:Llm:Models:small:Provider", "local"),
            .. LoopbackPrice.Usual.Settings.Select(p => ($"Sluice:Llm:Models:small:{p.Name}", p.Value)),
        ]);

    static async Task<string> ExecuteAsync(TestApp app)
    {
        app.Drop("t", "data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},word {i}\n")));
        await app.Pipelines.PutAsync(null, """
            name: t
            dataset: t
            optimization: { budget_usd: 0.06 }
            steps:
              - { id: read, type: csv, config: { file_path: data.csv } }
              - id: mood
                type: llm_process
                config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], batch_size: 5, concurrency: 1 }

            """, refresh: false, CancellationToken.None);
        var started = await TestApp.JsonAsync(await app.PostAsync("/api/v1/pipelines/t/execute"));
        return started.GetProperty("run").GetString()!;
    }

    static async Task<JsonElement> WaitingAsync(TestApp app, string run, int number = 1)
    {
        var status = default(JsonElement);
        await Wait.UntilAsync($"run {run} asks {number}", async () =>
        {
            status = await app.GetJsonAsync($"/api/v1/pipelines/t/status?run={run}");
            Assert.DoesNotContain(status.GetProperty("status").GetString(), new[] { "failed", "completed" });
            return status.GetProperty("status").GetString() == "waiting_for_approval" && status.GetProperty("approval").GetProperty("number").GetInt32() == number;
        });
        return status;
    }

    static Task<HttpResponseMessage> ApproveAsync(TestApp app, string run, decimal usd) =>
        app.PostAsync($"/api/v1/runs/{run}/approve", $$"""{"budget_usd": {{usd.ToString(System.Globalization.CultureInfo.InvariantCulture)}}, "by": "anna"}""");

    static JsonArray Items(string prompt) => JsonNode.Parse(prompt)!["items"]!.AsArray();

    static string Results(string prompt) => new JsonObject
    {
        ["results"] = new JsonArray([.. Items(prompt).Select(i => new JsonObject { ["id"] = i!["id"]!.GetValue<int>(), ["label"] = "good" })]),
    }.ToJsonString();
}
