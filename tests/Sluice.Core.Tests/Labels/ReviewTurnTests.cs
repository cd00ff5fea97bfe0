using FsCheck;
using FsCheck.Fluent;
using Sluice.Labels.Review;

namespace Sluice.Core.Tests.Labels;

public sealed class ReviewTurnTests
{
    static readonly DateTime start = new(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc);

    static readonly ReviewPlan plan = new()
    {
        Queue = "q",
        Dataset = "d",
        Version = "v",
        KeyColumns = ["id"],
        LabelColumn = "label",
        Reviewers = ["a", "b", "c", "d"],
        Adjudicators = ["x", "y"],
        Quorum = 2,
        Timeout = TimeSpan.FromHours(1),
        Items = 10,
    };

    static ReviewTurn First(int item = 0) => new("q", item, start, []);

    static DateTime At(double hours) => start.AddHours(hours);

    static ReviewAnswer Said(string who, string label, double at = 0.5) => new(who, label, At(at));

    [Fact]
    public void As_many_are_asked_as_answers_are_needed_and_the_work_is_spread()
    {
        Assert.Equal(["a", "b"], First().Next(plan, null, [], start).Assignments.Select(a => a.Reviewer));
        Assert.Equal(["c", "d"], First(1).Next(plan, null, [], start).Assignments.Select(a => a.Reviewer));
        Assert.Equal(["a", "b"], First(2).Next(plan, null, [], start).Assignments.Select(a => a.Reviewer));
    }

    [Fact]
    public void Answers_that_agree_end_the_item_and_nothing_ends_it_before()
    {
        var asked = First().Next(plan, null, [], start);
        var one = asked.Next(plan, null, [Said("b", "cat")], At(0.5));

        Assert.Equal((null, 2), (one.Outcome, one.Assignments.Count));
        Assert.Equivalent(new ReviewOutcome("cat", "agreed", ["a", "b"], At(0.6)), one.Next(plan, null, [Said("b", "cat"), Said("a", "cat")], At(0.6)).Outcome, strict: true);
    }

    [Fact]
    public void Who_does_not_answer_in_time_is_replaced_and_may_still_answer()
    {
        var asked = First().Next(plan, null, [], start);

        var replaced = asked.Next(plan, null, [Said("a", "cat")], At(1.1));

        Assert.Equal(["a", "b", "c"], replaced.Assignments.Select(a => a.Reviewer));
        Assert.Equal(["a", "b"], replaced.Next(plan, null, [Said("a", "cat"), Said("b", "cat", 1.2)], At(1.2)).Outcome!.By);
    }

    [Fact]
    public void Answers_that_differ_go_to_an_adjudicator_whose_word_counts()
    {
        var differing = new[] { Said("a", "cat"), Said("b", "dog") };

        var asked = First().Next(plan, null, [], start).Next(plan, null, differing, At(0.6));

        Assert.Equal(new ReviewAssignment("x", At(1.6), Adjudicates: true), asked.Assignments[^1]);
        Assert.Equal(3, asked.Next(plan, null, differing, At(1.2)).Assignments.Count);
        var second = asked.Next(plan, null, differing, At(1.7));
        Assert.Equal("y", second.Assignments[^1].Reviewer);
        Assert.Equal(("owl", "adjudicated"), second.Next(plan, null, [.. differing, Said("x", "owl", 1.8)], At(1.8)).Outcome is { } o ? (o.Label, o.How) : default);
        Assert.Equal((null, "unresolved"), second.Next(plan, null, differing, At(2.8)).Outcome is { } u ? (u.Label, u.How) : default);
    }

    [Fact]
    public void Without_an_adjudicator_a_conflict_stays_unresolved() =>
        Assert.Equal("unresolved", First().Next(plan, null, [], start).Next(plan with { Adjudicators = [] }, null, [Said("a", "cat"), Said("b", "dog")], At(0.6)).Outcome!.How);

    [Fact]
    public void A_gold_question_ends_with_its_own_label_whatever_was_answered()
    {
        var outcome = First().Next(plan, "cat", [], start).Next(plan, "cat", [Said("a", "dog"), Said("b", "cat")], At(0.6)).Outcome!;

        Assert.Equal(("cat", "gold"), (outcome.Label, outcome.How));
        Assert.Equal(["b"], outcome.By);
    }

    [Fact]
    public void Who_was_never_asked_does_not_count() =>
        Assert.Null(First().Next(plan, null, [], start).Next(plan, null, [Said("c", "cat"), Said("d", "cat"), Said("x", "cat")], At(0.5)).Outcome);

    [Fact]
    public void Where_nobody_ever_answers_the_item_ends_after_a_number_of_turns()
    {
        var turn = First();
        var turns = 0;
        for (; turn.Outcome is null; turns++)
        {
            Assert.True(turns < 60, "it never ends");
            turn = turn.Next(plan, null, [], turn.Now + turn.Pause);
        }

        Assert.Equal("unresolved", turn.Outcome.How);
        Assert.Equal(ReviewPlan.MaxAssignments + 2, turn.Assignments.Count);
    }

    /// <summary>People answer or not, in any order and as late as they like: an item ends, with one outcome, and nobody is asked twice at once.</summary>
    [Fact]
    public void Whatever_people_do_an_item_ends_once_and_the_order_of_answers_does_not_matter() =>
        Prop.ForAll(Gen.Choose(0, 4).ListOf(60).ToArbitrary(), acts =>
        {
            var (turn, answers) = (First(), new List<ReviewAnswer>());
            for (var i = 0; i < acts.Count && turn.Outcome is null; i++)
            {
                var now = turn.Now + (acts[i] == 0 ? turn.Pause : TimeSpan.FromMinutes(1));
                var free = turn.Assignments.Select(a => a.Reviewer).Distinct().Where(r => answers.TrueForAll(a => a.Reviewer != r)).ToList();
                if (acts[i] > 0 && free.Count > 0)
                {
                    answers.Add(new ReviewAnswer(free[i % free.Count], acts[i] > 2 ? "cat" : "dog", now));
                }

                var next = turn.Next(plan, null, answers, now);

                Assert.Equivalent(next, turn.Next(plan, null, [.. Enumerable.Reverse(answers)], now), strict: true);
                Assert.All(next.Assignments.Where(a => a.Until > now).GroupBy(a => a.Reviewer), g => Assert.Single(g));
                turn = next;
            }

            Assert.True(turn.Outcome is not null || acts.Count(a => a == 0) < 25);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Gold_questions_lie_evenly_among_the_others()
    {
        ReviewedRow Row(string key) => new([key], null, new Dictionary<string, string?>());

        var mixed = ReviewSelection.Mix([.. Enumerable.Range(0, 9).Select(i => Row($"{i}"))], [Row("g2"), Row("g1")]);

        Assert.Equal(["0", "1", "2", "g1", "3", "4", "5", "g2", "6", "7", "8"], mixed.Select(m => m.Key[0]));
        Assert.Equal(["g1"], ReviewSelection.Mix([], [Row("g1")]).Select(m => m.Key[0]));
    }
}
