using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Core.Tests.TextDuplicates;

public sealed class RemoveNearDuplicatesContractTests : StepContract
{
    protected override Step Create() => new RemoveNearDuplicates(new() { NearDuplicates = new() { Columns = ["name", "when"], Threshold = 0.5 } });

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new RemoveNearDuplicates(new() { NearDuplicates = new() { Columns = ["nowhere"] } }), "near_duplicates.columns[0]");
}

public sealed class RemoveNearDuplicatesTests
{
    const string Text = "the quick brown fox jumps over the lazy dog while seven more animals watch from behind the old wooden fence near our house";

    [Fact]
    public void The_first_row_of_each_chain_stays()
    {
        var rows = Texts(Text, "something else", Text.ToUpperInvariant(), Text + "!", Text.Replace("near our", "near the", StringComparison.Ordinal), "", "...", "something else");

        var run = StepRunner.Run(new RemoveNearDuplicates(new() { NearDuplicates = new() { Threshold = 0.6 } }), StepRunner.Cut(rows, 3));

        Assert.Equal([Text, "something else", "", "..."], Enumerable.Range(0, run.All.Rows).Select(row => run.All["text"].Display(row)));
        Assert.Equal((8L, 2L, 4L, "exact"), new Fitted(run.Json).As<RemoveNearDuplicates.Found>() is var found ? (found.Rows, found.Groups, found.Duplicates, found.Search.Method) : default);
    }

    [Fact]
    public void Below_the_threshold_all_stay() =>
        Assert.Equal(2, StepRunner.Run(new RemoveNearDuplicates(new()), Texts(Text, Text.Replace("animals", "people", StringComparison.Ordinal))).All.Rows);

    static Batch Texts(params string[] texts) => new(new([new("text", ColumnType.Text)]), [TextColumn.Of(texts)], texts.Length);
}
