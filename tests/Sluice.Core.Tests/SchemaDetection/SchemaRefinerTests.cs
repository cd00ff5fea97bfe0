using Sluice.Core.Tests.Steps;
using Sluice.SchemaDetection;

namespace Sluice.Core.Tests.SchemaDetection;

/// <summary>Claims about columns, held against their values.</summary>
public sealed class SchemaRefinerTests
{
    static readonly string[] hundred = [.. Enumerable.Range(1, 100).Select(i => $"{i}")];

    static DetectedSchema Refined(TableRefinement claims, params (string Name, string?[] Values)[] columns)
    {
        var batch = DirtyTable.Text(columns);
        var sketch = new TableSketch(batch.Schema, 10);
        sketch.Observe(batch);
        var table = new SchemaDetector(sketch, new DetectionLimits());
        return RefinementGuard.Apply(table, table.Schema(), claims);
    }

    static DetectedSchema Refined(ColumnRefinement claim, params string?[] values) => Refined(Claims(claim), (claim.Column, values));

    static TableRefinement Claims(params ColumnRefinement[] columns) => new() { Model = "test/model", Columns = columns };

    static string Refusals(DetectedSchema schema) => string.Join("; ", schema.Refinement!.Refused.Select(r => $"{r.Column} {r.Claim} {r.Value}: {r.Reason}"));

    [Fact]
    public void A_refinement_describes_but_cannot_give_a_type_that_values_contradict_or_take_a_flag_away()
    {
        var schema = Refined(
            Claims([.. new[] { "mail", "level", "word" }.Select(c => new ColumnRefinement(c, "As a model would say", "boolean", Pii: c != "mail"))]),
            ("mail", ["a@b.org", "c@d.org"]), ("level", ["1", "2"]), ("word", ["x", "y"]));

        Assert.All(schema.Columns, c => Assert.Equal("As a model would say", c.Description));
        Assert.Equal(["string", "integer", "string"], schema.Columns.Select(c => c.Type));
        Assert.Equal([true, true, true], schema.Columns.Select(c => c.Pii));
        Assert.Equal(["type", "pii", "type", "type"], schema.Refinement!.Refused.Select(r => r.Claim));
        Assert.DoesNotContain("a@b.org", Refusals(schema), StringComparison.Ordinal);
    }

    [Fact]
    public void One_value_falsifies_a_type()
    {
        var schema = Refined(new ColumnRefinement("size", Type: "integer"), [.. hundred, "4x"]);

        Assert.Equal("", Refusals(schema));
        var words = Refined(new ColumnRefinement("size", Type: "integer"), "12 a", "13 b", "14");
        Assert.Equal("string", words.Columns[0].Type);
        Assert.Equal("size type integer: 2 of 3 different values are not, such as '", Refusals(words)[..Refusals(words).LastIndexOf("'1", StringComparison.Ordinal)] + "'");
    }

    [Theory]
    [InlineData("decimal")]
    [InlineData("float")]
    [InlineData("string")]
    public void A_wider_type_that_every_value_has_is_taken(string type)
    {
        var schema = Refined(new ColumnRefinement("code", Type: type), hundred);

        Assert.Equal((type, ""), (schema.Columns[0].Type, Refusals(schema)));
        Assert.Equal(type == "decimal" ? (10, 0) : (null, null), (schema.Columns[0].Precision, schema.Columns[0].Scale));
    }

    [Fact]
    public void A_meaning_is_taken_unless_a_value_contradicts_its_form()
    {
        var free = Refined(new ColumnRefinement("x", SemanticType: "product_name"), "Chair", "Table", "Lamp");
        var form = Refined(new ColumnRefinement("x", SemanticType: "email"), "ann@x.org", "q7", "eve@y.org");
        var sure = Refined(new ColumnRefinement("mail", SemanticType: "product_name"), "ann@x.org", "bob@x.org", "eve@y.org");

        Assert.Equal(("product_name", "test/model says so, and no value contradicts it", ""), (free.Evidence[0].SemanticType, free.Evidence[0].Reason, Refusals(free)));
        Assert.Equal("x semantic_type email: 1 of 3 different values are not, such as 'q7'", Refusals(form));
        Assert.StartsWith("mail semantic_type product_name: the values are of the type email:", Refusals(sure), StringComparison.Ordinal);
    }

    [Fact]
    public void Personal_data_that_a_recogniser_found_is_not_talked_away()
    {
        var schema = Refined(new ColumnRefinement("note", Pii: false), "call ann@x.org today", "nothing here to see", "fine");

        Assert.Equal("note pii false: the recognisers found email in 1 of 3 different values", Refusals(schema));
    }

