using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class ColumnTypeTests
{
    [Theory]
    [InlineData("datetime", "DD/MM/YYYY", "13/02/2024", "01/03/2024", "25/12/2023")]
    [InlineData("datetime", "MM/DD/YYYY", "02/13/2024", "03/01/2024", "12/25/2023")]
    [InlineData("datetime", "MM/DD/YYYY|DD/MM/YYYY", "02/03/2024", "03/01/2024", "12/11/2023")]
    [InlineData("datetime", "DD.MM.YYYY", "13.02.2024", "01.03.2024", "25.12.2023")]
    [InlineData("datetime", "DD.MM.YYYY HH:MM", "13.02.2024 10:00", "01.03.2024 11:30", "25.12.2023 23:59")]
    [InlineData("boolean", "yes/no", "yes", "no", "yes")]
    [InlineData("decimal", "#.##0,00", "1.234,56", "7,25", "12.000,00")]
    [InlineData("integer", null, "1,234", "12", "7")]
    [InlineData("string", null, "00123", "04567", "98765")]
    [InlineData("string", null, "abc", "def", "12")]
    public void Types_go_beyond_what_parsing_gives(string type, string? format, params string?[] values)
    {
        var column = Detection.Of(DirtyTable.Text(("x", values))).Columns[0];

        Assert.Equal((type, format), (column.Type, column.Format));
    }

    [Fact]
    public void Dates_in_mixed_formats_are_dates_and_an_issue()
    {
        var schema = Detection.Of(DirtyTable.Text(("when", ["2024-01-05", "2024-02-06", "13/02/2024", "Jun 12 1998"])));

        Assert.Equal(("datetime", "YYYY-MM-DD"), (schema.Columns[0].Type, schema.Columns[0].Format));
        Assert.Equal([("YYYY-MM-DD", 0.5), ("DD/MM/YYYY", 0.25), ("MMM DD YYYY", 0.25)], schema.Evidence[0].Formats.Select(f => (f.Format, f.Share)));
        Assert.Equal(2, schema.Issues.Single(i => i.Kind == "mixed_formats").Count);
    }

    [Fact]
    public void Codes_keep_their_zeros_and_get_a_pattern()
    {
        var schema = Detection.Of(DirtyTable.Text(("plain", ["00123", "04567", "98765"]), ("mixed", ["AB-1234", "CD-9876", "XX-0001"])));

        Assert.Equal((@"^\d{5}$", "code"), (schema.Columns[0].Pattern, schema.Meaning("plain")));
        Assert.Equal(@"^[A-Z]{2}-\d{4}$", schema.Columns[1].Pattern);
    }

    [Fact]
    public void A_few_values_of_another_type_are_an_issue_and_many_make_it_text()
    {
        string?[] few = [.. Enumerable.Range(0, 99).Select(i => $"{i}"), "oops"];
        string?[] many = [.. Enumerable.Range(0, 70).Select(i => $"{i}"), .. Enumerable.Range(0, 30).Select(i => $"w{i}")];

        var schema = Detection.Of(DirtyTable.Text(("few", few), ("many", many)));

        Assert.Equal(["integer", "string"], schema.Columns.Select(c => c.Type));
        Assert.Equal(1, schema.Issues.Single(i => i.Kind == "wrong_type").Count);
    }

    [Fact]
    public void Doubles_that_are_decimals_get_precision_and_scale_and_measurements_do_not()
    {
        var decimals = Detection.Of(DirtyTable.Numbers("x", 0.1, 19.99, 1234567890.25)).Columns[0];
        var measured = Detection.Of(DirtyTable.Numbers("x", 1 / 3.0, Math.PI)).Columns[0];

        Assert.Equal(("decimal", 12, 2), (decimals.Type, decimals.Precision, decimals.Scale));
        Assert.Equal(("float", null, null), (measured.Type, measured.Precision, measured.Scale));
    }

    [Fact]
    public void Uses_without_a_name_are_categories_and_free_text()
    {
        string?[] levels = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? "low" : "high")];
        string?[] texts = [.. Enumerable.Range(0, 60).Select(i => $"the quick brown fox number {i} jumped over it")];

        var schema = Detection.Of(DirtyTable.Text(("a", levels), ("b", texts)));

        Assert.Equal(["category", "free_text"], schema.Evidence.Select(e => e.SemanticType));
    }
}
