using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class RemoveDuplicatesTests : StepContract
{
    protected override Step Create() => new RemoveDuplicates(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new RemoveDuplicates(new() { DuplicateKeys = ["nowhere"] }), "duplicate_keys[0]");

    [Fact]
    public void Keeps_the_first_of_equal_rows()
    {
        var run = StepRunner.Run(Create(), StepRunner.Cut(DirtyTable.Text(("a", ["x", "y", "x", null, "X", null, "x"]), ("b", ["1", "1", "1", "2", "1", "2", "2"])), 2));

        Assert.Equal(["x", "y", null, "X", "x"], DirtyTable.Shown(run.All, "a"));
        Assert.Equal([0, 1, 3, 4, 6], Enumerable.Range(0, 5).Select(run.All.OriginOf));
        Assert.Equal(new RemoveDuplicates.Found(Rows: 7, Groups: 2, Duplicates: 2), new Fitted(run.Json).As<RemoveDuplicates.Found>());
        var rule = Assert.Single(run.Verdicts.SelectMany(v => v.Rules).Distinct());
        Assert.Equal(new Rule("duplicate_row", null, Severity.High, Rejects: true), rule);
    }

    [Fact]
    public void By_keys_a_missing_key_equals_nothing()
    {
        var step = new RemoveDuplicates(new() { DuplicateKeys = ["id"] });

        var run = StepRunner.Run(step, DirtyTable.Text(("id", ["1", null, "1", null, " ", " ", "2"]), ("b", ["a", "b", "c", "d", "e", "f", "g"])));

        Assert.Equal(["a", "b", "d", "e", "f", "g"], DirtyTable.Shown(run.All, "b"));
        Assert.Equal("duplicate_key", Assert.Single(run.Verdicts[0].Rules).Reason);
    }

    [Fact]
    public void Best_keeps_the_row_with_the_fewest_missing_values_and_of_such_the_first()
    {
        var step = new RemoveDuplicates(new() { DuplicateKeys = ["id"], DuplicateKeep = DuplicateKeep.Best });
        var batch = DirtyTable.Text(
            ("id", ["1", "2", "1", "1", "2", null, null]),
            ("b", [null, "x", "full", "full too", "y", "k", "k"]),
            ("c", [null, "x", "1", "2", "", "k", "k"]));

        var run = StepRunner.Run(step, StepRunner.Cut(batch, 3));

        Assert.Equal(["x", "full", "k", "k"], DirtyTable.Shown(run.All, "b"));
    }

    [Fact]
    public void Agrees_with_a_set_of_rows()
    {
        var whole = Sample();
        var seen = new HashSet<string>();
        var expected = Enumerable.Range(0, whole.Rows)
            .Where(row => seen.Add(string.Join('|', whole.Columns.Select(c => c.IsNull(row) ? "∅" : c.Display(row)))));

        var run = StepRunner.Run(Create(), StepRunner.Cut(whole, 41));

        Assert.Equal(expected, Enumerable.Range(0, run.All.Rows).Select(run.All.OriginOf));
        Assert.True(run.All.Rows < whole.Rows);
    }
}

public sealed class RemoveDuplicatesByBestKeyTests : StepContract
{
    protected override Step Create() => new RemoveDuplicates(new() { DuplicateKeys = ["name", "genre"], DuplicateKeep = DuplicateKeep.Best });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}
