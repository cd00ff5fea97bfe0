using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Pipelines;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class SuggestionTests
{
    static readonly Batch dirty = DirtyTable.Of(rows: 300, seed: 5);

    [Fact]
    public void Every_suggestion_runs_as_it_stands_and_says_the_same_in_words()
    {
        var schema = Detection.Of(dirty);

        Assert.True(schema.Transformations.Count >= 4, string.Join('\n', schema.SuggestedTransformations));
        Assert.Equal(schema.SuggestedTransformations, schema.Transformations.Select(t => t.Description));
        foreach (var suggestion in schema.Transformations)
        {
            var step = Parse(suggestion.Step);

            // The rows in are the rows out and the rejected; StepRunner asserts it, and that no row makes a step throw.
            StepRunner.RunAll(step.Steps.Select(s => s.Step), dirty);
        }
    }

    [Fact]
    public void All_suggestions_run_one_after_another()
    {
        var schema = Detection.Of(dirty);

        var chain = schema.Transformations.SelectMany(t => Parse(t.Step).Steps).Select(s => s.Step);
        var run = StepRunner.RunAll(chain, dirty);

        Assert.InRange(run.All.Rows, 1, dirty.Rows - 1);
        Assert.DoesNotContain(Detection.Of(run.All).Issues, i => i.Kind is "white_space" or "duplicate_rows");
    }

    [Fact]
    public void A_clean_table_needs_nothing_but_checks()
    {
        var schema = Detection.Of(DirtyTable.Text(("city", ["Paris", "Rome", "Oslo"]), ("nice", ["very", "quite", "rather"])));

        Assert.Equal(["quality_validation"], schema.Transformations.Select(t => (string)t.Step["type"]!));
        Assert.Empty(schema.Issues);
    }

    static Pipeline Parse(JsonObject step)
    {
        var source = new JsonObject { ["id"] = "in", ["type"] = "csv", ["config"] = new JsonObject { ["file_path"] = "x.csv" } };
        var node = (JsonObject)step.DeepClone();
        node["id"] = "suggested";
        return Pipeline.Parse(new JsonObject { ["name"] = "test", ["steps"] = new JsonArray(source, node) }.ToJsonString());
    }
}
