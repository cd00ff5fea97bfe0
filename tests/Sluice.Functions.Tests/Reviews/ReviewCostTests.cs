using System.Net;
using System.Text.Json;

namespace Sluice.Functions.Tests.Reviews;

/// <summary>Rows that go to experts, and what reviews cost, over HTTP.</summary>
public sealed class ReviewCostTests
{
    [Fact]
    public async Task Experts_get_their_rows_and_every_answer_has_its_price()
    {
        await using var app = await ReviewsTests.CommittedAsync(csv: "id,kind,field\n1,low,plain\n2,low,x-ray\n");
        var queue = await ReviewsTests.CreateAsync(app, """
            {"reviewers":["anna"],"choose":"all","feature_columns":[],
             "experts":[{"reviewers":["dr"],"column":"field","values":["x-ray"]}],
             "prices":{"currency":"EUR","per_answer":0.1,"reviewers":{"dr":{"per_answer":1,"per_hour":90}}}}
            """);

        await AnswerAsync("anna", "1", 20);
        await AnswerAsync("dr", "2", 40);

        var status = await ReviewsTests.DoneAsync(app, queue);
        var cost = status.GetProperty("cost");
        Assert.Equal(("EUR", 2.1m, 1.05m), (cost.GetProperty("currency").GetString(), cost.GetProperty("total").GetDecimal(), cost.GetProperty("perLabel").GetDecimal()));
        Assert.Equal([("anna", 20, 0.1m), ("dr", 40, 2m)], cost.GetProperty("reviewers").EnumerateArray()
            .Select(r => (r.GetProperty("reviewer").GetString()!, r.GetProperty("seconds").GetInt32(), r.GetProperty("amount").GetDecimal())));
        var items = (await app.GetJsonAsync($"/api/v1/reviews/{queue}/costs")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([("1", 0.1m), ("2", 2m)], items.Select(i => (i.GetProperty("key")[0].GetString()!, i.GetProperty("amount").GetDecimal())).Order());

        async Task AnswerAsync(string reviewer, string id, double seconds)
        {
            var next = await ReviewsTests.NextAsync(app, queue, reviewer);
            Assert.Equal(id, next.GetProperty("row").GetProperty("key")[0].GetString());
            var answer = JsonSerializer.Serialize(new { item = next.GetProperty("item").GetInt32(), reviewer, label = "low", seconds });
            Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/answers", answer)).StatusCode);
        }
    }
}
