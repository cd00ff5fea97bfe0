using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class DatasetSchemaTests : IAsyncLifetime
{
    TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await RunAsync("films", "");
        await RunAsync("named", "  - { id: schema, type: schema_detection, config: { columns: [{ name: id, type: string, description: Number of the film }] } }\n");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Is_detected_once_and_again_only_when_asked()
    {
        var (first, second, third) = (await SchemaAsync("films"), await SchemaAsync("films"), await SchemaAsync("films", "?refresh=true&version=1"));

        Assert.Equal(("rows", "memory", "rows"), (From(first), From(second), From(third)));
        Assert.Equal(["id integer", "mail string", "seen datetime"], first.GetProperty("columns").EnumerateArray().Select(c => $"{c.GetProperty("name").GetString()} {c.GetProperty("type").GetString()}"));
        Assert.True(first.GetProperty("columns")[1].GetProperty("pii").GetBoolean());
        Assert.Equal(first.GetProperty("columns").ToString(), third.GetProperty("columns").ToString());
        Assert.Equal(JsonValueKind.Array, first.GetProperty("suggested_transformations").ValueKind);
    }

    [Fact]
    public async Task What_its_pipeline_declares_wins()
    {
        var schema = await SchemaAsync("named", "?refresh=true");

        Assert.Equal("pipeline", From(schema));
        Assert.Equal(("string", "Number of the film"), (schema.GetProperty("columns")[0].GetProperty("type").GetString(), schema.GetProperty("columns")[0].GetProperty("description").GetString()));
    }

    [Fact]
    public async Task A_model_that_is_not_configured_is_said_in_a_note()
    {
        var schema = await SchemaAsync("films", "?model=default");

        Assert.Contains(schema.GetProperty("notes").EnumerateArray(), n => n.GetString() == "No language model was asked: none is configured. Columns are described by what was detected.");
        Assert.False(schema.TryGetProperty("refinement", out _));
    }

    [Theory]
    [InlineData("films/schema?model=default&allow_personal_data=maybe", HttpStatusCode.BadRequest, "The query 'allow_personal_data' is 'maybe'. Expected true or false.")]
    [InlineData("none/schema", HttpStatusCode.NotFound, "Dataset 'none' does not exist.")]
    [InlineData("films/schema?refresh=maybe", HttpStatusCode.BadRequest, "The query 'refresh' is 'maybe'. Expected true or false.")]
    public async Task What_cannot_be_answered_is_refused(string path, HttpStatusCode status, string error)
    {
        var response = await app.Http.GetAsync($"api/v1/datasets/{path}");

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    static string? From(JsonElement schema) => schema.GetProperty("from").GetString();

    async Task<JsonElement> SchemaAsync(string dataset, string query = "") => await TestApp.JsonAsync(await app.Http.GetAsync($"api/v1/datasets/{dataset}/schema{query}"));

    async Task RunAsync(string name, string step)
    {
        app.Drop(name, "data.csv", "id,mail,seen\n1,ann@x.org,2024-01-05\n2,bob@y.com,2024-02-06\n3,eve@z.net,\n");
        await app.PostAsync("api/v1/pipelines", $"name: {name}\nsteps:\n  - {{ id: read, type: csv, config: {{ file_path: data.csv }} }}\n{step}");
        var run = (await TestApp.JsonAsync(await app.PostAsync($"api/v1/pipelines/{name}/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }
}
