using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Labels.Review;

namespace Sluice.Functions.Crowd;

/// <summary>
/// Brings rows of a review queue to Mechanical Turk, and answers back as those of reviewers: quorum, gold questions, agreement and consensus are the queue's own. Everything here may be
/// delivered twice: a HIT has a token and a record, an answer is created once, and what was approved is not approved again.
/// </summary>
public sealed partial class CrowdReviews(MechanicalTurk turk, ReviewStore reviews, TimeProvider time)
{
    // Of Mechanical Turk: the share of approved assignments.
    const string ApprovedPercent = "000000000000000000L0";
    const string Exists = "HitAlreadyExists", InvalidState = "InvalidAssignmentState";
    const int PageSize = 100;
    static readonly TimeSpan paidAnyway = TimeSpan.FromDays(3);

    public bool IsConfigured => turk.IsConfigured;

    /// <summary>Makes the HIT that a turn asks for, unless it was made.</summary>
    public async Task<ReviewTurn> PostAsync(ReviewPlan plan, ReviewTurn turn, CancellationToken cancellation)
    {
        var asked = turn.Assignments.Where(a => a.Reviewer == CrowdTask.Name).ToList();
        if (turn.Outcome is not null || asked.Count == 0 || asked[^1].Until <= turn.Now)
        {
            return turn with { Poll = null };
        }

        var attempt = asked.Count - 1;
        if ((await reviews.HitsAsync(plan.Queue, turn.Item, cancellation)).All(h => h.Attempt != attempt))
        {
            var answers = await reviews.AnswersAsync(plan.Queue, turn.Item, cancellation);
            var row = await reviews.RowAsync(plan.Queue, turn.Item, cancellation);
            var id = await CreateAsync(plan, turn.Item, row, attempt, Math.Max(1, plan.Quorum - answers.Count), cancellation);
            await reviews.RecordAsync(plan.Queue, new CrowdHit(id, turn.Item, attempt), cancellation);
        }

        return turn with { Poll = plan.Crowd!.PollEvery };
    }

    /// <summary>Takes over what workers have answered on an item, and approves or rejects it.</summary>
    public async Task CollectAsync(ReviewPlan plan, int item, CancellationToken cancellation)
    {
        foreach (var hit in await reviews.HitsAsync(plan.Queue, item, cancellation))
        {
            var row = await reviews.RowAsync(plan.Queue, item, cancellation);
            string? next = null;
            do
            {
                var page = await DoneAsync("ListAssignmentsForHIT", Listed(hit.Id, next), cancellation);
                foreach (var assignment in page.GetProperty("Assignments").EnumerateArray())
                {
                    await TakeAsync(plan, item, row, assignment, cancellation);
                }

                next = page.TryGetProperty("NextToken", out var token) ? token.GetString() : null;
            }
            while (next is not null);
        }
    }

    /// <summary>Ends the HITs of a queue: nobody begins one any more. Who is at work is still paid.</summary>
    public async Task ExpireAsync(ReviewPlan plan, CancellationToken cancellation)
    {
        foreach (var hit in plan.Crowd is null || !IsConfigured ? [] : await reviews.HitsAsync(plan.Queue, null, cancellation))
        {
            await DoneAsync("UpdateExpirationForHIT", new { HITId = hit.Id, ExpireAt = time.GetUtcNow().ToUnixTimeSeconds() }, cancellation);
        }
    }

    static Dictionary<string, object> Listed(string hit, string? next)
    {
        var request = new Dictionary<string, object> { ["HITId"] = hit, ["MaxResults"] = PageSize, ["AssignmentStatuses"] = new[] { "Submitted", "Approved", "Rejected" } };
        if (next is not null)
        {
            request["NextToken"] = next;
        }

        return request;
    }

