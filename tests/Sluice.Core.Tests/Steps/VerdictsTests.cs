using Sluice.Core.Tests.Batches;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

public sealed class VerdictsTests
{
    [Fact]
    public void A_row_that_several_rules_reject_is_out_once_and_on_record_under_each()
    {
        var verdicts = new Verdicts(200);
        var first = verdicts.Rule("low", "x", Severity.High, rejects: true);
        var second = verdicts.Rule("odd", null, Severity.Low, rejects: true);
        verdicts.Fail(first, 130);
        verdicts.Fail(second, 130);
        verdicts.Fail(second, 0);

        Assert.Equal(2, verdicts.Rejected);
        Assert.Equal([130], verdicts.Failing(first));
        Assert.Equal([130, 0], verdicts.Failing(second));
        Assert.True(verdicts.IsRejected(130) && verdicts.IsRejected(0) && !verdicts.IsRejected(66));
    }

    [Fact]
    public void A_rule_that_does_not_reject_leaves_the_row()
    {
        var verdicts = new Verdicts(3);
        verdicts.Fail(verdicts.Rule("missing"), 1);
        var batch = RandomBatches.Of(3, seed: 1);

        Assert.Equal(0, verdicts.Rejected);
        Assert.Same(batch, verdicts.Keep(batch));
    }

    [Fact]
    public void The_same_rule_has_the_same_number_and_another_severity_is_another_rule()
    {
        var verdicts = new Verdicts(3);

        Assert.Equal(verdicts.Rule("a", "x"), verdicts.Rule("a", "x"));
        Assert.NotEqual(verdicts.Rule("a", "x"), verdicts.Rule("a", "x", Severity.High));
        Assert.NotEqual(verdicts.Rule("a", "x"), verdicts.Rule("a"));
        Assert.Equal(3, verdicts.Rules.Count);
    }

    [Fact]
    public void What_is_kept_is_every_row_that_is_not_rejected_with_its_origin()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var batch = RandomBatches.Of(random.Next(1, 300), seed);
            var verdicts = new Verdicts(batch.Rows);
            var rule = verdicts.Rule("no", null, Severity.Low, rejects: true);
            var gone = Enumerable.Range(0, batch.Rows).Where(_ => random.Next(3) == 0).ToHashSet();
            foreach (var row in gone)
            {
                verdicts.Fail(rule, row);
            }

            var kept = verdicts.Keep(batch);

            var expected = Enumerable.Range(0, batch.Rows).Where(row => !gone.Contains(row)).ToArray();
            Assert.True(expected.SequenceEqual(Enumerable.Range(0, kept.Rows).Select(kept.OriginOf)), $"seed {seed}");
            RandomBatches.AssertSame(batch.Take(expected), kept);
        }
    }

    [Fact]
    public void Changes_add_up_and_no_change_is_not_recorded()
    {
        var verdicts = new Verdicts(3);
        verdicts.Change("strip", "x", 2);
        verdicts.Change("strip", "x", 1);
        verdicts.Change("strip", "y", 0);

        Assert.Equal("strip:x=3", string.Join(',', verdicts.Changed.Select(c => $"{c.Key}={c.Value}")));
    }

    [Fact]
    public void Evidence_names_rows_of_the_base_batch_and_counts_every_failure()
    {
        var judged = RandomBatches.Of(10, seed: 2).Take([9, 4, 7]);
        var verdicts = new Verdicts(3);
        verdicts.Rule("never failed");
        verdicts.Fail(verdicts.Rule("low", "count", Severity.Critical, rejects: true), 2);
        verdicts.Fail(verdicts.Rule("low", "count", Severity.Critical, rejects: true), 0);
        var evidence = new EvidenceBuilder();
        evidence.Add("check", judged, verdicts);
        evidence.Add("again", judged, verdicts);

        var rows = evidence.Build();

        Assert.Equal([new EvidenceRule("check", "low", "count", "critical", true, 2), new EvidenceRule("again", "low", "count", "critical", true, 2)], evidence.Rules);
        Assert.Equal([0L, 0, 1, 1], rows.Int64("rule").ToArray());
        Assert.Equal([7L, 9, 7, 9], rows.Int64("row").ToArray());
    }
}
