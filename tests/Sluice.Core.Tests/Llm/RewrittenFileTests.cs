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

    [Fact]
    public void Steps_behind_each_other_are_replaced_together_with_what_is_between_them()
    {
        var text = RewrittenFile.Of(Text, ["mood", "keep"], [steps[0] with { Id = "keep" }]);

        Assert.Equal(["keep"], Pipeline.Parse(text).Steps.Select(s => s.Id));
        Assert.Contains("# The question.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("# What is bad goes.", text, StringComparison.Ordinal);
        Assert.Contains("      prompt: |-\n        Is \"{{ text }}\" <b>good</b>?\n        Say why.\n", text, StringComparison.Ordinal);
        Assert.Contains("    depends_on: \"rows\"\n", text, StringComparison.Ordinal);

        var apart = Assert.Throws<PipelineException>(() => RewrittenFile.Of(Text, ["keep", "mood"], steps));
        Assert.Contains("Step 'mood' does not stand right behind step 'keep' in the file, so they cannot be replaced together.", apart.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData(" a\nb")]
    [InlineData("a\n\nb")]
    [InlineData("a\nb ")]
    [InlineData("a\r\nb\tc")]
    [InlineData("# a\n- b: {{ c }}\n'\"%|>")]
    [InlineData("a\nb\n")]
    [InlineData("a\u2028b\n\ud83d\ude00")]
    public void A_text_of_several_lines_is_read_as_it_was(string prompt)
    {
        var text = RewrittenFile.Of(Text, ["mood"], [new RewrittenStep("mood", "llm_process", new JsonObject { ["type"] = "enrich", ["prompt"] = prompt, ["output"] = new JsonArray(new JsonObject { ["name"] = "label" }) })]);

        Assert.Equal(prompt, (string?)JsonNode.Parse(Pipeline.Parse(text).Steps[0].OptionsJson)!["prompt"]);
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
