using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

/// <summary>One step of a version undone over HTTP, and who joins its personal data.</summary>
public sealed class UndoStepTests
{
    const string People = """
        name: people
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: fill, type: handle_missing, config: { columns: [amount], missing_strategy: median } }
          - { id: pii, type: pii_detection }

        """;

    [Fact]
    public async Task A_step_is_undone_once_however_often_it_is_asked_for()
    {
        await using var app = await TestApp.StartAsync();
        await RunAsync(app, "people", People);

        var first = await UndoAsync(app, """{"step":"fill"}""", ("Idempotency-Key", "k"));
        var run = first.GetProperty("run").GetString()!;
        await app.EndAsync(run);
        var again = await UndoAsync(app, """{"step":"fill"}""", ("Idempotency-Key", "k"));
        var done = await UndoAsync(app, """{"step":"fill"}""");
        var rows = await app.GetJsonAsync("api/v1/datasets/people/preview");
        var status = await app.GetJsonAsync(first.GetProperty("status").GetString()!.TrimStart('/'));

        Assert.Equal(run, again.GetProperty("run").GetString());
        Assert.Matches("^people-undo-[0-9a-f]{20}$", run);
        Assert.Equal("completed", status.GetProperty("status").GetString());
        Assert.True(done.GetProperty("alreadyUndone").GetBoolean());
        Assert.Equal(2, (await app.GetJsonAsync("api/v1/datasets/people")).GetProperty("number").GetInt32());
        Assert.Contains("null", rows.GetProperty("rows").ToString(), StringComparison.Ordinal);
        Assert.Equal(run, (await UndoAsync(app, """{"step":"fill","version":"1"}""", ("Idempotency-Key", "k"))).GetProperty("run").GetString());
    }

    [Theory]
    [InlineData("people", """{"step":"nope"}""", HttpStatusCode.BadRequest, "The version has no step 'nope'. It has: fill, pii.")]
    [InlineData("people", """{"step":"pii"}""", HttpStatusCode.BadRequest, "Step 'pii' changed no cell of a column of the version, so there is nothing to undo. Steps that did: fill.")]
    [InlineData("people", """{"step":"fill","columns":["mail"]}""", HttpStatusCode.BadRequest, "Step 'fill' changed nothing in column 'mail'. It changed: amount.")]
    [InlineData("people", """{"columns":["mail"]}""", HttpStatusCode.BadRequest, "The body lacks step.")]
    [InlineData("people", """{"stepp":"fill"}""", HttpStatusCode.BadRequest, "The body is not the JSON that is expected:")]
    [InlineData("people", "", HttpStatusCode.BadRequest, "The body is not the JSON that is expected:")]
    [InlineData("none", """{"step":"fill"}""", HttpStatusCode.NotFound, "Dataset 'none' does not exist")]
    [InlineData("people", """{"step":"fill","version":"7"}""", HttpStatusCode.NotFound, "")]
    public async Task What_cannot_be_undone_is_refused(string dataset, string body, HttpStatusCode status, string error)
    {
        await using var app = await TestApp.StartAsync();
        await RunAsync(app, "people", People);

        var response = await app.PostAsync($"api/v1/datasets/{dataset}/undo", body);

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_run_that_joins_personal_data_is_on_record_once()
    {
        await using var app = await TestApp.StartAsync();
        await RunAsync(app, "people", People);
        var version = (await app.GetJsonAsync("api/v1/datasets/people")).GetProperty("version").GetString();

        await RunAsync(app, "orders", $"name: Orders\nsteps:\n  - {{ id: read, type: csv, config: {{ file_path: data.csv }} }}\n"
            + $"  - {{ id: who, type: join, config: {{ dataset: people, version: {version}, on: [id] }} }}\n");
        var log = await app.GetJsonAsync("api/v1/datasets/people/access");

        var read = Assert.Single(log.GetProperty("reads").EnumerateArray());
        Assert.Equal(("pipeline:Orders", "join", version), (read.GetProperty("principal").GetString(), read.GetProperty("how").GetString(), read.GetProperty("version").GetString()));
    }

    static async Task<JsonElement> UndoAsync(TestApp app, string body, params (string Name, string Value)[] headers) =>
        await TestApp.JsonAsync(await app.PostAsync("api/v1/datasets/people/undo", body, headers));

    static async Task RunAsync(TestApp app, string name, string yaml)
    {
        app.Drop(name, "data.csv", "id,amount,mail\n1,2,a@example.org\n2,,b@example.org\n3,4,c@example.org\n");
        (await app.PostAsync($"api/v1/pipelines?id={name}", yaml)).EnsureSuccessStatusCode();
        var run = (await TestApp.JsonAsync(await app.PostAsync($"api/v1/pipelines/{name}/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }
}
