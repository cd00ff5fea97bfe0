using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Tests.App;
using Sluice.Labels;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Reviews;

/// <summary>Review queues over HTTP on the embedded engine: people who answer, twice, late, after the end, and not at all.</summary>
public sealed class ReviewsTests
{
    const string Yaml = """
        name: t
        dataset: t
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }

        """;

    [Fact]
    public async Task Two_who_agree_make_a_label_and_gold_questions_tell_how_good_they_are()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna","bert"],"quorum":2,"limit":2,"choose":"all","gold":[{"key":["3"],"label":"low"}]}""");

        for (var turn = 0; turn < 6; turn++)
        {
            var reviewer = turn % 2 == 0 ? "anna" : "bert";
            var asked = await NextAsync(app, queue, reviewer);
            Assert.Equal(JsonValueKind.Null, asked.GetProperty("row").GetProperty("gold").ValueKind);
            var id = int.Parse(asked.GetProperty("row").GetProperty("key")[0].GetString()!, CultureInfo.InvariantCulture);
            await AnswerAsync(app, queue, asked, reviewer, id == 3 && reviewer == "bert" ? "high" : id < 30 ? "low" : "high");
        }

        var status = await DoneAsync(app, queue);
        Assert.Equal((2, 1), (status.GetProperty("by").GetProperty("agreed").GetInt32(), status.GetProperty("by").GetProperty("gold").GetInt32()));
        var reviewers = status.GetProperty("report").GetProperty("reviewers");
        Assert.Equal([1, 0], reviewers.EnumerateArray().Select(r => r.GetProperty("goldRight").GetInt32()));
        var labels = LabelOverlay.Parse(await app.Http.GetByteArrayAsync($"/api/v1/reviews/{queue}/results"), "results");
        Assert.Equal(2, labels.Labels.Count);
        Assert.All(labels.Labels, l => Assert.Equal(("anna bert", int.Parse(l.Key["id"]!, CultureInfo.InvariantCulture) < 30 ? "low" : "high"), (string.Join(' ', l.By!), l.Label)));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await app.EndAsync(queue)).RuntimeStatus);
    }

    [Fact]
    public async Task Suspected_label_errors_are_asked_first_with_the_suggestion()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1}""");

        var next = await NextAsync(app, queue, "anna");

        // Row 5 is planted: its number is low and its label is high.
        var row = next.GetProperty("row");
        Assert.Equal(("5", "high", "low"), (row.GetProperty("key")[0].GetString(), row.GetProperty("given").GetString(), row.GetProperty("suggested").GetString()));
        Assert.Equal("5", row.GetProperty("row").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Suspects_are_found_by_the_vectors_of_a_text_too()
    {
        var text = new StringBuilder("id,body,kind\n");
        string[] meals = ["soup", "bread", "salad", "pasta", "rice", "fish", "cake", "stew"], papers = ["loan", "invoice", "tax", "mortgage", "payment", "salary", "rent", "debt"];
        for (var i = 0; i < 80; i++)
        {
            var body = i < 40 ? $"How long do I cook the {meals[i % 8]} with {meals[i / 8]} in the oven" : $"When does the bank want the {papers[i % 8]} and the {papers[(i - 40) / 8]} of this year";
            text.Append(CultureInfo.InvariantCulture, $"{i},{body},{(i is < 40 and not 11 ? "food" : "money")}\n");
        }

        await using var app = await CommittedAsync(csv: text.ToString());
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1,"feature_columns":[],"features":{"text":"body"}}""");

        // Row 11 is planted: it is of food, and its label is money.
        var row = (await NextAsync(app, queue, "anna")).GetProperty("row");
        Assert.Equal(("11", "money", "food"), (row.GetProperty("key")[0].GetString(), row.GetProperty("given").GetString(), row.GetProperty("suggested").GetString()));
    }

    [Fact]
    public async Task Rows_with_a_rank_are_asked_about_in_its_order()
    {
        var csv = "id,kind,review_rank\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},low,{(i == 7 ? "2" : i == 3 ? "1" : "")}\n"));
        await using var app = await CommittedAsync(csv: csv);
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":5,"choose":"ranked","feature_columns":[]}""");

        foreach (var id in new[] { "3", "7" })
        {
            var next = await NextAsync(app, queue, "anna");
            Assert.Equal(id, next.GetProperty("row").GetProperty("key")[0].GetString());
            await AnswerAsync(app, queue, next, "anna", "low");
        }

        Assert.Equal(2, (await DoneAsync(app, queue)).GetProperty("items").GetInt32());
    }

    [Fact]
    public async Task The_time_that_answers_took_is_reported()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":3,"choose":"all"}""");
        foreach (var seconds in new[] { 2.0, 7.5, 90_000 })
        {
            var item = (await NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();
            Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/answers", JsonSerializer.Serialize(new { item, reviewer = "anna", label = "low", seconds }))).StatusCode);
        }

        var time = (await DoneAsync(app, queue)).GetProperty("report").GetProperty("time");

        // Nobody looks at a row for a day: that one is not counted.
        Assert.Equal((2, 9.5, 4.75), (time.GetProperty("answers").GetInt32(), time.GetProperty("seconds").GetDouble(), time.GetProperty("median").GetDouble()));
    }

    [Fact]
    public async Task The_page_holds_no_data_and_may_run_its_own_script_only()
    {
        await using var app = await TestApp.StartAsync();

        var response = await app.Http.GetAsync("/api/v1/reviews/any/page");

        var page = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        foreach (var (element, directive) in new[] { ("script", "script-src"), ("style", "style-src") })
        {
            var inner = System.Text.RegularExpressions.Regex.Match(page, $"<{element}>(.*?)</{element}>", System.Text.RegularExpressions.RegexOptions.Singleline).Groups[1].Value;
            Assert.Contains($"{directive} 'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(inner)))}'", policy, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(" (on[a-z]+|style)=\"", page);
    }

    [Fact]
    public async Task Who_answers_twice_late_or_unasked_is_told_so()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna","bert","cleo"],"quorum":1,"limit":1,"choose":"all","labels":["low","high"],"timeout":"00:00:01"}""");
        var asked = (await NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();

        // Anna lets her time go by; somebody else is asked, and answers.
        await NextAsync(app, queue, "bert");
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (await PostAsync(app, queue, asked, "bert", "middle"), await PostAsync(app, queue, asked, "zoe", "low")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(app, queue, asked, "bert", "low"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (await PostAsync(app, queue, asked, "bert", "low"), await PostAsync(app, queue, asked, "bert", "high")));

        await DoneAsync(app, queue);
        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.OK), (await PostAsync(app, queue, asked, "anna", "high"), await PostAsync(app, queue, asked, "bert", "low")));
        Assert.Equal("low", LabelOverlay.Parse(await app.Http.GetByteArrayAsync($"/api/v1/reviews/{queue}/results"), "r").Labels.Single().Label);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.GetAsync($"/api/v1/reviews/{queue}/next?reviewer=anna")).StatusCode);
    }

    [Fact]
    public async Task A_conflict_goes_to_the_adjudicator_across_a_restart()
    {
        using var folder = new TemporaryFolder();
        string queue;
        await using (var app = await CommittedAsync(folder.Path))
        {
            queue = await CreateAsync(app, """{"reviewers":["anna","bert"],"adjudicators":["judge"],"quorum":2,"limit":1,"choose":"all"}""");
            await AnswerAsync(app, queue, await NextAsync(app, queue, "anna"), "anna", "low");
        }

        await using (var app = await TestApp.StartAsync(folder.Path))
        {
            await AnswerAsync(app, queue, await NextAsync(app, queue, "bert"), "bert", "high");
            var judged = await NextAsync(app, queue, "judge");
            Assert.Equal(["high", "low"], judged.GetProperty("answers").EnumerateArray().Select(a => a.GetString()));
            await AnswerAsync(app, queue, judged, "judge", "high");

            var status = await DoneAsync(app, queue);
            Assert.Equal(1, status.GetProperty("by").GetProperty("adjudicated").GetInt32());
        }
    }

    [Fact]
    public async Task An_answer_whose_event_was_lost_counts_when_it_is_told_again_or_the_time_is_over()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":2,"choose":"all","timeout":"00:00:02"}""");
        var first = (await NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();

        // As if the app had died between the record and the event.
        await ReviewsAnswerAsync(app, queue, first, "low");
        await ReviewsAnswerAsync(app, queue, 1 - first, "low");
        Assert.Equal(HttpStatusCode.OK, await PostAsync(app, queue, first, "anna", "low"));

        Assert.Equal(2, (await DoneAsync(app, queue)).GetProperty("by").GetProperty("agreed").GetInt32());
    }

    [Fact]
    public async Task Nothing_counts_after_a_queue_is_cancelled_and_cancelling_twice_is_once()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":2,"choose":"all"}""");
        var item = (await NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();

        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/cancel")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/cancel")).StatusCode);

        Assert.Equal(HttpStatusCode.Gone, await PostAsync(app, queue, item, "anna", "low"));
        Assert.Equal(HttpStatusCode.Gone, (await app.Http.GetAsync($"/api/v1/reviews/{queue}/next?reviewer=anna")).StatusCode);
        Assert.Equal("cancelled", (await app.GetJsonAsync($"/api/v1/reviews/{queue}")).GetProperty("status").GetString());
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await app.EndAsync(queue)).RuntimeStatus);
    }

    [Fact]
    public async Task The_same_request_makes_one_queue()
    {
        await using var app = await CommittedAsync();

        var queues = new[] { await CreateAsync(app, """{"reviewers":["anna"],"limit":2}"""), await CreateAsync(app, """{"reviewers":["anna"],"limit":2}""") };

        Assert.Single(queues.Distinct());
    }

    [Theory]
    [InlineData("""{"reviewers":[]}""", "Found 0 reviewers")]
    [InlineData("""{"reviewers":["a/b"]}""", "cannot be a reviewer's name")]
    [InlineData("""{"reviewers":["a"],"quorum":3}""", "as many different ones as the quorum of 3")]
    [InlineData("""{"reviewers":["a"],"key_columns":[]}""", "No key_columns are named")]
    [InlineData("""{"reviewers":["a"],"key_columns":["nowhere"]}""", "'nowhere' does not exist")]
    [InlineData("""{"reviewers":["a"],"key_columns":["kind"],"choose":"all"}""", "Two rows have the key")]
    [InlineData("""{"reviewers":["a"],"reviewer":1}""", "not the JSON that is expected")]
    [InlineData("""{"reviewers":["a"],"dataset":"other"}""", "'other' does not exist")]
    public async Task What_cannot_be_reviewed_is_refused(string body, string error)
    {
        await using var app = await CommittedAsync();

        var response = await app.PostAsync("/api/v1/reviews", Body(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, await TextAsync(response), StringComparison.Ordinal);
    }

    static async Task<string> TextAsync(HttpResponseMessage response)
    {
        var json = await TestApp.JsonAsync(response);
        return json.GetProperty("error").GetString() + (json.TryGetProperty("problems", out var problems) ? string.Join(' ', problems.EnumerateArray().Select(p => p.GetString())) : "");
    }

    // Defaults of these tests, and what the test says over them.
    internal static string Body(string body)
    {
        var all = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var part in new[] { """{"dataset":"t","label_column":"kind","key_columns":["id"],"feature_columns":["x"]}""", body })
        {
            foreach (var property in JsonDocument.Parse(part).RootElement.EnumerateObject())
            {
                all[property.Name] = property.Value;
            }
        }

        return JsonSerializer.Serialize(all);
    }

    internal static async Task<string> CreateAsync(TestApp app, string body)
    {
        var response = await app.PostAsync("/api/v1/reviews", Body(body));
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return (await TestApp.JsonAsync(response)).GetProperty("queue").GetString()!;
    }

    internal static async Task<JsonElement> NextAsync(TestApp app, string queue, string reviewer)
    {
        HttpResponseMessage? response = null;
        await Wait.UntilAsync($"{reviewer} is asked", async () => (response = await app.Http.GetAsync($"/api/v1/reviews/{queue}/next?reviewer={reviewer}")).StatusCode == HttpStatusCode.OK);
        return await TestApp.JsonAsync(response!);
    }

    static async Task AnswerAsync(TestApp app, string queue, JsonElement asked, string reviewer, string label) =>
        Assert.Equal(HttpStatusCode.OK, await PostAsync(app, queue, asked.GetProperty("item").GetInt32(), reviewer, label));

    static async Task<HttpStatusCode> PostAsync(TestApp app, string queue, int item, string reviewer, string label) =>
        (await app.PostAsync($"/api/v1/reviews/{queue}/answers", JsonSerializer.Serialize(new { item, reviewer, label }))).StatusCode;

    static Task ReviewsAnswerAsync(TestApp app, string queue, int item, string label) => Wait.UntilAsync($"item {item} is shown", async () =>
        await ((Labels.Review.ReviewStore)app.Services.GetService(typeof(Labels.Review.ReviewStore))!).AnswerAsync(queue, item, "anna", label, CancellationToken.None)
            is Labels.Review.AnswerStatus.Accepted or Labels.Review.AnswerStatus.Repeated);

    internal static async Task<JsonElement> DoneAsync(TestApp app, string queue)
    {
        var status = default(JsonElement);
        await Wait.UntilAsync("the queue is done", async () => (status = await app.GetJsonAsync($"/api/v1/reviews/{queue}")).GetProperty("status").GetString() == "completed");
        return status;
    }

    // Numbers below 30 are low, others high; but row 5 is called high.
    internal static async Task<TestApp> CommittedAsync(string? folder = null, string? csv = null, (string Name, string Value)[]? settings = null)
    {
        var app = await TestApp.StartAsync(folder, settings: settings ?? []);
        var text = new StringBuilder("id,x,kind\n");
        for (var i = 0; i < 60; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{(i < 30 ? 0 : 10) + (i % 7 * 0.1)},{(i is < 30 and not 5 ? "low" : "high")}\n");
        }

        app.Drop("t", "data.csv", csv ?? text.ToString());
        var pipeline = await app.Pipelines.PutAsync(null, Yaml, refresh: false, CancellationToken.None);
        var request = app.Pipelines.Request(pipeline, app.Incoming("t"), "t-0123456789abcdef0123");
        await RunIds.StartOnceAsync(app.Client, request, CancellationToken.None);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await app.EndAsync(request.RunId)).RuntimeStatus);
        return app;
    }
}
