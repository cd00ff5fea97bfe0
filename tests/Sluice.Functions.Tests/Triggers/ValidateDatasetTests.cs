using System.Net;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class ValidateDatasetTests : IAsyncLifetime
{
    TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        app.Drop("films", "data.csv", "id,name,score\n1,Ann,0.5\n2,,3\n2,,3\n4,Bob,9\n");
        await app.PostAsync("api/v1/pipelines", "name: films\nsteps:\n  - { id: read, type: csv, config: { file_path: data.csv } }\n");
        var run = (await TestApp.JsonAsync(await app.PostAsync("api/v1/pipelines/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Without_a_body_all_checks_run()
    {
        var answer = await TestApp.JsonAsync(await app.PostAsync("api/v1/datasets/films/validate"));

        var issues = answer.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("issues").GetInt64());
        Assert.Equal((4, true), (answer.GetProperty("rows").GetInt64(), answer.GetProperty("passed").GetBoolean()));
        Assert.Equal((2, 1, 0), (issues["missing_value"], issues["duplicate_row"], issues["corrupt_text"]));
        Assert.Contains(answer.GetProperty("suggestions").EnumerateArray(), s => s.GetProperty("check").GetString() == "duplicate_row");
    }

    [Fact]
    public async Task Rules_and_gates_are_those_of_the_step()
    {
        var answer = await TestApp.JsonAsync(await app.PostAsync(
            "api/v1/datasets/films/validate?version=1", "checks: [missing]\nbusiness_rules: [{ type: unique, column: id }]\nmax_issue_rate: { not_unique: 0 }\n"));

        Assert.False(answer.GetProperty("passed").GetBoolean());
        Assert.StartsWith("not_unique in 'id': 1 of 4 rows", answer.GetProperty("gateFailures")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["missing_value", "not_unique"], answer.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
    }

    [Theory]
    [InlineData("checks: [nope]", "checks[0]: 'nope' is no check.")]
    [InlineData("business_rules: [{ type: unique, column: idd }]", "business_rules[0].column: Column 'idd' does not exist here.")]
    [InlineData("{ \"score\": 1 }", "'score' is not an option of quality_validation.")]
    public async Task Options_that_are_wrong_are_problems(string options, string problem)
    {
        var response = await app.PostAsync("api/v1/datasets/films/validate", options);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(problem, (await TestApp.JsonAsync(response)).GetProperty("problems")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_that_does_not_exist_is_not_found()
    {
        var response = await app.PostAsync("api/v1/datasets/none/validate");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("Dataset 'none' does not exist. There are: films.", (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }
}
