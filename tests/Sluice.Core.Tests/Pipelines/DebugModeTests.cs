using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

/// <summary>What a pipeline's <c>debug</c> says is read, refused where it cannot be meant, and never part of what the pipeline is.</summary>
public sealed class DebugModeTests
{
    const string Text = """
        name: t
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }

        """;

    [Theory]
    [InlineData("DEBUG", RunLogLevel.Debug)]
    [InlineData("INFO", RunLogLevel.Info)]
    [InlineData("WARNING", RunLogLevel.Warning)]
    [InlineData("ERROR", RunLogLevel.Error)]
    public void A_level_is_read_and_changes_no_hash(string level, RunLogLevel expected)
    {
        var pipeline = Pipeline.Parse($"{Text}debug: {{ log_level: {level} }}\n");

        Assert.Equal((expected, false, false), (pipeline.LogLevel, pipeline.Debug, pipeline.Profile));
        Assert.Equal(Pipeline.Parse(Text).Hash, pipeline.Hash);
        Assert.Null(Pipeline.Parse(Text + "debug: true\n").LogLevel);
    }

    [Theory]
    [InlineData("debug: { log_level: LOUD }", "'log_level' is 'LOUD'; expected one of: DEBUG, INFO, WARNING, ERROR.")]
    [InlineData("debug: { log_level: 3 }", "'log_level' is '3'; expected one of: DEBUG, INFO, WARNING, ERROR.")]
    [InlineData("debug: { log_levels: DEBUG }", "'log_levels' is not an option")]
    [InlineData("debug: [DEBUG]", "'debug' is a list of 1; expected true or false, or save_intermediate_results, profile_performance and log_level.")]
    public void What_cannot_be_meant_is_one_clear_error(string debug, string expected)
    {
        var error = Assert.Throws<PipelineException>(() => Pipeline.Parse($"{Text}{debug}\n"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
