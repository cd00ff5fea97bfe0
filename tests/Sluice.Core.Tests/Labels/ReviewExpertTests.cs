using Sluice.Batches;
using Sluice.Labels.Review;

namespace Sluice.Core.Tests.Labels;

/// <summary>Who is asked about rows that take special knowledge, and what answers cost.</summary>
public sealed class ReviewExpertTests
{
    static readonly DateTime start = new(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc);

    static readonly ReviewPlan plan = new()
    {
        Queue = "q",
        Dataset = "d",
        Version = "v",
        KeyColumns = ["id"],
        LabelColumn = "label",
        Reviewers = ["a", "b", "c"],
        Adjudicators = ["judge"],
        Quorum = 2,
        Experts = [new() { Reviewers = ["dr"], Labels = ["tumour"] }, new() { Reviewers = ["prof"], WhenDisagreed = true }],
    };

    static ReviewedRow Row(int? expertise) => new(["1"], "x", new Dictionary<string, string?>(), Expertise: expertise);

    static ReviewAnswer Said(string who, string label, double? seconds = null) => new(who, label, start, seconds);

    [Fact]
    public void Experts_are_asked_in_the_place_of_the_others()
    {
        var asked = new ReviewTurn("q", 0, start, []).Next(plan.For(Row(0)), null, [], start);

        Assert.Equal(["dr"], asked.Assignments.Select(a => a.Reviewer));
        Assert.Equal("agreed", asked.Next(plan.For(Row(0)), null, [Said("dr", "tumour")], start).Outcome!.How);
    }

    [Fact]
    public void Where_the_others_do_not_agree_the_expert_decides()
    {
        var asked = new ReviewTurn("q", 0, start, []).Next(plan.For(Row(1)), null, [], start);
        var conflict = asked.Next(plan.For(Row(1)), null, [Said("a", "x"), Said("b", "y")], start);

        Assert.Equal(["a", "b"], asked.Assignments.Select(a => a.Reviewer));
        Assert.Equal(("prof", true), (conflict.Assignments[^1].Reviewer, conflict.Assignments[^1].Adjudicates));
        Assert.Equal("judge", new ReviewTurn("q", 0, start, []).Next(plan.For(Row(null)), null, [], start).Next(plan, null, [Said("a", "x"), Said("b", "y")], start).Assignments[^1].Reviewer);
    }

    [Theory]
    [InlineData("x-ray", null, null, 0.9, 0)]
    [InlineData("photo", "tumour", null, 0.9, 1)]
    [InlineData("photo", "none", "tumour", 0.9, 1)]
    [InlineData("photo", "none", null, 0.1, 2)]
    [InlineData("photo", "none", null, 0.9, null)]
    [InlineData(null, "none", null, null, null)]
    public void The_first_rule_that_fits_counts(string? field, string? given, string? suggested, double? quality, int? expected)
    {
        ExpertRule[] rules = [new() { Column = "field", Values = ["x-ray"] }, new() { Labels = ["tumour"] }, new() { MaxQuality = 0.3 }];
        var batch = new Batch(new Schema([new("field", ColumnType.Text)]), [TextColumn.Of(field)], 1);

        Assert.Equal(expected, ExpertRule.Of(rules, new ReviewedRow(["1"], given, new Dictionary<string, string?>(), suggested, quality), batch, 0));
    }

    [Fact]
    public void Every_answer_costs_also_on_rows_that_have_not_ended()
    {
        var prices = new ReviewPrices { PerAnswer = 0.05m, PerHour = 18, Reviewers = new Dictionary<string, ReviewPrice> { ["dr"] = new() { PerAnswer = 2 } } };
        var ended = (Row(null), new ReviewOutcome("x", "agreed", ["a"], start), (IReadOnlyList<ReviewAnswer>)[Said("a", "x", 10)]);
        var gold = (Row(null) with { Gold = "x" }, new ReviewOutcome("x", "gold", ["a"], start), (IReadOnlyList<ReviewAnswer>)[Said("a", "x")]);

        var cost = ReviewCost.Of(prices, [(0, Said("a", "x", 10)), (1, Said("a", "x")), (2, Said("dr", "y", 3_600))], [ended, gold]);

        // 10 seconds at 18 an hour are 0.05; the expert has a price for an answer and none for an hour.
        Assert.Equal((2.15m, 0.05m, 2.15m), (cost.Total, cost.Gold, cost.PerLabel));
        Assert.Equal([new("a", 2, 10, 1, 0.15m), new ReviewerCost("dr", 1, 3_600, 0, 2m)], cost.Reviewers);
    }

    [Fact]
    public void Says_what_is_wrong_with_experts_and_prices()
    {
        var request = new ReviewRequest
        {
            Dataset = "d",
            LabelColumn = "l",
            KeyColumns = ["id"],
            Reviewers = ["a"],
            Experts = [new() { Reviewers = ["dr"] }, new() { Labels = ["x"] }, new() { Reviewers = ["e"], Column = "c" }, new() { Reviewers = ["f"], MaxQuality = 2 }],
            Prices = new() { PerHour = -1, Currency = "euro", Reviewers = new Dictionary<string, ReviewPrice> { ["nobody"] = new() } },
        };

        string[] expected =
        [
            "experts[0] says nothing of the rows", "experts[1] names 0 reviewers", "experts[2] has a column without values", "experts[3].max_quality is 2",
            "A price is below 0", "The currency 'euro' is none", "There is a price for 'nobody'",
        ];
        Assert.All(request.Problems().Zip(expected), problem => Assert.StartsWith(problem.Second, problem.First));
        Assert.Equal(expected.Length, request.Problems().Count());
    }
}
