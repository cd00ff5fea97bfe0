using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Embedding;

public sealed class CheckVectorsTests
{
    [Theory]
    [InlineData("""{"texts":["a","b"],"embeddings":[[1,2],[3,4]],"options":{"min_examples":0,"min_unique_words":0}}""", "?min=2&max=2", "")]
    [InlineData("""{"texts":[],"embeddings":[],"options":{"min_examples":0,"min_unique_words":0}}""", "", "")]
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
        Assert.Equal(reasons.Length == 0, answer.GetProperty("is_valid").GetBoolean());
    }

    [Fact]
    public async Task The_result_of_a_set_has_its_names_and_figures()
    {
        await using var app = await TestApp.StartAsync();

        // Five texts of 10, 10, 12, 14 and 14 words, one of them twice.
        var texts = new[] { Words('a', 10), Words('a', 10), Words('b', 12), Words('c', 14), Words('d', 14) };
        var body = JsonSerializer.Serialize(new { texts, embeddings = texts.Select(_ => new[] { 1.0, 2.0 }) });
        var answer = await TestApp.JsonAsync(await app.PostAsync("/api/v1/embeddings/check?min=2&max=2", body));
        var refused = await TestApp.JsonAsync(await app.PostAsync("/api/v1/embeddings/check?min=3&max=3", body.Replace("}", ",\"options\":{\"max_duplicate_ratio\":0.1,\"min_examples\":6}}", StringComparison.Ordinal)));

        Assert.True(answer.GetProperty("is_valid").GetBoolean());
        Assert.Equal("Data validation successful", answer.GetProperty("message").GetString());
        Assert.NotEqual(default, answer.GetProperty("timestamp").GetDateTimeOffset());
        var metrics = answer.GetProperty("metrics");
        Assert.Equal(["num_samples", "avg_sequence_length", "std_sequence_length", "quality_score", "duplicate_ratio", "tfidf_score"], metrics.EnumerateObject().Select(m => m.Name));

        // (3 ln(6/2) and 2 ln(6/3)) / 5 ln 6: the words of the copies are in two texts, those of the others in one.
        Assert.Equal([5, 12, 2, 0.8, 0.2, Math.Round(((3 * Math.Log(3)) + (2 * Math.Log(2))) / (5 * Math.Log(6)), 6)], metrics.EnumerateObject().Select(m => m.Value.GetDouble()));
        Assert.False(refused.GetProperty("is_valid").GetBoolean());
        Assert.Matches(
            "^Found 5 examples; expected at least min_examples = 6. 20.0.?% of the examples are copies; expected at most max_duplicate_ratio = 0.1. Vectors have 2 numbers; expected 3 to 3.",
            refused.GetProperty("message").GetString());
    }

    static string Words(char letter, int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"{letter}{i}"));

    [Theory]
    [InlineData("nothing", "", "The body is not the JSON that is expected")]
    [InlineData("{}", "", "The body lacks texts or embeddings.")]
    [InlineData("""{"texts":["a"],"embeddings":[[1]],"options":{"max_words":1}}""", "?min=1", "The options have problems; nothing was checked.")]
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
