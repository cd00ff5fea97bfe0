using System.Net;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Embedding;

public sealed class CheckVectorsTests
{
    [Theory]
    [InlineData("""{"texts":["a","b"],"embeddings":[[1,2],[3,4]]}""", "?min=2&max=2", "")]
    [InlineData("""{"texts":[],"embeddings":[]}""", "", "")]
    [InlineData("""{"texts":["a","b"],"embeddings":[[1,2]]}""", "", "dimensions_out_of_range counts_differ")]
    [InlineData("""{"texts":["a","b"],"embeddings":[[1,null],["NaN",4]]}""", "?min=1", "not_finite")]
    [InlineData("""{"texts":["a","b"],"embeddings":[[1,2],[3]]}""", "?min=1", "uneven_vectors")]
    public async Task Says_every_problem_of_some_vectors(string body, string query, string reasons)
    {
        await using var app = await TestApp.StartAsync();

        var response = await app.PostAsync($"/api/v1/embeddings/check{query}", body);

        var answer = await TestApp.JsonAsync(response);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(reasons, string.Join(' ', answer.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("reason").GetString())));
        Assert.Equal(reasons.Length == 0, answer.GetProperty("valid").GetBoolean());
    }

    [Theory]
    [InlineData("nothing", "", "The body is not the JSON that is expected")]
    [InlineData("{}", "", "The body lacks texts or embeddings.")]
    [InlineData("""{"texts":["a"],"embeddings":[null]}""", "", "The body lacks texts or embeddings.")]
    [InlineData("""{"texts":["a"],"embeddings":[[1]]}""", "?min=9&max=3", "The queries 'min' and 'max' are '9' and '3'.")]
    [InlineData("""{"texts":["a"],"embeddings":[[1]]}""", "?min=many", "The queries 'min' and 'max' are 'many' and ''.")]
    public async Task Refuses_what_is_no_question(string body, string query, string error)
    {
        await using var app = await TestApp.StartAsync();

        var response = await app.PostAsync($"/api/v1/embeddings/check{query}", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }
}
