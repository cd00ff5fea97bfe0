using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Steps;

namespace Sluice.Core.Tests.Labels;

public abstract class LabelConsensusContract(ConsensusMethod method) : StepContract
{
    protected LabelConsensus.Options Options { get; } = new()
    {
        AnnotatorColumns = ["name", "genre", "code"],
        ConsensusMethod = method,
        OutputColumn = "agreed",
        ConfidenceColumn = "sure",
        MinConfidence = 0.5,
        GoldColumn = "yes_no",
        ProbabilityColumns = method == ConsensusMethod.Crowdlab ? ["price", "count"] : [],
        ProbabilityLabels = method == ConsensusMethod.Crowdlab ? ["Drama", "Comedy"] : [],
    };

    protected override Step Create() => new LabelConsensus(Options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new LabelConsensus(Options with { AnnotatorColumns = ["name", "nowhere", "genre"] }), "annotator_columns[1]");

    protected override bool AcceptsNoValues => true;

    [Fact]
    public void The_name_of_the_output_must_be_free() =>
        Assert.Equal(
            "output_column: Column 'name' exists already. Choose a name that the table does not have.",
            StepRunner.Problems(new LabelConsensus(Options with { OutputColumn = "name" }), DirtyTable.Schema).Single());
}

public sealed class MajorityTests() : LabelConsensusContract(ConsensusMethod.Majority)
{
    [Fact]
    public void Gives_the_most_frequent_answer_and_none_where_it_is_not_sure()
    {
        var table = new Batch(
            new Schema([new("a", ColumnType.Text), new("b", ColumnType.Text), new("c", ColumnType.Text)]),
            [TextColumn.Of("x", "x", null, "x"), TextColumn.Of("x", "y", null, null), TextColumn.Of("y", "z", null, null)], 4);

        var run = StepRunner.Run(
            new LabelConsensus(new() { AnnotatorColumns = ["a", "b", "c"], ConsensusMethod = ConsensusMethod.Majority, MinConfidence = 0.5, ConfidenceColumn = "p" }), table);

        Assert.Equal(["x", "", "", "x"], Enumerable.Range(0, 4).Select(run.All["label"].Display));
        Assert.Equal([1, 2], run.Verdicts[0].Failing(0));
        Assert.Equal("no_consensus", run.Verdicts[0].Rules.Single().Reason);
        Assert.Equal(2.0 / 3, run.All.Float64("p")[0], 12);
        Assert.Contains("\"krippendorff_alpha\":", System.Text.Encoding.UTF8.GetString(run.Json), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_one_annotator_and_a_model_that_it_does_not_ask()
    {
        Assert.StartsWith("annotator_columns: Found 1 columns; expected at least two", StepRunner.Problems(new LabelConsensus(new() { AnnotatorColumns = ["name"] }), DirtyTable.Schema).Single());
        Assert.StartsWith(
            "probability_columns: Only crowdlab takes a model's chances.",
            StepRunner.Problems(new LabelConsensus(new() { AnnotatorColumns = ["name", "genre"], ProbabilityColumns = ["price", "count"] }), DirtyTable.Schema).Single());
    }
}

public sealed class DawidSkeneTests() : LabelConsensusContract(ConsensusMethod.DawidSkene);

public sealed class CrowdlabTests() : LabelConsensusContract(ConsensusMethod.Crowdlab);
