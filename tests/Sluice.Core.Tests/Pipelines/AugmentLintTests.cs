using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

/// <summary>A pipeline that cleans after it multiplied rows is refused before it runs.</summary>
public sealed class AugmentLintTests
{
    const string Head = "name: a\nsteps:\n  - {id: in, type: csv, config: {file_path: a.csv}}\n";
    const string More = "  - {id: more, type: balance, config: {column: y, method: oversample, set_column: \"\"}}\n";

    [Fact]
    public void Cleaning_after_rows_were_made_is_refused_with_what_to_move_where() => Assert.Equal(
        ["p.yaml:5:5: Step 'once' (remove_duplicates) cleans after step 'more' (balance) made rows that stand for no record: what is wrong is multiplied by then, and copies that are "
            + "meant cannot be told from duplicates. Move 'once' before 'more'."],
        Problems(Head + More + "  - {id: once, type: remove_duplicates}\n"));

    [Theory]
    [InlineData("strip_whitespace")]
    [InlineData("standardize_case, config: {columns: [x], case: lower}")]
    [InlineData("standardize_formats, config: {dates: [x]}")]
    [InlineData("fix_types")]
    [InlineData("handle_missing")]
    [InlineData("handle_missing, config: {missing_strategy: smart_impute, model: default}")]
    [InlineData("impute_missing")]
    [InlineData("remove_outliers")]
    [InlineData("remove_near_duplicates, config: {near_duplicates: {columns: [x]}}")]
    [InlineData("repair_errors")]
    [InlineData("resolve, config: {on: [x]}")]
    [InlineData("data_cleaning")]
    public void So_is_every_step_that_mends_values_or_takes_out_rows(string step)
    {
        Assert.Contains(" cleans after step 'more' ", string.Concat(Problems(Head + More + $"  - {{id: s, type: {step}}}\n")), StringComparison.Ordinal);
        Assert.Empty(Problems(Head + $"  - {{id: s, type: {step}}}\n" + More));
    }

    [Theory]
    [InlineData("scale_numericals, config: {columns: [x], method: log1p}")]
    [InlineData("derive_columns, config: {columns: {z: x + 1}}")]
    [InlineData("quality_validation")]
    [InlineData("remove_outliers, config: {outlier_action: flag}")]
    [InlineData("repair_errors, config: {min_confidence: 1}")]
    [InlineData("filter, config: {condition: x > 1}")]
    public void What_only_looks_or_derives_may_stand_after_it(string step) => Assert.Empty(Problems(Head + More + $"  - {{id: s, type: {step}}}\n"));

    [Theory]
    [InlineData("weights")]
    [InlineData("undersample")]
    public void Balancing_without_new_rows_makes_none(string method) =>
        Assert.Empty(Problems(Head + More.Replace("oversample", method, StringComparison.Ordinal) + "  - {id: once, type: remove_duplicates}\n"));

    [Fact]
    public void Rows_of_a_joined_table_stand_for_records() =>
        Assert.Empty(Problems(Head + "  - {id: items, type: explode, config: {column: x}}\n  - {id: once, type: remove_duplicates}\n"));

    static string[] Problems(string yaml)
    {
        try
        {
            Pipeline.Parse(yaml, "p.yaml");
            return [];
        }
        catch (PipelineException error)
        {
            return [.. error.Problems.Select(p => p.ToString())];
        }
    }
}
