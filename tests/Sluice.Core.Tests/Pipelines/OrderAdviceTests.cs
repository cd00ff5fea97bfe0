using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

/// <summary>What a pipeline is advised of without being refused.</summary>
public sealed class OrderAdviceTests
{
    const string Head = "name: a\nsteps:\n  - {id: in, type: csv, config: {file_path: a.csv}}\n";
    const string Clean = "  - {id: clean, type: data_cleaning}\n";
    const string Check = "  - {id: check, type: quality_validation}\n";

    [Theory]
    [InlineData(Head + Clean)] // the engine measures what was read where no step does
    [InlineData(Head + Check + Clean)]
    [InlineData(Head + Check + Clean + "  - {id: again, type: quality_validation}\n")]
    [InlineData(Head + "  - {id: sets, type: split}\n" + Check)]
    [InlineData(Head + "  - {id: shape, type: profile}\n" + Check)]
    public void Validating_first_needs_no_advice(string yaml) => Assert.Empty(Pipeline.Parse(yaml).Advice);

    [Fact]
    public void Validating_only_what_cleaning_left_is_advised_against() => Assert.Equal(
        ["Step 'check' (quality_validation) validates what step 'clean' left; nothing validates what was read. Put a quality_validation before 'clean' too."],
        Pipeline.Parse(Head + Clean + Check).Advice);
}
