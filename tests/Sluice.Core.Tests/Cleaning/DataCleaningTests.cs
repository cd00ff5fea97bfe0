using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Schemas;

namespace Sluice.Core.Tests.Cleaning;

public sealed class DataCleaningTests
{
    static readonly Catalog Catalog = Catalog.Of(
        [typeof(DataCleaning), typeof(RemoveDuplicates), typeof(StripWhitespace), typeof(StandardizeCase), typeof(HandleMissing), typeof(FixTypes), typeof(RemoveOutliers)]);

    [Fact]
    public void Runs_the_operations_in_their_order()
    {
        var step = Create("""{ "operations": ["remove_duplicates", "strip_whitespace", "standardize_case", "handle_missing", "fix_types", "remove_outliers"] }""");

        Assert.Equal(
            [typeof(RemoveDuplicates), typeof(StripWhitespace), typeof(StandardizeCase), typeof(HandleMissing), typeof(FixTypes), typeof(RemoveOutliers)],
            step.Expand().Select(s => s.GetType()));
    }

    [Fact]
    public void Each_operation_sees_what_the_one_before_left()
    {
        var batch = DirtyTable.Text(("id", [" 1", "1 ", "2", "3"]), ("size", ["5", "5", "7 ", "x"]));

        var stripped = StepRunner.RunAll(Create("""{ "operations": ["strip_whitespace", "remove_duplicates", "fix_types"] }""").Expand(), batch);
        var late = StepRunner.RunAll(Create("""{ "operations": ["remove_duplicates", "strip_whitespace"] }""").Expand(), batch);

        Assert.Equal(["1", "2", "3"], DirtyTable.Shown(stripped.All, "id"));
        Assert.Equal(["5", "7", null], DirtyTable.Shown(stripped.All, "size"));
        Assert.Equal(ColumnType.Int64, stripped.Schema["size"].Type);
        Assert.Equal(4, late.All.Rows);
    }

    [Fact]
    public void Fills_and_trims_columns_that_only_get_their_type_on_the_way()
    {
        var batch = DirtyTable.Text(("x", ["1", "2", "n/a", "3", "4", "5", "1000"]), ("y", ["a", "b", "c", "d", "e", "f", "g"]));

        var run = StepRunner.RunAll(Create("""{ "operations": ["fix_types", "handle_missing", "remove_outliers"], "columns": ["x"], "missing_strategy": "median" }""").Expand(), batch);

        // The median of 1, 2, 3, 4, 5, 1000 is 3.5, which rounds to 4.
        Assert.Equal(["1", "2", "4", "3", "4", "5"], DirtyTable.Shown(run.All, "x"));
    }

    [Fact]
    public void Passes_over_columns_that_an_operation_does_not_apply_to() => Assert.Empty(StepRunner.Problems(
        Create("""{ "operations": ["strip_whitespace", "handle_missing", "remove_outliers"], "columns": ["name", "count"], "missing_strategy": "mean" }"""), DirtyTable.Schema));

    [Fact]
    public void Reports_all_problems_at_once_by_the_path_of_the_option() => Assert.Equal(
        [
            "duplicate_keys[1]: Column 'nam' does not exist here. Did you mean 'name'? It has: " + DirtyTable.Schema.Names + ".",
            "fill_value: missing_strategy is 'constant', but fill_value is not given. Give the value to fill in.",
            "outlier_action: 'clip' changes a cell, and 'isolation_forest' judges whole rows. Use remove or flag, or a method by column: iqr, z_score, robust_z.",
        ],
        StepRunner.Problems(
            Create(
                """
                { "operations": ["remove_duplicates", "handle_missing", "remove_outliers"], "duplicate_keys": ["name", "nam"],
                  "missing_strategy": "constant", "outlier_method": "isolation_forest", "outlier_action": "clip" }
                """),
            DirtyTable.Schema));

    [Fact]
    public void Refuses_an_empty_list_and_an_unknown_operation()
    {
        Assert.EndsWith(": 'operations' is empty; expected at least 1 item.", Refusal("""{"operations": []}"""));
        Assert.Contains("expected one of: remove_duplicates, strip_whitespace, standardize_case, handle_missing, fix_types, remove_outliers", Refusal("""{"operations": ["polish"]}"""));
    }

    [Fact]
    public void Runs_with_defaults()
    {
        var run = StepRunner.RunAll(Create("{}").Expand(), DirtyTable.Of(200, seed: 5));

        Assert.True(run.All.Rows < 200);
        Assert.DoesNotContain(run.Schema, f => f.Format == Unify.Fitted);
    }

    [Fact]
    public void Every_option_says_what_it_does() =>
        Assert.All(Catalog.All.SelectMany(c => c.Options), option => Assert.True(option is { Required: false, Summary.Length: > 0 }, option.Name));

    static string Refusal(string config) => Assert.Throws<PipelineException>(() => Create(config)).Message;

    static DataCleaning Create(string config) => (DataCleaning)Catalog.Configure(CapabilityKind.Step, "data_cleaning", config);
}
