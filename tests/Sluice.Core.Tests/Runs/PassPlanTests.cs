using Sluice.Batches;
using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class PassPlanTests
{
    static readonly Schema schema = new([new Field("a", ColumnType.Int64), new Field("b", ColumnType.Int64), new Field("c", ColumnType.Int64)]);

    [Fact]
    public void A_chain_that_never_looks_needs_no_walk() => Assert.Empty(PassPlan.Of([new FakeStep(), new FakeStep()], schema, measureBefore: false));

    [Fact]
    public void The_quality_of_the_rows_as_read_is_measured_in_a_walk_of_its_own()
    {
        var pass = Assert.Single(PassPlan.Of([new FakeStep()], schema, measureBefore: true));

        Assert.Equal(0, pass.Prefix);
        Assert.Equal([PassPlan.Before], pass.Observers);
    }

    [Fact]
    public void A_first_step_that_looks_shares_the_walk_of_the_quality_before()
    {
        var pass = Assert.Single(PassPlan.Of([new FakeStep { Observing = true }], schema, measureBefore: true));

        Assert.Equal([PassPlan.Before, 0], pass.Observers);
    }

    [Fact]
    public void A_step_after_one_that_changes_rows_gets_a_walk_that_applies_what_is_before_it()
    {
        var passes = PassPlan.Of([new FakeStep { Observing = true }, new FakeStep(), new FakeStep { Observing = true }], schema, measureBefore: false);

        Assert.Equal([(0, "0"), (2, "2")], passes.Select(p => (p.Prefix, string.Join(',', p.Observers))));
    }

    [Fact]
    public void Checks_that_change_nothing_share_the_walk_of_the_step_after_them()
    {
        var check = new FakeStep { Observing = true, Passive = true };
        var passes = PassPlan.Of([check, check, new FakeStep { Observing = true }, new FakeStep { Observing = true }], schema, measureBefore: true);

        Assert.Equal([(0, "-1,0,1,2"), (3, "3")], passes.Select(p => (p.Prefix, string.Join(',', p.Observers))));
    }

    [Fact]
    public void A_passive_step_that_does_not_look_keeps_the_walk_open_and_one_that_changes_rows_ends_it()
    {
        var look = new FakeStep { Observing = true, Passive = true };
        var passes = PassPlan.Of([look, new FakeStep { Passive = true }, look, new FakeStep(), look], schema, measureBefore: false);

        Assert.Equal([(0, "0,2"), (4, "4")], passes.Select(p => (p.Prefix, string.Join(',', p.Observers))));
    }

    [Fact]
    public void A_step_with_keys_only_gets_a_walk() =>
        Assert.Equal([0], Assert.Single(PassPlan.Of([new FakeStep { Keyed = true }], schema, measureBefore: false)).Observers);

    [Fact]
    public void Every_step_that_looks_does_so_exactly_once_in_order_and_sees_what_the_chain_gives_it()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var steps = Enumerable.Range(0, random.Next(8)).Select(_ => new FakeStep { Observing = random.Next(2) == 0, Passive = random.Next(2) == 0 }).ToArray();

            var passes = PassPlan.Of(steps, schema, measureBefore: random.Next(2) == 0);

            var looking = Enumerable.Range(0, steps.Length).Where(i => steps[i].Observing);
            Assert.True(looking.SequenceEqual(passes.SelectMany(p => p.Observers).Where(o => o != PassPlan.Before)), $"seed {seed}");

            // What lies between the applied steps and the observer may only be steps that change nothing.
            Assert.True(passes.All(p => p.Observers.All(o => o == PassPlan.Before ? p.Prefix == 0 : o >= p.Prefix && steps[p.Prefix..o].All(s => s.Passive))), $"seed {seed}");
        }
    }

    [Fact]
    public void Columns_are_asked_for_backwards_through_the_steps_and_null_means_all()
    {
        var needsB = new FakeStep { NeededFor = wanted => wanted.Append("b").ToHashSet() };
        var needsAll = new FakeStep { NeededFor = _ => null };
        Schema[] schemas = [schema, schema, schema];
        HashSet<string> wanted = ["a"];

        Assert.Equal(["a", "b"], PassPlan.Columns([needsB, needsAll], schemas, 1, wanted)!.Order());
        Assert.Null(PassPlan.Columns([needsB, needsAll], schemas, 2, wanted));
        Assert.Null(PassPlan.Columns([needsAll, needsB], schemas, 2, wanted));
        Assert.Same(wanted, PassPlan.Columns([needsAll], schemas, 0, wanted));
        Assert.Null(PassPlan.Columns([needsB], schemas, 1, null));
    }
}
