using Sluice.Labels;

namespace Sluice.Core.Tests.Labels;

public sealed class ConfidentLearningTests
{
    // Thresholds .6 and .7. The third row is confidently of class 1, the last one of none.
    static readonly LabelledVectors six = LabelledVectors.Of(
        [.9f, .1f, .8f, .2f, .1f, .9f, .2f, .8f, .3f, .7f, .4f, .6f], 2, [0, 0, 0, 1, 1, 1], 2);

    [Fact]
    public void The_joint_is_as_computed_by_hand()
    {
        var joint = new ConfidentJoint(six);

        Assert.Equal([0.6, 0.7], joint.Thresholds.Select(t => Math.Round(t, 6)));
        Assert.Equal([2, 1, 0, 2], joint.Counts);
        Assert.Equal([2, 1, 0, 3], joint.Calibrated.Select(c => Math.Round(c, 12)));
        Assert.Equal([2, 1, 0, 3], joint.PruneCounts());
    }

    [Fact]
    public void A_class_without_rows_is_never_confident_and_counts_nothing()
    {
        var joint = new ConfidentJoint(LabelledVectors.Of([.2f, .1f, .7f, .6f, .1f, .3f], 3, [0, 0], 3));

        Assert.Equal(2, joint.Thresholds[2]);
        Assert.Equal([2, 0, 0], joint.Calibrated[..3]);
        Assert.Equal([0, 0, 0], joint.Calibrated[6..]);
    }

    [Theory]
    [InlineData(LabelErrorFilter.PruneByNoiseRate)]
    [InlineData(LabelErrorFilter.PruneByClass)]
    [InlineData(LabelErrorFilter.Both)]
    [InlineData(LabelErrorFilter.ConfidentLearning)]
    [InlineData(LabelErrorFilter.PredictedNeqGiven)]
    public void Every_filter_finds_the_wrong_label_and_no_other(LabelErrorFilter filter)
    {
        var model = ConfidentModel.Fit(six, filter);

        var judged = Enumerable.Range(0, 6).Select(row => model.Judge(six.Row(row), six.Labels[row])).ToList();

        Assert.Equal([2], Enumerable.Range(0, 6).Where(row => judged[row].IsError));
        Assert.Equal((1, 1L), (judged[2].Suggested, model.RankOf(judged[2].Suspicion)));
        Assert.Equal(0.1, judged[2].Quality, 6);
        Assert.All(judged.Where((_, row) => row != 2), j => Assert.True(j.Suspicion > judged[2].Suspicion));
    }

    [Fact]
    public void Copies_count_as_rows()
    {
        var twice = new LabelledVectors([.. six.Values, .. six.Values], 2, [.. six.Labels, .. six.Labels], [.. six.Weights, .. six.Weights], 2);
        var copies = six with { Weights = [2, 2, 2, 2, 2, 2] };

        Assert.Equal(new ConfidentJoint(twice).Calibrated, new ConfidentJoint(copies).Calibrated);
        Assert.Equal(ConfidentModel.Fit(twice, LabelErrorFilter.Both).MarginCuts, ConfidentModel.Fit(copies, LabelErrorFilter.Both).MarginCuts);
    }

    [Fact]
    public void Exp_and_log_are_those_of_the_system_to_14_digits()
    {
        var random = new Random(5);
        for (var i = 0; i < 10_000; i++)
        {
            var x = (random.NextDouble() - 0.5) * 600;

            Assert.InRange(StableMath.Exp(x) / Math.Exp(x), 1 - 1e-14, 1 + 1e-14);
            Assert.InRange(Math.Abs(StableMath.Log(Math.Exp(x)) - x), 0, 1e-13 * Math.Max(1, Math.Abs(x)));
        }
    }

    [Fact]
    public void The_probe_is_at_its_optimum_and_gives_the_same_bits_twice()
    {
        var rows = Blobs(600, classes: 3, seed: 3);

        var (probe, again) = (LinearProbe.Train(rows), LinearProbe.Train(rows));

        Assert.Equal(probe.Weights, again.Weights);

        // The bias has no penalty: at the optimum the mean chance of a class is its share of the labels.
        var (mean, one) = (new double[3], new double[3]);
        for (var row = 0; row < rows.Rows; row++)
        {
            probe.Predict(rows.Row(row), one);
            for (var j = 0; j < 3; j++)
            {
                mean[j] += one[j] / rows.Rows;
            }
        }

        Assert.All(Enumerable.Range(0, 3), j => Assert.Equal(rows.Labels.Count(l => l == j) / 600.0, mean[j], 3));
    }

    [Fact]
    public void A_probe_never_sees_the_fold_that_it_judges()
    {
        // One vector for all rows of a fold, with a label that no other fold has: whoever saw it would know it.
        int[] folds = [.. Enumerable.Range(0, 60).Select(i => i % 3)];
        var rows = LabelledVectors.Of([.. folds.SelectMany(f => new[] { f == 0 ? 5f : 0f, f == 1 ? 5f : 0f, f == 2 ? 5f : 0f })], 3, folds, 3);

        var chances = FoldedProbe.Train(rows, folds, 3).Predict(rows, folds);

        Assert.All(Enumerable.Range(0, 60), row => Assert.InRange(chances[(row * 3) + folds[row]], 0, 0.05));
    }

    internal static LabelledVectors Blobs(int rows, int classes, int seed)
    {
        var random = new Random(seed);
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        var values = labels.SelectMany(label => Enumerable.Range(0, classes).Select(j => (float)((j == label ? 2 : 0) + random.NextDouble() + random.NextDouble())));
        return LabelledVectors.Of([.. values], classes, labels, classes);
    }
}
