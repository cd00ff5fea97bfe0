using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class StripWhitespaceTests : StepContract
{
    protected override Step Create() => new StripWhitespace(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new StripWhitespace(new() { Columns = ["name", "nowhere"] }), "columns[1]");

    [Fact]
    public void Strips_unicode_white_space_at_both_ends_and_counts_cells()
    {
        var run = StepRunner.Run(Create(), DirtyTable.Text(("a", [" x ", "\u00A0\u2003é\u3000", "in  side", "", "   ", null, "\u200Bz", "\t\r\n"])));

        Assert.Equal(["x", "é", "in  side", "", "", null, "\u200Bz", ""], DirtyTable.Shown(run.All, "a"));
        Assert.Equal(4, run.Verdicts[0].Changed["strip_whitespace:a"]);
    }

    [Fact]
    public void Collapses_inner_runs_on_request()
    {
        var step = new StripWhitespace(new() { CollapseInner = true });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["  in \u00A0 side\tout ", "one two", "李  雷"])));

        Assert.Equal(["in side out", "one two", "李 雷"], DirtyTable.Shown(run.All, "a"));
        Assert.Equal(2, run.Verdicts[0].Changed["strip_whitespace:a"]);
    }

    [Fact]
    public void Gives_the_very_column_when_nothing_changes()
    {
        var batch = DirtyTable.Text(("a", ["x", null]));

        var run = StepRunner.Run(Create(), batch);

        Assert.Same(batch["a"], run.Batches[0]["a"]);
        Assert.Empty(run.Verdicts[0].Changed);
    }

    [Fact]
    public void Leaves_bytes_that_are_no_UTF8_alone()
    {
        byte[] bytes = [0x20, 0xC3, 0x28, 0xE2, 0x20];
        var builder = new TextBuilder();
        builder.Append(bytes);
        var batch = new Batch(new([new("a", ColumnType.Text)]), [builder.Build()], 1);

        var run = StepRunner.Run(Create(), batch);

        Assert.Equal(bytes[1..4], run.All.Text("a")[0].ToArray());
    }

    [Fact]
    public void Refuses_a_column_that_is_not_text() => Assert.Equal(
        ["columns[0]: Column 'count' is int64; this works on text. Leave it out, or convert it first with fix_types."],
        StepRunner.Problems(new StripWhitespace(new() { Columns = ["count"] }), Sample().Schema));
}
