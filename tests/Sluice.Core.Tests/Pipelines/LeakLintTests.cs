using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

/// <summary>A pipeline that learns from test rows is refused before it runs.</summary>
public sealed class LeakLintTests
{
    const string Head = "name: a\nsteps:\n  - {id: in, type: csv, config: {file_path: a.csv}}\n";
    const string Scale = "  - {id: scale, type: scale_numericals, config: {columns: [x]}}\n";
    const string Split = "  - {id: sets, type: split}\n";

    [Fact]
    public void Learning_before_the_split_is_refused_with_what_to_move_where() => Assert.Equal(
        ["p.yaml:4:5: Step 'scale' (scale_numericals) learns from all rows, but step 'sets' only then splits them: what it learns from validation and test rows would leak into "
            + "training. Move 'scale' after 'sets'; there it learns from the set 'train' alone."],
        Problems(Head + Scale + "  - {id: f, type: filter, config: {condition: x > 1}}\n" + Split));

    [Theory]
    [InlineData("encode_categoricals, config: {columns: [x]}")]
    [InlineData("encode_categoricals, config: {columns: [x], method: target, target: y}")]
    [InlineData("text_features, config: {columns: [x], ngrams: word}")]
    [InlineData("group_features, config: {columns: [x], group_by: [y]}")]
    [InlineData("impute_missing")]
    [InlineData("handle_missing")]
    [InlineData("handle_missing, config: {columns: [x], missing_strategy: mean}")]
    [InlineData("handle_missing, config: {columns: [x], missing_strategy: mode}")]
    [InlineData("handle_missing, config: {missing_strategy: knn}")]
    [InlineData("remove_outliers")]
    [InlineData("remove_outliers, config: {outlier_action: clip}")]
    [InlineData("remove_outliers, config: {outlier_action: flag, score_column: far}")]
    [InlineData("remove_outliers, config: {outlier_method: isolation_forest}")]
    [InlineData("repair_errors")]
    [InlineData("balance, config: {column: y, method: smote, columns: [x]}")]
    [InlineData("data_cleaning, config: {operations: [strip_whitespace, handle_missing]}")]
    public void So_is_every_step_that_writes_what_it_learned(string step)
    {
        Assert.Single(Problems(Head + $"  - {{id: s, type: {step}}}\n" + Split));
        Assert.Empty(Problems(Head + Split + $"  - {{id: s, type: {step}}}\n"));
    }

    [Theory]
    [InlineData("encode_categoricals, config: {columns: [x], method: hashing}")]
    [InlineData("encode_categoricals, config: {columns: [x], categories: {x: [a]}}")]
    [InlineData("scale_numericals, config: {columns: [x], method: log1p}")]
    [InlineData("text_features, config: {columns: [x]}")]
    [InlineData("polynomial_features, config: {columns: [x]}")]
    [InlineData("date_parts, config: {columns: [x]}")]
    [InlineData("derive_columns, config: {columns: {y: x + 1}}")]
    [InlineData("handle_missing, config: {missing_strategy: drop}")]
    [InlineData("handle_missing, config: {missing_strategy: constant, fill_value: x}")]
    [InlineData("handle_missing, config: {missing_strategy: ffill, order_column: t}")]
    [InlineData("remove_outliers, config: {outlier_action: flag}")]
    [InlineData("repair_errors, config: {min_confidence: 1}")]
    [InlineData("fix_types")]
    [InlineData("remove_duplicates")]
    [InlineData("data_cleaning")]
    public void What_learns_nothing_may_stand_anywhere(string step) => Assert.Empty(Problems(Head + $"  - {{id: s, type: {step}}}\n" + Split));

    [Fact]
    public void Of_a_group_the_operation_that_learns_is_named() => Assert.Equal(
        ["p.yaml:4:5: Step 'clean', operation handle_missing, learns from all rows, but step 'sets' only then splits them: what it learns from validation and test rows would leak "
            + "into training. Make handle_missing a step of its own after 'sets'; there it learns from the set 'train' alone."],
        Problems(Head + "  - {id: clean, type: data_cleaning, config: {operations: [strip_whitespace, handle_missing]}}\n" + Split));

    [Fact]
    public void Without_a_split_nothing_can_leak() => Assert.Empty(Problems(Head + Scale));

    [Fact]
    public void Between_two_splits_is_before_a_split() => Assert.Single(Problems(Head + Split + Scale + "  - {id: more, type: split, config: {output_column: fold}}\n"));

    [Fact]
    public void The_split_must_write_what_the_step_reads() => Assert.Equal(
        ["p.yaml:5:49: Step 'scale' (scale_numericals) has split_column 'split', but step 'sets' writes the sets into 'fold': it would learn from validation and test rows too. "
            + "Set split_column: fold."],
        Problems(Head + "  - {id: sets, type: split, config: {output_column: fold}}\n" + Scale));

    [Fact]
    public void The_set_must_be_one_of_the_split() => Assert.Equal(
        ["p.yaml:5:49: Step 'scale' (scale_numericals) learns from the set 'train', but step 'sets' makes: training, test. Set fit_on to the training set."],
        Problems(Head + "  - {id: sets, type: split, config: {ratios: {training: 0.5, test: 0.5}}}\n" + Scale));

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
