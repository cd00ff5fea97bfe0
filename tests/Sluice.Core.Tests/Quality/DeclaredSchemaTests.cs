using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;
using ValueType = Sluice.Quality.ValueType;

namespace Sluice.Core.Tests.Quality;

/// <summary>Tables held to a schema that was declared before.</summary>
public sealed class DeclaredSchemaTests
{
    const string Frictionless = """
        {
          "fields": [
            { "name": "id", "type": "integer", "constraints": { "required": true } },
            { "name": "age", "type": "number", "constraints": { "minimum": 0, "maximum": "150" } },
            { "name": "code", "type": "string", "constraints": { "pattern": "[A-Z]{2}", "minLength": 2, "unique": true } },
            { "name": "kind", "type": "string", "constraints": { "enum": ["a", "b"] } },
            { "name": "born", "type": "date", "constraints": { "minimum": "1900-01-01" } },
            { "name": "place", "type": "geopoint" }
          ],
          "primaryKey": "id"
        }
        """;

    static readonly Batch table = DirtyTable.Text(
        ("id", ["1", "2", "2", null]), ("age", ["10", "-1", "old", "151"]), ("code", ["AB", "CDE", "AB", null]), ("kind", ["a", "b", "c", ""]),
        ("born", ["2000-01-31", "soon", "31/01/2000", null]), ("place", ["1,2", "", null, "x"]), ("extra", ["", "", "", ""]));

    [Fact]
    public void Every_constraint_of_a_table_schema_is_judged_cell_by_cell_or_named()
    {
        var file = SchemaFile.Read(Frictionless, "schema.json");

        var run = StepRunner.Run(new QualityValidation(new() { Checks = [], Schema = file.Demand }), table);

        Assert.Equal(["minimum '1900-01-01' of column 'born', which is no number", "the type 'geopoint' of column 'place'"], file.Ignored);
        Assert.Equal(
            [
                "missing_column: 0 of 6 columns", "not_of_type id: 0 of 3 rows", "missing_required id: 1 of 4 rows", "not_of_type age: 1 of 4 rows", "out_of_range age: 2 of 3 rows",
                "pattern_mismatch code: 0 of 3 rows", "pattern_mismatch code: 1 of 3 rows", "not_unique code: 1 of 3 rows", "not_allowed kind: 1 of 3 rows", "not_of_type born: 1 of 3 rows",
                "not_unique: 1 of 3 rows",
            ],
            Shown(run));
        Assert.Contains(run.Verdicts[0].Rules.Index(), r => r.Item is { Reason: "not_of_type", Column: "age" } && run.Verdicts[0].Failing(r.Index) is [2]);
    }

    [Fact]
    public void A_JSON_Schema_of_rows_is_read_with_what_is_required_and_what_may_be_null()
    {
        const string Rows = """
            { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["id", "kind"], "properties": {
              "id": { "type": "integer", "minimum": 1 }, "kind": { "type": ["string", "null"], "enum": ["a", "b", "c"] }, "born": { "type": "string", "format": "date" } } } }
            """;

        var demand = SchemaFile.Read(Rows, "rows.json").Demand;

        Assert.Equal([("id", ValueType.Integer, false, false), ("kind", ValueType.String, true, false), ("born", ValueType.Date, true, true)], demand.Columns.Select(c => (c.Name, c.Type!.Value, c.Nullable, c.Optional)));
        var run = StepRunner.Run(new QualityValidation(new() { Checks = [], Schema = demand }), table.Select(new HashSet<string> { "id", "extra" }));
        Assert.Equal(["missing_column: 1 of 2 columns", "undeclared_column: 1 of 2 columns"], Shown(run).Take(2));
        Assert.Equal(["undeclared_column: 'extra'."], new Fitted(run.Json).As<QualityReport>().Notes);
    }

    [Theory]
    [InlineData(ValueType.String, "")]
    [InlineData(ValueType.Integer, "2 3 4 5 7 8")]
    [InlineData(ValueType.Decimal, "3 4 5 7 8")]
    [InlineData(ValueType.Boolean, "1 2 4 5 7 8")]
    [InlineData(ValueType.Date, "0 1 2 3 5 7 8")]
    [InlineData(ValueType.Datetime, "0 1 2 3 7 8")]
    public void A_text_is_of_the_type_that_it_says(ValueType type, string failing)
    {
        var step = new QualityValidation(new() { Checks = [], Schema = new() { Columns = [new() { Name = "x", Type = type }] } });

        var run = StepRunner.Run(step, DirtyTable.Text(("x", ["1", "12", "1.5", "yes", "2020-01-31", "2020-01-31T10:00:00", "", "n/a", "é"])));

        Assert.Equal(failing, string.Join(' ', run.Verdicts[0].Rules.Count == 0 ? [] : run.Verdicts[0].Failing(0)));
    }

    [Fact]
    public void Whole_numbers_read_as_decimals_are_integers()
    {
        var step = new QualityValidation(new() { Checks = [], Schema = new() { Columns = [new() { Name = "x", Type = ValueType.Integer }] } });

        Assert.Equal([1, 3], StepRunner.Run(step, DirtyTable.Numbers("x", 1, 1.5, null, double.PositiveInfinity, -7)).Verdicts[0].Failing(0));
    }

    [Theory]
    [InlineData("[1]", "The schema 's.json' has none of columns (as 'sluice schema FILE --json' prints), fields (Frictionless Table Schema) and properties (JSON Schema).")]
    [InlineData("{ \"fields\": [{}] }", "In the schema 's.json', fields[0] has no name.")]
    [InlineData("{ \"properties\": { \"a\": 1 } }", "In the schema 's.json', properties.a is number; expected an object.")]
    public void What_is_no_schema_is_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<PipelineException>(() => SchemaFile.Read(json, "s.json")).Problems.Single().Message);

    [Fact]
    public void A_pattern_that_is_none_is_a_problem_with_its_place()
    {
        var step = new QualityValidation(new() { Schema = new() { Columns = [new() { Name = "x", Pattern = "(" }] } });

        Assert.StartsWith("schema.columns[0].pattern: '(' is no regular expression: ", Assert.Single(StepRunner.Problems(step, DirtyTable.Schema)), StringComparison.Ordinal);
    }

    static IEnumerable<string> Shown(StepRun run) => new Fitted(run.Json).As<QualityReport>().Checks
        .Select(c => $"{c.Name}{(c.Column is null ? "" : $" {c.Column}")}: {c.Issues} of {c.Denominator} {c.Unit}");
}
