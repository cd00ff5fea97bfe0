using System.Text;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.SchemaDetection;
using Sluice.Steps;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class SchemaDetectionStepTests : StepContract
{
    protected override Step Create() => new SchemaDetectionStep(new() { Columns = [new() { Name = "code", Pii = true }] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new SchemaDetectionStep(new() { Columns = [new() { Name = "nowhere" }] }), "columns[0].name");

    [Fact]
    public async Task Gives_the_members_of_the_sample_in_its_order()
    {
        var schema = await Detection.OfFileAsync(
            "transaction_date,customer_email,amount\n2024-01-05,Ann@Example.org,12.50\n2024-02-06,bob@example.org,1234.05\n2024-03-07,cid@example.com,7.25\n");

        var json = JsonNode.Parse(DetectedSchema.Json(schema))!;
        Assert.Equal(["columns", "suggested_transformations"], json.AsObject().Select(m => m.Key).Take(2));
        Assert.Equal(
            """
            [{"name":"transaction_date","type":"datetime","format":"YYYY-MM-DD","nullable":false,"description":"Transaction date, from 2024-01-05 to 2024-03-07"},
            {"name":"customer_email","type":"string","nullable":false,"pattern":"email","pii":true,"description":"Customer email"},
            {"name":"amount","type":"decimal","nullable":false,"precision":10,"scale":2,"description":"Amount, from 7.25 to 1234.05"}]
            """.ReplaceLineEndings(""),
            json["columns"]!.ToJsonString());
        Assert.Contains("Normalize email addresses in 'customer_email' to lowercase", json["suggested_transformations"]!.AsArray().Select(s => (string)s!));
    }

    [Fact]
    public void What_the_user_declares_wins_and_the_rest_is_detected()
    {
        var batch = DirtyTable.Text(("when", ["2024-01-05", "2024-02-06"]), ("mail", ["a@b.org", "c@d.org"]));

        var schema = Detection.Of(batch, new() { Columns = [new() { Name = "when", Type = "string", Nullable = true, Description = "As delivered" }, new() { Name = "mail", Pii = false }] });

        Assert.Equal(new DetectedColumn { Name = "when", Type = "string", Nullable = true, Description = "As delivered" }, schema.Column("when"));
        Assert.Null(schema.Column("mail").Pii);
        Assert.Equal("email", schema.Column("mail").Pattern);
    }

    [Theory]
    [InlineData(10_000, 3)]
    [InlineData(1, 0)]
    [InlineData(3, 70)]
    public void Takes_tables_of_any_shape(int columns, int rows)
    {
        var batch = DirtyTable.Empty(new Schema(Enumerable.Range(0, columns).Select(i => new Field($"c{i}", (ColumnType)(i % 6)))), rows);

        var schema = Detection.Of(batch);

        Assert.Equal(columns, schema.Columns.Count);
        Assert.Equal(rows, schema.Rows);
        Assert.Equal(rows == 0 ? 0 : columns, schema.Issues.Count(i => i.Kind == "empty_column"));
    }

    [Fact]
    public void Takes_a_table_without_columns()
    {
        var schema = Detection.Of(new Batch(new Schema([]), [], 5));

        Assert.Empty(schema.Columns);
        Assert.Empty(schema.Transformations);
    }

    [Fact]
    public void Takes_cells_of_a_megabyte_and_keeps_little_of_them()
    {
        var batch = DirtyTable.Text(("a", [new string('x', 1 << 20), new string('x', 1 << 20) + "y", "short"]));
        var step = new SchemaDetectionStep(new());
        var state = step.NewState(batch.Schema);

        step.Observe(batch, state);

        Assert.InRange(state.ToBytes().Length, 1, 4_000);
        Assert.Equal(3, new Fitted(step.Fit(state, null)).As<DetectedSchema>().Evidence[0].Distinct);
    }

    [Fact]
    public void Counts_infinities_and_takes_NaN_for_missing()
    {
        var schema = Detection.Of(DirtyTable.Numbers("x", double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1.5, null));

        Assert.Equal(("float", true, 2L), (schema.Columns[0].Type, schema.Columns[0].Nullable, schema.Evidence[0].Missing));
        Assert.Equal(2, schema.Issues.Single(i => i.Kind == "infinite_value").Count);
    }

    [Fact]
    public void Takes_text_of_every_plane_of_Unicode()
    {
        string?[] values = [.. Enumerable.Range(0, 17).Select(plane => new Rune((plane << 16) + 0x1234 is var c && Rune.IsValid(c) ? c : 0x41).ToString()), "\0", "\u202Eabc"];

        var schema = Detection.Of(DirtyTable.Text(("t", values)));

        Assert.Equal("string", schema.Columns[0].Type);
    }

    [Fact]
    public void Personal_values_are_shown_without_their_letters_and_digits()
    {
        var schema = Detection.Of(DirtyTable.Text(("mail", ["ann@example.org", "bob7@example.org"]), ("city", ["Paris", "Berlin"])));

        Assert.All(schema.Evidence[0].Examples, e => Assert.Matches("^x{3}9?@x{7}\\.x{3}$", e));
        Assert.DoesNotContain("ann", DetectedSchema.Json(schema), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Paris", schema.Evidence[1].Examples);
    }
}
