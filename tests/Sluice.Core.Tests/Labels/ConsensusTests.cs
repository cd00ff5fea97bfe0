using FsCheck;
using FsCheck.Fluent;
using Sluice.Labels;

namespace Sluice.Core.Tests.Labels;

public sealed class ConsensusTests
{
    [Fact]
    public void Cohens_kappa_is_as_computed_by_hand()
    {
        // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: agreement .7, by chance .5.
        var answers = new Annotations([1, 1, 1, 0, 0, 1, 0, 0], 2, 2, [20, 5, 10, 15]);

        Assert.Equal(0.4, Agreement.Cohen(answers, 0, 1), 12);
        Assert.Equal(0.4, Agreement.MeanCohen(answers), 12);
    }

    [Fact]
    public void Fleiss_kappa_is_that_of_the_published_example()
    {
        int[][] counts =
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ];
        var answers = Annotations.Of([.. counts.SelectMany(row => row.SelectMany((count, label) => Enumerable.Repeat(label, count)))], 14, 5);

        Assert.Equal(0.210, Agreement.Fleiss(answers), 3);
    }

    [Fact]
    public void Krippendorffs_alpha_is_that_of_the_published_example()
    {
        int?[][] coders =
        [
            [null, null, null, null, null, 3, 4, 1, 2, 1, 1, 3, 3, null, 3],
            [1, null, 2, 1, 3, 3, 4, 3, null, null, null, null, null, null, null],
            [null, null, 2, 1, 3, 4, 4, null, 2, 1, 1, 3, 3, null, 4],
        ];
        var answers = Annotations.Of([.. Enumerable.Range(0, 15).SelectMany(unit => coders.Select(c => c[unit] is { } value ? value - 1 : -1))], 3, 4);

        Assert.Equal(0.691, Agreement.Krippendorff(answers), 3);
    }

    [Fact]
    public void Nothing_is_said_without_two_answers_on_an_item_and_one_class_agrees_fully()
    {
        Assert.All([Agreement.MeanCohen(Alone()), Agreement.Fleiss(Alone()), Agreement.Krippendorff(Alone())], kappa => Assert.Equal(double.NaN, kappa));
        var same = Annotations.Of([0, 0, 0, 0], 2, 2);
        Assert.All([Agreement.MeanCohen(same), Agreement.Fleiss(same), Agreement.Krippendorff(same)], kappa => Assert.Equal(1, kappa));

        static Annotations Alone() => Annotations.Of([0, -1, -1, 1], 2, 2);
    }

    [Fact]
    public void A_round_of_Dawid_and_Skene_is_as_computed_by_hand()
    {
        // Beliefs of the majority: (1, 0), (0, 1), (.5, .5). With .01 for each answer never given, a row of errors adds up to 1.52.
        var model = DawidSkene.Fit(Annotations.Of([0, 0, 1, 1, 0, 1], 2, 2), maxRounds: 1);
        var beliefs = new double[2];

        Assert.Equal([0.5, 0.5], model.Prior);
        Assert.Equal(1.51 / 1.52, model.Error(0, truth: 0, answer: 0), 12);
        Assert.Equal(0.51 / 1.52, model.Error(0, truth: 1, answer: 0), 12);
        Assert.Equal(1.51 / 1.52, model.Error(1, truth: 1, answer: 1), 12);
        model.Believe([0, 0], beliefs);
        Assert.Equal(1.51 * 1.01 / ((1.51 * 1.01) + (0.51 * 0.01)), beliefs[0], 12);
        model.Believe([0, 1], beliefs);
        Assert.Equal(0.5, beliefs[0], 12);
    }

    [Fact]
    public void Dawid_and_Skene_learn_who_is_wrong_where_the_majority_is_fooled()
    {
        // Two good annotators and three that mostly say class 0, whatever they see.
        var (answers, truth) = Simulated(800, [.95, .95, .1, .1, .1], seed: 4);
        int Right(ConsensusMethod method)
        {
            var model = Consensus.Fit(answers, method);
            return Enumerable.Range(0, answers.Items).Count(item => model.Of(answers.Of(item)).Label == truth[item]);
        }

        Assert.True(Right(ConsensusMethod.DawidSkene) > 740, $"{Right(ConsensusMethod.DawidSkene)}");
        Assert.True(Right(ConsensusMethod.Majority) < 600, $"{Right(ConsensusMethod.Majority)}");
        var quality = Consensus.Fit(answers, ConsensusMethod.DawidSkene).Qualities(["a", "b", "c", "d", "e"], answers, [.. truth.Select(_ => -1)]);
        Assert.True(quality.Take(2).Min(q => q.Quality) > quality.Skip(2).Max(q => q.Quality) + 0.2);
    }

    [Fact]
    public void A_good_model_decides_between_annotators_who_disagree()
    {
        var (answers, truth) = Simulated(600, [.8, .8, .8], seed: 9);
        float[] chances = [.. truth.SelectMany((t, item) => item % 20 == 0 ? new[] { .5f, .5f } : t == 0 ? [.95f, .05f] : [.05f, .95f])];
        var (alone, together) = (Consensus.Fit(answers, ConsensusMethod.Majority), Consensus.Fit(answers, ConsensusMethod.Crowdlab, chances));

        var majority = Enumerable.Range(0, 600).Count(i => alone.Of(answers.Of(i)).Label == truth[i]);
        var crowdlab = Enumerable.Range(0, 600).Count(i => together.Of(answers.Of(i), chances.AsSpan(i * 2, 2)).Label == truth[i]);

        Assert.True(crowdlab > majority, $"{crowdlab} and {majority}");
        Assert.True(together.Vote!.ModelWeight > together.Vote.Weights.Max());
    }

    [Fact]
    public void Gold_questions_outweigh_what_the_method_thinks_of_an_annotator()
    {
        var answers = Annotations.Of([0, 1, 0, 1, 0, 0], 2, 2);

        var quality = Consensus.Fit(answers, ConsensusMethod.Majority).Qualities(["a", "b"], answers, [1, 1, -1]);

        Assert.Equal((2.0, 0.0, 0.25), (quality[0].GoldAsked, quality[0].GoldRight, quality[0].Quality));
        Assert.Equal((2.0, 2.0, 0.75), (quality[1].GoldAsked, quality[1].GoldRight, quality[1].Quality));
    }

    [Fact]
    public void Agreement_depends_neither_on_the_order_of_items_nor_on_that_of_annotators() =>
        Prop.ForAll(Tables(), answers =>
        {
            var items = Enumerable.Range(0, answers.Items).Reverse().ToArray();
            var turned = Annotations.Of([.. items.SelectMany(i => answers.Of(i).ToArray().Reverse())], answers.Annotators, answers.Classes);

            Assert.Equal(Agreement.MeanCohen(answers), Agreement.MeanCohen(turned), 9);
            Assert.Equal(Agreement.Fleiss(answers), Agreement.Fleiss(turned), 9);
            Assert.Equal(Agreement.Krippendorff(answers), Agreement.Krippendorff(turned), 9);
            Assert.True(Agreement.Krippendorff(answers) is double.NaN or (>= -1 and <= 1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Beliefs_are_chances_whatever_was_answered() =>
        Prop.ForAll(Tables(), answers =>
        {
            var (model, beliefs) = (DawidSkene.Fit(answers), new double[answers.Classes]);
            for (var item = 0; item < answers.Items; item++)
            {
                model.Believe(answers.Of(item), beliefs);

                Assert.Equal(1, beliefs.Sum(), 9);
                Assert.All(beliefs, b => Assert.InRange(b, 0, 1));
            }
        }).QuickCheckThrowOnFailure();

    static Arbitrary<Annotations> Tables() => Gen.Choose(1, 12)
        .SelectMany(items => Gen.Choose(-1, 2).ListOf(items * 3)).Select(answers => Annotations.Of([.. answers], 3, 3)).ToArbitrary();

    static (Annotations Answers, int[] Truth) Simulated(int items, double[] right, int seed)
    {
        var random = new Random(seed);
        int[] truth = [.. Enumerable.Range(0, items).Select(_ => random.Next(2))];
        var answers = truth.SelectMany(t => right.Select(p => random.NextDouble() < p ? t : p < 0.5 ? 0 : 1 - t));
        return (Annotations.Of([.. answers], right.Length, 2), truth);
    }
}
