using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class PreviewDatasetTests : IAsyncLifetime
{
    TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        app.Drop("films", "data.csv", "id,name,score,day\n1,Ann,0.5,2020-01-31\n2,,3,2020-02-01\n");
        await app.PostAsync("api/v1/pipelines", "name: films\nsteps:\n  - { id: read, type: csv, config: { file_path: data.csv } }\n");
        var run = (await TestApp.JsonAsync(await app.PostAsync("api/v1/pipelines/films/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_preview_shows_the_first_rows_with_their_types()
    {
        var one = await app.GetJsonAsync("api/v1/datasets/films/preview?rows=1");
        var all = await app.GetJsonAsync("api/v1/datasets/films/preview?version=1");

        Assert.Equal(2, one.GetProperty("totalRows").GetInt64());
        Assert.Equal(["int64", "text", "float64", "date"], one.GetProperty("schema").EnumerateArray().Select(f => f.GetProperty("type").GetString()!));
        Assert.Equal("""[[1,"Ann",0.5,"2020-01-31"]]""", JsonSerializer.Serialize(one.GetProperty("rows")));
        Assert.Equal("""[[1,"Ann",0.5,"2020-01-31"],[2,null,3,"2020-02-01"]]""", JsonSerializer.Serialize(all.GetProperty("rows")));
    }

    [Theory]
    [InlineData("api/v1/datasets/none/preview", HttpStatusCode.NotFound, "Dataset 'none' does not exist. There are: films.")]
    [InlineData("api/v1/datasets/films/preview?rows=0", HttpStatusCode.BadRequest, "The query 'rows' is '0'. Expected a whole number from 1 to 1,000.")]
    [InlineData("api/v1/datasets/films/preview?rows=x", HttpStatusCode.BadRequest, "The query 'rows' is 'x'. Expected a whole number from 1 to 1,000.")]
    public async Task What_cannot_be_shown_is_one_clear_error(string path, HttpStatusCode status, string error)
    {
        var response = await app.Http.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }
}