    [Fact]
    public void Units_are_of_numbers_that_measure_and_ranges_hold_every_value()
    {
        var good = Refined(new ColumnRefinement("weight", Unit: "kg", Min: 0, Max: 500), "1.5", "22.25", "400");
        var word = Refined(new ColumnRefinement("name", Unit: "kg", Min: 0), "a", "b", "c");

        Assert.Equal(("kg", ""), (good.Evidence[0].Unit, Refusals(good)));
        Assert.Equal("name unit kg: the column is string, and only numbers are counted in something; name range 0 to …: the column has no numbers that could be compared", Refusals(word));
    }

    [Fact]
    public void Keys_that_the_rows_contradict_or_that_are_larger_than_needed_are_refused()
    {
        (string, string?[])[] rows = [("id", ["1", "2", "3"]), ("name", ["a", "a", null]), ("town", ["x", "y", "y"])];
        string Of(params string[] key) => Refusals(Refined(Claims() with { Key = key }, rows));

        Assert.Equal("", Of("id"));
        Assert.Equal("town key town: values are there twice", Of("town"));
        Assert.Equal("name key name: 'name' is missing in 1 rows", Of("name"));
        Assert.Equal(" key id + town: id alone tells all rows apart", Of("id", "town"));
        Assert.Equal("nowhere key nowhere: there is no column 'nowhere'", Of("nowhere"));
    }

    [Fact]
    public void Steps_that_the_planner_refuses_are_refused_in_its_words_and_the_others_run_as_they_stand()
    {
        var schema = Refined(
            Claims() with
            {
                Steps =
                [
                    new StepClaim("standardize_case", """{"columns":["town"],"case":"upper"}""", "Towns are written\nin capitals."),
                    new StepClaim("standardize_case", """{"columns":["village"],"case":"upper"}""", ""),
                    new StepClaim("standardize_case", """{"columns":["town"],"letters":"upper"}""", ""),
                    new StepClaim("llm_process", """{"type":"summarize"}""", ""),
                    new StepClaim("filter", "delete it", ""),
                ],
            },
            ("id", ["1", "2", "3"]), ("town", ["x", "y", "y"]));

        var step = Assert.Single(schema.Transformations, t => (string?)t.Step["type"] == "standardize_case");
        Assert.Equal("Towns are written in capitals", step.Description);
        Assert.Contains(step.Description, schema.SuggestedTransformations);
        Assert.Equal("quality_validation", (string?)schema.Transformations[^1].Step["type"]);
        var reasons = schema.Refinement!.Refused.Select(r => r.Reason).ToList();
        Assert.Equal(4, reasons.Count);
        Assert.StartsWith("Column 'village' does not exist here.", reasons[0], StringComparison.Ordinal);
        Assert.StartsWith("'letters' is not an option of standardize_case.", reasons[1], StringComparison.Ordinal);
        Assert.StartsWith("'llm_process' is not among the steps that can be suggested: strip_whitespace,", reasons[2], StringComparison.Ordinal);
        Assert.Equal("its options are no JSON object of at most 4,000 characters", reasons[3]);
    }

    /// <summary>Whatever is claimed of whatever rows, the schema is one that its values have.</summary>
    [Fact]
    public void No_claim_gives_a_column_a_type_that_one_of_its_values_falsifies()
    {
        const int seed = 23;
        var random = new Random(seed);
        string[] types = ["string", "integer", "decimal", "float", "boolean", "datetime"];
        string[] words = ["1", "0", "12", "-3.5", "true", "no", "2024-02-30", "2024-02-29", "x", "1e3", "12:30", " 7 "];
        for (var round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(8) == 0 ? null : words[random.Next(words.Length)]).ToArray();
            var type = types[random.Next(types.Length)];

            var plain = Refined(Claims(), ("c", values));
            var schema = Refined(new ColumnRefinement("c", Type: type), values);

            if (schema.Columns[0].Type != plain.Columns[0].Type && schema.Columns[0].Type is "integer" or "decimal" or "float")
            {
                Assert.All(values.Where(v => !string.IsNullOrWhiteSpace(v)), v => Assert.True(
                    double.TryParse(v!.Trim(), System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number), $"seed {seed}, round {round}: '{v}' as {type}"));
            }

            Assert.True(schema.Columns[0].Type == type || schema.Refinement!.Refused.Count == 1, $"seed {seed}, round {round}");
        }
    }
}
