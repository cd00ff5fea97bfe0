using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Pipelines;
using Sluice.Schemas;
using Sluice.Steps;
using Sluice.Tests.Pipelines;

namespace Sluice.Tests.Expressions;

public sealed class FilterTests
{
    static readonly Schema Columns = new([new Field("age", ColumnType.Int64), new Field("country", ColumnType.Text)]);

    [Fact]
    public void Keeps_the_rows_for_which_the_condition_is_true()
    {
        var (kept, verdicts) = Apply(new Filter.Options { Condition = "age >= 18" });

        Assert.Equal(["18", "40"], Ages(kept));
        Assert.Equal([1, 3], kept.Origin!);
        Assert.Equal(("filtered", true), (Assert.Single(verdicts.Rules).Reason, verdicts.Rules[0].Rejects));
        Assert.Equal([0, 2], verdicts.Failing(0));
        Assert.Equal(4, kept.Rows + verdicts.Rejected);
    }

    [Fact]
    public void Unknown_rows_stay_when_asked_for()
    {
        var (kept, verdicts) = Apply(new Filter.Options { Condition = "age >= 18", OnNull = NullAction.Keep, Reason = "minor" });

        Assert.Equal(["18", "", "40"], Ages(kept));
        Assert.Equal("minor", Assert.Single(verdicts.Rules).Reason);
    }

    [Fact]
    public void A_row_whose_condition_cannot_be_computed_is_rejected_with_its_own_reason()
    {
        var (kept, verdicts) = Apply(new Filter.Options { Condition = "100 / (age - 18) > 0", OnNull = NullAction.Keep });

        Assert.Equal(["", "40"], Ages(kept));
        Assert.Equal(["filtered", "expression_error"], verdicts.Rules.Select(r => r.Reason));
        Assert.Equal([1], verdicts.Failing(1));
    }

    [Fact]
    public void Passes_a_batch_on_when_every_row_stays()
    {
        var batch = Rows();

        Assert.Same(batch, new Filter(new Filter.Options { Condition = "coalesce(age, 0) < 200" }).Apply(batch, Fitted.None, new Verdicts(batch.Rows)));
    }

    [Fact]
    public void A_constant_condition_holds_for_every_row()
    {
        Assert.Equal(4, Apply(new Filter.Options { Condition = "1 < 2" }).Kept.Rows);
        Assert.Equal(0, Apply(new Filter.Options { Condition = "1 > 2" }).Kept.Rows);
        Assert.Equal(0, Apply(new Filter.Options { Condition = "NULL" }).Kept.Rows);
    }

    [Fact]
    public void Needs_the_columns_of_the_condition_only()
    {
        var step = new Filter(new Filter.Options { Condition = "age > 1" });

        var needs = step.Needs(Columns, new HashSet<string> { "country" });

        Assert.Equal(["age", "country"], needs!.Order());
        Assert.Null(step.NewState(Columns));
        Assert.Equal(["18", "40"], Ages(step.Apply(Rows().Select(new HashSet<string> { "age" }), Fitted.None, new Verdicts(4)), 0).Where(a => int.Parse(a) > 17));
    }

    [Fact]
    public void The_result_does_not_depend_on_the_batches()
    {
        var step = new Filter(new Filter.Options { Condition = "age > 10 AND country LIKE 'D%' OR country IS NULL" });
        var rows = Rows();

        var whole = step.Apply(rows, Fitted.None, new Verdicts(4));
        var parts = Enumerable.Range(0, 4).Select(i => step.Apply(rows.Slice(i, i + 1), Fitted.None, new Verdicts(1))).SelectMany(b => Ages(b));

        Assert.Equal(Ages(whole), parts);
    }

    [Theory]
    [InlineData("age IN (1, 2)")]
    [InlineData("age NOT IN (1, 2)")]
    public void A_list_of_numbers_fits_a_column_without_a_value(string condition)
    {
        var none = Rows().Slice(0, 0);

        Assert.Equal(0, new Filter(new Filter.Options { Condition = condition }).Apply(none, Fitted.None, new Verdicts(0)).Rows);
    }

    [Fact]
    public void The_pipeline_shows_where_a_condition_is_wrong()
    {
        var catalog = Catalog.Of([typeof(FakeCapabilities.FakeSource), typeof(Filter)]);
        string Text(string condition) => $"name: a\nsteps:\n- {{id: in, type: csv, config: {{file_path: a}}}}\n- id: f\n  type: filter\n  config:\n    condition: {condition}\n";

        var syntax = Assert.Throws<PipelineException>(() => Pipeline.Parse(Text("age >"), "p.yaml", catalog));
        var column = Assert.Throws<PipelineException>(() => Pipeline.Parse(Text("ag > 5"), "p.yaml", catalog).CheckColumns(Columns));
        var none = Assert.Throws<PipelineException>(() => Pipeline.Parse(Text("''"), "p.yaml", catalog));
        var missing = Assert.Throws<PipelineException>(() => Pipeline.Parse(Text("x").Replace("condition: x", "reason: x", StringComparison.Ordinal), "p.yaml", catalog));

        Assert.Equal("p.yaml:7:16: filter: Found the end, expected a value or a column. (character 6)\n  age >\n       ^", syntax.Message);
        Assert.Equal("p.yaml:7:16: Column 'ag' does not exist here. Did you mean 'age'? It has: age, country. (character 1)\n  ag > 5\n  ^", column.Message);
        Assert.Equal("p.yaml:7:16: 'condition' is empty. Give it a value.", none.Message);
        Assert.Equal("p.yaml:7:5: filter needs the option 'condition' (text).", missing.Message);
    }

    [Fact]
    public void A_type_that_is_not_known_yet_is_not_a_problem()
    {
        var open = new Schema([new Field("age", ColumnType.Text, Format: Unify.Fitted)]);
        var problems = new StepProblems();

        new Filter(new Filter.Options { Condition = "age > 18" }).Plan(open, problems);

        Assert.Empty(problems.Items);
    }

    static (Batch Kept, Verdicts Verdicts) Apply(Filter.Options options)
    {
        var rows = Rows();
        var verdicts = new Verdicts(rows.Rows);
        var step = new Filter(options);
        var problems = new StepProblems();
        Assert.Equal(rows.Schema, step.Plan(rows.Schema, problems));
        Assert.Empty(problems.Items);
        return (step.Apply(rows, Fitted.None, verdicts), verdicts);
    }

    static IEnumerable<string> Ages(Batch batch, int column = 0) => Enumerable.Range(0, batch.Rows).Select(batch[column].Display);

    static Batch Rows()
    {
        var age = new ValueBuilder<long>(ColumnType.Int64);
        age.Append(17);
        age.Append(18);
        age.AppendNull();
        age.Append(40);
        return new Batch(Columns, [age.Build(), TextColumn.Of("DE", "DK", null, "FR")], 4);
    }
}
