namespace Sluice.Labels.Review;

/// <summary>Rows of a queue that are answered by a crowd, Amazon Mechanical Turk, instead of by named reviewers. Each row is one HIT with as many assignments as the quorum.</summary>
public sealed record CrowdTask
{
    /// <summary>Who is asked, where a reviewer's name stands.</summary>
    public const string Name = "mturk";

    /// <summary>US dollars for one answer, 0.01 to 100; Amazon's fee comes on top.</summary>
    public decimal Reward { get; init; }

    /// <summary>What workers see in the list of HITs, 1 to 128 characters.</summary>
    public string Title { get; init; } = "";

    /// <summary>What is to be done, 1 to 2,000 characters.</summary>
    public string Description { get; init; } = "";

    /// <summary>Words by which workers find it, separated by commas. Default: none.</summary>
    public string Keywords { get; init; } = "";

    /// <summary>Columns that workers are shown; all others stay here. At least one.</summary>
    public IReadOnlyList<string> ShowColumns { get; init; } = [];

    /// <summary>Time that a worker has for one answer, 30 seconds to one day. Default: 10 minutes.</summary>
    public TimeSpan WorkTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often answers are looked for, one second to one hour. Default: one minute.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Only workers of whose earlier answers, for all requesters, at least so many percent were approved, 1 to 100. Default: any.</summary>
    public int? MinApprovalPercent { get; init; }

    /// <summary>Whether wrong answers to gold questions are rejected, and not paid. Default: false, they are only counted.</summary>
    public bool RejectWrongGold { get; init; }

    /// <summary>The name of a worker's answers.</summary>
    public static string Reviewer(string worker) => $"{Name}.{worker}";

    /// <summary>Whether an answer is a worker's.</summary>
    public static bool IsWorker(string reviewer) => reviewer.StartsWith(Name + ".", StringComparison.Ordinal);

    internal IEnumerable<string> Problems(ReviewRequest request)
    {
        if (Reward is < 0.01m or > 100 || decimal.Round(Reward, 2) != Reward)
        {
            yield return $"crowd.reward is {Reward}; expected 0.01 to 100 US dollars, in whole cents.";
        }

        if (Title.Length is 0 or > 128 || Description.Length is 0 or > 2_000 || Keywords.Length > 1_000)
        {
            yield return "crowd.title needs 1 to 128 characters, crowd.description 1 to 2,000, and crowd.keywords has at most 1,000.";
        }

        if (request.Labels.Count is < 2 or > 50)
        {
            yield return $"A crowd chooses among labels: found {request.Labels.Count}; expected 2 to 50 in labels.";
        }

        if (ShowColumns.Count == 0)
        {
            yield return "crowd.show_columns is empty. Name the columns that strangers may see; no others are shown.";
        }

        if (ShowColumns.Contains(request.LabelColumn, StringComparer.Ordinal))
        {
            yield return $"crowd.show_columns names '{request.LabelColumn}', the column with the label that workers are asked for. Leave it out.";
        }

        if (request.Reviewers.Count > 0)
        {
            yield return "A queue is answered by reviewers or by a crowd, not by both. Leave reviewers out, or crowd; adjudicators and experts go with either.";
        }

        if (WorkTime < TimeSpan.FromSeconds(30) || WorkTime > TimeSpan.FromDays(1) || PollEvery < TimeSpan.FromSeconds(1) || PollEvery > TimeSpan.FromHours(1))
        {
            yield return $"crowd.work_time is {WorkTime}, expected 30 seconds to one day; crowd.poll_every is {PollEvery}, expected one second to one hour.";
        }

        if (request.Timeout < TimeSpan.FromSeconds(30))
        {
            yield return $"The timeout is {request.Timeout}; a HIT lives 30 seconds at least.";
        }

        if (MinApprovalPercent is < 1 or > 100)
        {
            yield return $"crowd.min_approval_percent is {MinApprovalPercent}; expected 1 to 100.";
        }
    }
}

/// <summary>A HIT that was made for an item.</summary>
/// <param name="Id">Its id at Mechanical Turk.</param>
/// <param name="Item">The item.</param>
/// <param name="Attempt">Which one for this item, from 0.</param>
public sealed record CrowdHit(string Id, int Item, int Attempt);
