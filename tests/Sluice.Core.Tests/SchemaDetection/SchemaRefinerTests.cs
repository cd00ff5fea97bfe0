using Sluice.Core.Tests.Steps;
using Sluice.SchemaDetection;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class SchemaRefinerTests
{
    [Fact]
    public void A_refinement_describes_but_cannot_give_a_type_that_values_contradict_or_take_a_flag_away()
    {
        var batch = DirtyTable.Text(("mail", ["a@b.org", "c@d.org"]), ("level", ["1", "2"]), ("word", ["x", "y"]));
        var sketch = new TableSketch(batch.Schema, 10);
        sketch.Observe(batch);

        var schema = new SchemaDetector(sketch, new DetectionLimits()).Schema(new Bold());

        Assert.All(schema.Columns, c => Assert.Equal("As a model would say", c.Description));
        Assert.Equal(["string", "integer", "string"], schema.Columns.Select(c => c.Type));
        Assert.Equal([true, true, true], schema.Columns.Select(c => c.Pii));
    }

    /// <summary>Proposes a wrong type for every column, the flag for the others, and none where it belongs.</summary>
    sealed class Bold : SchemaRefiner
    {
        public override IReadOnlyList<ColumnRefinement> Refine(DetectedSchema schema) =>
            [.. schema.Columns.Select(c => new ColumnRefinement(c.Name, "As a model would say", "boolean", Pii: c.Name != "mail"))];
    }
}