    async Task<string> CreateAsync(ReviewPlan plan, int item, ReviewedRow row, int attempt, int answers, CancellationToken cancellation)
    {
        var crowd = plan.Crowd!;
        var request = new Dictionary<string, object>
        {
            ["Title"] = crowd.Title,
            ["Description"] = crowd.Description,
            ["Reward"] = crowd.Reward.ToString("0.00", CultureInfo.InvariantCulture),
            ["MaxAssignments"] = answers,
            ["AssignmentDurationInSeconds"] = (long)crowd.WorkTime.TotalSeconds,
            ["LifetimeInSeconds"] = (long)plan.Timeout.TotalSeconds,
            ["AutoApprovalDelayInSeconds"] = (long)paidAnyway.TotalSeconds,
            ["RequesterAnnotation"] = $"{plan.Queue} {item}",
            ["UniqueRequestToken"] = Token(plan, item, attempt),
            ["Question"] = CrowdQuestion.Of(plan, row),
        };
        if (crowd.Keywords.Length > 0)
        {
            request["Keywords"] = crowd.Keywords;
        }

        if (crowd.MinApprovalPercent is { } percent)
        {
            request["QualificationRequirements"] = new[] { new { QualificationTypeId = ApprovedPercent, Comparator = "GreaterThanOrEqualTo", IntegerValues = new[] { percent } } };
        }

        var reply = await turk.CallAsync("CreateHIT", request, cancellation);
        if (reply.Code is null)
        {
            return reply.Body.GetProperty("HIT").GetProperty("HITId").GetString()!;
        }

        // An earlier delivery made it and ended before it was recorded.
        return reply.Code.EndsWith(Exists, StringComparison.OrdinalIgnoreCase) && HitId().Match(reply.Message!) is { Success: true } found ? found.Value : throw Refused("CreateHIT", reply);
    }

    // A hash: names of queues may be longer than a token, and another store of the same account may have a queue of the same name.
    static string Token(ReviewPlan plan, int item, int attempt) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{plan.Queue}\n{plan.Dataset}\n{plan.Version}\n{item}\n{attempt}"))).AsSpan(0, 24));

    async Task TakeAsync(ReviewPlan plan, int item, ReviewedRow row, JsonElement assignment, CancellationToken cancellation)
    {
        var (id, worker) = (assignment.GetProperty("AssignmentId").GetString()!, assignment.GetProperty("WorkerId").GetString()!);
        var label = CrowdQuestion.LabelOf(assignment.GetProperty("Answer").GetString()!, plan);
        if (label is not null && ReviewRequest.IsName(CrowdTask.Reviewer(worker)))
        {
            // Every delivery says the same of an answer: the times are the service's own.
            var (from, to) = (Time(assignment, "AcceptTime"), Time(assignment, "SubmitTime"));
            await reviews.RecordAsync(plan.Queue, item, new ReviewAnswer(CrowdTask.Reviewer(worker), label, to.UtcDateTime, Math.Round((to - from).TotalSeconds, 1)), cancellation);
        }

        if (assignment.GetProperty("AssignmentStatus").GetString() == "Submitted")
        {
            var isRejected = label is null || (plan.Crowd!.RejectWrongGold && row.Gold is { } gold && gold != label);
            var reply = isRejected
                ? await turk.CallAsync("RejectAssignment", new { AssignmentId = id, RequesterFeedback = label is null ? "The answer was empty." : "The answer to a question with a known answer was wrong." }, cancellation)
                : await turk.CallAsync("ApproveAssignment", new { AssignmentId = id }, cancellation);
            if (reply.Code is { } code && !code.EndsWith(InvalidState, StringComparison.OrdinalIgnoreCase))
            {
                throw Refused(isRejected ? "RejectAssignment" : "ApproveAssignment", reply);
            }
        }
    }

    async Task<JsonElement> DoneAsync(string operation, object request, CancellationToken cancellation)
    {
        var reply = await turk.CallAsync(operation, request, cancellation);
        return reply.Code is null ? reply.Body : throw Refused(operation, reply);
    }

    static DateTimeOffset Time(JsonElement assignment, string name) => DateTimeOffset.FromUnixTimeMilliseconds((long)(assignment.GetProperty(name).GetDouble() * 1_000));

    static DataException Refused(string operation, TurkReply reply) =>
        new($"Mechanical Turk refused {operation}: {reply.Code}: {reply.Message} Check the account (keys, balance, permissions) and what the queue asks for.");

    [GeneratedRegex(@"\b[A-Z0-9]{20,64}\b")]
    private static partial Regex HitId();
}
