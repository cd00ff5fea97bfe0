using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;
using Sluice.Functions.Tests.Reviews;
using Sluice.Labels;

namespace Sluice.Functions.Tests.Crowd;

/// <summary>Rows of a review queue that a crowd answers, against Mechanical Turk's protocol on loopback.</summary>
public sealed class CrowdReviewTests
{
    const string Csv = "id,kind,body,email\n1,low,a small <b>stone</b>,x@y.z\n2,low,a tall tower,q@y.z\n3,low,a known thing,g@y.z\n";

    const string Request = """
        {"labels":["low","high"],"choose":"all","feature_columns":[],"quorum":2,"gold":[{"key":["3"],"label":"high"}],"adjudicators":["judge"],
         "crowd":{"reward":0.05,"title":"How tall is it?","description":"Choose one.","show_columns":["body"],"poll_every":"00:00:01","min_approval_percent":95,"reject_wrong_gold":true}}
        """;

    [Fact]
    public async Task Workers_answer_as_reviewers_do_and_are_paid()
    {
        await using var turk = await FakeTurk.StartAsync();
        await using var app = await ReviewsTests.CommittedAsync(csv: Csv, settings: turk.Settings);
        var queue = await ReviewsTests.CreateAsync(app, Request);
        await Wait.UntilAsync("three HITs are made", () => Task.FromResult(turk.Hits.Count == 3));

        var (stone, tower, gold) = (turk.HitOf("stone"), turk.HitOf("tower"), turk.HitOf("known thing"));
        var hit = turk.Hits[stone];
        Assert.Equal(("0.05", 2), (hit.GetProperty("Reward").GetString(), hit.GetProperty("MaxAssignments").GetInt32()));
        Assert.Equal(95, hit.GetProperty("QualificationRequirements")[0].GetProperty("IntegerValues")[0].GetInt32());
        Assert.DoesNotContain("y.z", hit.GetProperty("Question").GetString());
        turk.Answer(stone, "W1", "low");
        turk.Answer(stone, "W2", "low");
        turk.Answer(tower, "W1", "low");
        turk.Answer(tower, "W2", "high");
        turk.Answer(gold, "W1", "low");
        turk.Answer(gold, "W2", "high");

        // The two do not agree on the tower: the adjudicator decides as in any queue.
        var asked = await ReviewsTests.NextAsync(app, queue, "judge");
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/answers", JsonSerializer.Serialize(new { item = asked.GetProperty("item").GetInt32(), reviewer = "judge", label = "high" }))).StatusCode);
        var status = await ReviewsTests.DoneAsync(app, queue);

        var labels = LabelOverlay.Parse(await app.Http.GetByteArrayAsync($"/api/v1/reviews/{queue}/results"), "r").Labels.ToDictionary(l => l.Key["id"]!, l => l.Label);
        Assert.Equal([("1", "low"), ("2", "high")], labels.OrderBy(l => l.Key).Select(l => (l.Key, l.Value)));
        var reviewers = status.GetProperty("report").GetProperty("reviewers").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("goldRight").GetInt32());
        Assert.Equal((0, 1), (reviewers["mturk.W1"], reviewers["mturk.W2"]));
        Assert.Equal((0.3m, 72), (status.GetProperty("cost").GetProperty("total").GetDecimal(), status.GetProperty("report").GetProperty("time").GetProperty("seconds").GetInt32()));
        Assert.Equal(["Approved", "Approved", "Approved", "Approved", "Rejected", "Approved"], turk.Assignments.Select(a => a.Status));
        Assert.Equal(3, turk.Hits.Count);
    }

    [Fact]
    public async Task A_reply_that_is_lost_makes_no_second_hit_and_an_answer_that_is_none_is_not_counted()
    {
        await using var turk = await FakeTurk.StartAsync();
        turk.LostReplies = 1;
        await using var app = await ReviewsTests.CommittedAsync(csv: Csv, settings: turk.Settings);
        var queue = await ReviewsTests.CreateAsync(app, Request.Replace("\"quorum\":2", "\"quorum\":1", StringComparison.Ordinal).Replace("\"gold\":[{\"key\":[\"3\"],\"label\":\"high\"}],", "", StringComparison.Ordinal));
        await Wait.UntilAsync("all HITs are asked about", () => Task.FromResult(turk.Hits.Count == 3 && turk.Calls.Count(c => c == "CreateHIT") == 4));

        foreach (var hit in turk.Hits.Keys)
        {
            turk.Answer(hit, "W1", "nonsense");
            turk.Answer(hit, "W2", "high");
        }

        var status = await ReviewsTests.DoneAsync(app, queue);
        Assert.Equal(["mturk.W2"], status.GetProperty("report").GetProperty("reviewers").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.All(turk.Assignments, a => Assert.Equal(a.Worker == "W1" ? "Rejected" : "Approved", a.Status));
        Assert.Equal(3, turk.Hits.Count);
    }

    [Fact]
    public async Task Cancelling_the_queue_ends_its_hits()
    {
        await using var turk = await FakeTurk.StartAsync();
        await using var app = await ReviewsTests.CommittedAsync(csv: Csv, settings: turk.Settings);
        var queue = await ReviewsTests.CreateAsync(app, Request);
        await Wait.UntilAsync("HITs are watched", () => Task.FromResult(turk.Calls.Count(c => c == "ListAssignmentsForHIT") >= 3 && turk.Hits.Count == 3));

        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/api/v1/reviews/{queue}/cancel")).StatusCode);

        Assert.Equal(turk.Hits.Keys.Order(), turk.Expired.Order());
    }

    [Fact]
    public async Task Without_an_account_and_with_wrong_options_nothing_is_created()
    {
        await using var app = await ReviewsTests.CommittedAsync(csv: Csv);

        var refused = await app.PostAsync("/api/v1/reviews", ReviewsTests.Body(Request));
        var wrong = await app.PostAsync("/api/v1/reviews", ReviewsTests.Body("""{"reviewers":["anna"],"crowd":{"reward":0.001,"title":"","description":"x","show_columns":["kind"]}}"""));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.StartsWith("This app has no account of Mechanical Turk.", (await TestApp.JsonAsync(refused)).GetProperty("error").GetString());
        var problems = (await TestApp.JsonAsync(wrong)).GetProperty("problems").EnumerateArray().Select(p => p.GetString()![..20]).ToList();
        Assert.Equal(["crowd.reward is 0.00", "crowd.title needs 1 ", "A crowd chooses amon", "crowd.show_columns n", "A queue is answered "], problems);
    }
}
