using System.Text.Json.Nodes;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;

namespace Sluice.Tests.Llm;

/// <summary>A pipeline with other steps in the place of one is the same file elsewhere.</summary>
public sealed class RewrittenFileTests
{
    const string Text = """
        # Moods of the week
        name: moods
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          # The question.
          - id: mood
            type: llm_process
            depends_on: rows
            config:
              type: classify
              prompt: 'Mood of {{ text }}'
              labels: [good, bad]

          # What is bad goes.
          - { id: keep, type: filter, depends_on: mood, config: { condition: "label = 'good'" } }
        optimize: false

        """;

    static readonly RewrittenStep[] steps =
    [
        new("mood_1", "llm_process", new JsonObject { ["type"] = "enrich", ["prompt"] = "Is \"{{ text }}\" <b>good</b>?\nSay why.", ["output"] = new JsonArray(new JsonObject { ["name"] = "label" }) }),
        new("mood", "choose_columns", new JsonObject { ["drop"] = new JsonArray("id") }),
    ];

    [Fact]
    public void Only_the_step_is_replaced()
    {
        var text = RewrittenFile.Of(Text, ["mood"], steps);

        Assert.StartsWith(Text[..Text.IndexOf("  - id: mood", StringComparison.Ordinal)], text, StringComparison.Ordinal);
        Assert.EndsWith(Text[Text.IndexOf("\n  # What is bad", StringComparison.Ordinal)..], text, StringComparison.Ordinal);
        var pipeline = Pipeline.Parse(text);
        Assert.Equal(["mood_1", "mood", "keep"], pipeline.Steps.Select(s => s.Id));
        Assert.Equal("Is \"{{ text }}\" <b>good</b>?\nSay why.", (string?)JsonNode.Parse(pipeline.Steps[0].OptionsJson)!["prompt"]);
        Assert.Equal(Pipeline.Parse(Text).Steps[1].OptionsJson, pipeline.Steps[2].OptionsJson);
    }

    [Fact]
    public void The_last_step_and_steps_in_one_line_can_be_replaced_too()
    {
        var last = RewrittenFile.Of(Text, ["keep"], [new RewrittenStep("keep", "limit", new JsonObject { ["rows"] = 3 })]);

        Assert.Equal("limit", Pipeline.Parse(last).Steps[1].Type);
        Assert.EndsWith("optimize: false\n", last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ name: t, steps: [{ id: rows, type: csv, config: { file_path: d.csv } }, { id: mood, type: limit, config: { rows: 3 } }] }")]
    [InlineData("name: t\nsteps:\n  - { id: rows, type: csv, config: { file_path: d.csv } }\n")]
    public void A_step_that_cannot_be_found_by_its_lines_is_one_clear_error(string text)
    {
        var error = Assert.Throws<PipelineException>(() => RewrittenFile.Of(text, ["mood"], steps));

        Assert.StartsWith("Step 'mood' does not begin with '- ' on a line of its own, so no other can be put in its place.", error.Message, StringComparison.Ordinal);
    }
}
