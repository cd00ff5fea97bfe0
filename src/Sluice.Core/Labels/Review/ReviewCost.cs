namespace Sluice.Labels.Review;

/// <summary>What a person's work costs.</summary>
public record ReviewPrice
{
    /// <summary>For each answer, 0 or more. Default: 0.</summary>
    public decimal PerAnswer { get; init; }

    /// <summary>For each hour of looking at rows, 0 or more; of answers that do not say how long they took, nothing is counted. Default: 0.</summary>
    public decimal PerHour { get; init; }

    internal bool IsPrice => PerAnswer is >= 0 and <= 1_000_000 && PerHour is >= 0 and <= 1_000_000;

    internal decimal Of(ReviewAnswer answer) => PerAnswer + (PerHour * (decimal)(answer.Seconds ?? 0) / 3_600);
}

/// <summary>What everybody's work costs.</summary>
public sealed record ReviewPrices : ReviewPrice
{
    /// <summary>What the prices are in. Default: USD.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>Prices of those whose work costs something else, such as experts, by name. Default: none.</summary>
    public IReadOnlyDictionary<string, ReviewPrice> Reviewers { get; init; } = new Dictionary<string, ReviewPrice>();

    internal ReviewPrice For(string reviewer) => Reviewers.GetValueOrDefault(CrowdTask.IsWorker(reviewer) ? CrowdTask.Name : reviewer) ?? this;

    internal ReviewPrices With(string reviewer, ReviewPrice price) => this with { Reviewers = Reviewers.Where(r => r.Key != reviewer).Append(new(reviewer, price)).ToDictionary() };

    internal IEnumerable<string> Problems(ReviewRequest request)
    {
        if (!IsPrice || Reviewers.Values.Any(p => !p.IsPrice))
        {
            yield return "A price is below 0 or above 1,000,000. Give per_answer and per_hour as amounts of money.";
        }

        if (Currency.Length is < 3 or > 8 || !Currency.All(char.IsAsciiLetterUpper))
        {
            yield return $"The currency '{Currency}' is none. Give its code, such as USD or EUR.";
        }

        var known = request.Plan("", "", "").Everybody().ToHashSet(StringComparer.Ordinal);
        foreach (var name in Reviewers.Keys.Where(name => !known.Contains(name)))
        {
            yield return $"There is a price for '{name}', who is neither reviewer, adjudicator nor expert of this queue.";
        }
    }
}

/// <summary>What one person's answers cost.</summary>
/// <param name="Reviewer">Who.</param>
/// <param name="Answers">How many.</param>
/// <param name="Seconds">How long they took, of those that say so.</param>
/// <param name="Untimed">Answers that do not say how long they took.</param>
/// <param name="Amount">Money.</param>
public sealed record ReviewerCost(string Reviewer, int Answers, double Seconds, int Untimed, decimal Amount);

/// <summary>What one row cost.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Key">Values of the key columns.</param>
/// <param name="Answers">Answers on it.</param>
/// <param name="Seconds">How long they took, of those that say so.</param>
/// <param name="Amount">Money; null where no prices were given.</param>
public sealed record ItemCost(int Item, IReadOnlyList<string?> Key, int Answers, double Seconds, decimal? Amount);

/// <summary>What a review cost so far, in money: every answer counts, also on rows that have not ended.</summary>
/// <param name="Currency">What amounts are in.</param>
/// <param name="Total">All of it.</param>
/// <param name="Gold">Of that, answers to gold questions: what knowing the reviewers costs.</param>
/// <param name="PerLabel">Total for each label that was decided; null while there is none.</param>
/// <param name="Reviewers">By reviewer.</param>
public sealed record ReviewCost(string Currency, decimal Total, decimal Gold, decimal? PerLabel, IReadOnlyList<ReviewerCost> Reviewers)
{
    // Smaller parts of money than this are nobody's.
    const int Digits = 4;

    internal static ReviewCost Of(
        ReviewPrices prices, IReadOnlyList<(int Item, ReviewAnswer Answer)> answers, IReadOnlyList<(ReviewedRow Row, ReviewOutcome Outcome, IReadOnlyList<ReviewAnswer> Answers)> outcomes)
    {
        decimal Sum(IEnumerable<ReviewAnswer> some) => some.Sum(a => prices.For(a.Reviewer).Of(a));
        var (total, labels) = (Sum(answers.Select(a => a.Answer)), outcomes.Count(o => o.Outcome is { Label: not null, How: not "gold" }));
        return new ReviewCost(
            prices.Currency, Round(total), Round(Sum(outcomes.Where(o => o.Row.Gold is not null).SelectMany(o => o.Answers))), labels == 0 ? null : Round(total / labels),
            [
                .. answers.Select(a => a.Answer).GroupBy(a => a.Reviewer, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new ReviewerCost(g.Key, g.Count(), Seconds(g), g.Count(a => a.Seconds is null), Round(Sum(g)))),
            ]);
    }

    /// <summary>What every row cost that has an answer.</summary>
    public static async Task<IReadOnlyList<ItemCost>> ItemsAsync(ReviewStore reviews, ReviewPlan plan, CancellationToken cancellation)
    {
        var items = new List<ItemCost>();
        foreach (var item in (await reviews.AnswersAsync(plan.Queue, cancellation)).GroupBy(a => a.Item, a => a.Answer).OrderBy(g => g.Key))
        {
            var row = await reviews.RowAsync(plan.Queue, item.Key, cancellation);
            items.Add(new ItemCost(item.Key, row.Key, item.Count(), Seconds(item), plan.Prices is { } prices ? Round(item.Sum(a => prices.For(a.Reviewer).Of(a))) : null));
        }

        return items;
    }

    static double Seconds(IEnumerable<ReviewAnswer> answers) => Math.Round(answers.Sum(a => a.Seconds ?? 0), 1);

    static decimal Round(decimal amount) => Math.Round(amount, Digits, MidpointRounding.AwayFromZero);
}
