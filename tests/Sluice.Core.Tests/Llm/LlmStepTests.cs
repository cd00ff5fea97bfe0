using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>The steps that ask: their options, prompts and columns.</summary>
public sealed class LlmStepTests
{
    const string Csv = "id,text\n1,good 12 apples\n2,bad\n3,good 7 pears\n";

    static async Task<(List<string> Rows, RunRecord Record)> RunAsync(ScriptedModels? models, string step)
    {
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv);
        var run = await runs.RunAsync(TestRuns.Source + step, batchBytes: 1 << 20);
        return (await runs.RowsAsync(run.Version), await runs.RecordAsync(run.Outcome));
    }

    [Fact]
    public async Task The_step_of_the_specification_runs_as_it_is_written()
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["enrichment"] = "fruit" }, Info = new("claude-sonnet-4-20250514", null, 200_000, 8_000, []) };

        var (rows, _) = await RunAsync(models, """
              - name: "enrich_products"
                type: "llm_process"
                config:
                  type: "enrich"
                  prompt: "Add market category and target demographic"
                  model: "claude-sonnet-4-20250514"
                  batch_size: 100

            """);

        Assert.Equal(["1|good 12 apples|fruit", "2|bad|fruit", "3|good 7 pears|fruit"], rows);
        Assert.Contains("Add market category and target demographic", models.Calls.Single().System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extracted_fields_become_columns_of_their_types()
    {
        var models = new ScriptedModels
        {
            Row = data =>
            {
                var words = data.GetProperty("text").GetString()!.Split(' ');
                return new JsonObject
                {
                    ["count"] = words.Length > 1 ? int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) : null,
                    ["fresh"] = true,
                    ["share"] = 0.5,
                    ["day"] = "2026-02-03",
                    ["more"] = "[1, 2]",
                };
            },
        };

        var (rows, record) = await RunAsync(models, """
              - id: read
                type: extract
                config:
                  columns: [text]
                  output:
                    - { name: count, type: integer, required: false, max: 10 }
                    - { name: fresh, type: boolean }
                    - { name: share, type: number }
                    - { name: day, type: date }
                    - { name: more, type: json }

            """.Replace("id: read", "id: fields", StringComparison.Ordinal));

        Assert.Equal(["1|good 12 apples|||||", "2|bad||true|0.5|2026-02-03|[1, 2]", "3|good 7 pears|7|true|0.5|2026-02-03|[1, 2]"], rows);
        Assert.Equal(1, record.Steps.Single().Failures["llm_invalid_answer"]);
    }

    [Theory]
    [InlineData("keep", new[] { "1|good 12 apples", "3|good 7 pears" })]
    [InlineData("drop", new[] { "1|good 12 apples" })]
    public async Task A_filter_keeps_what_the_model_says_holds(string unanswered, string[] expected)
    {
        var models = new ScriptedModels
        {
            Row = data => data.GetProperty("text").GetString()!.Contains("pears", StringComparison.Ordinal)
                ? new JsonObject { ["holds"] = "perhaps" }
                : new JsonObject { ["holds"] = data.GetProperty("text").GetString()!.StartsWith("good", StringComparison.Ordinal) },
        };

        var (rows, record) = await RunAsync(
            models, $"  - {{ id: f, type: semantic_filter, config: {{ prompt: 'the {{{{ text }}}} is kind', on_unanswered: {unanswered} }} }}\n");

        Assert.Equal(expected, rows);
        Assert.Equal(1, record.Rejected["semantic_filter"]);
    }

    [Fact]
    public async Task Without_a_model_a_condition_decides_and_says_so_and_without_one_too_the_run_is_refused()
    {
        const string step = "  - { id: f, type: semantic_filter, config: { prompt: 'the {{ text }} is kind', reason: unkind, fallback: \"text <> 'bad'\" } }\n";

        var (rows, record) = await RunAsync(null, step);

        Assert.Equal(2, rows.Count);
        Assert.DoesNotContain(rows, row => row.EndsWith("|bad", StringComparison.Ordinal));
        Assert.Equal(1, record.Rejected["unkind"]);
        Assert.Equal(3, record.Steps[^1].Failures.Single(f => f.Key.Contains("llm_not_asked", StringComparison.Ordinal)).Value);
        var refused = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(null, step.Replace(", fallback: \"text <> 'bad'\"", "", StringComparison.Ordinal)));
        Assert.Contains("which cannot be asked here. No language model is configured.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text <>", "Found the end")]
    [InlineData("nothing = 1", "nothing")]
    [InlineData("id + 1", "A condition needs true or false")]
    public async Task A_fallback_that_cannot_be_meant_is_refused_with_a_model_too(string fallback, string expected)
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["holds"] = true } };

        var refused = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(models, $"  - {{ id: f, type: semantic_filter, config: {{ prompt: 'the {{{{ text }}}} is kind', fallback: \"{fallback}\" }} }}\n"));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Empty(models.Calls);
    }

    [Fact]
    public async Task A_translation_into_its_own_column_keeps_the_text_where_there_is_none()
    {
        var models = new ScriptedModels
        {
            Row = data => data.GetProperty("text").GetString() == "bad" ? new JsonObject() : new JsonObject { ["text"] = "gut" },
        };

        var (rows, _) = await RunAsync(models, "  - { id: t, type: llm_process, config: { type: translate, target_language: de, prompt: '{{ text }}', output_column: text } }\n");

        Assert.Equal(["1|gut", "2|bad", "3|gut"], rows);
    }

    [Fact]
    public async Task Thinking_is_asked_for_in_seconds_and_depth()
    {
        var models = new ScriptedModels { Row = _ => new JsonObject { ["enrichment"] = "x" } };

        await RunAsync(models, "  - { id: e, type: llm_process, config: { type: enrich, prompt: p, use_extended_thinking: true, thinking_time: 45, depth: standard } }\n");

        var call = models.Calls.Single();
        Assert.Equal((TimeSpan.FromSeconds(45), ThinkingDepth.Standard), (call.ThinkingTime, call.ThinkingDepth));
        Assert.Equal(TimeSpan.FromSeconds(165 + (call.MaxOutputTokens / 50.0)), call.Timeout);
    }

    [Theory]
    [InlineData("type: enrich", "'prompt' is needed for enrich: say what to add.")]
    [InlineData("type: classify, labels: [a, a]", "'labels' is needed for classify: at least two different texts.")]
    [InlineData("type: translate", "'target_language' is needed for translate, such as 'de' or 'German'.")]
    [InlineData("type: summarize, output: [{ name: x }]", "'output' is for enrich; the other types write one column, 'output_column'.")]
    [InlineData("type: enrich, prompt: p, output: [{ name: x, pattern: '(' }]", "'(' is not a regular expression.")]
    [InlineData("type: enrich, prompt: p, output: [{ name: x, type: number, min: 3, max: 2 }]", "'min' is 3 and 'max' is 2: no number is between.")]
    [InlineData("type: enrich, prompt: p, output: [{ name: x, type: number, labels: [a, b] }]", "'labels' and 'pattern' are for text; the type is 'number'.")]
    [InlineData("type: enrich, prompt: p, output: [{ name: id }]", "A field is called 'id', which numbers the rows of a call. Give it another name.")]
    [InlineData("type: enrich, prompt: p, output: [{ name: x }, { name: x }]", "Two fields are called 'x'. Names are unique.")]
    [InlineData("type: polish, prompt: p", "expected one of: enrich, classify, summarize, translate")]
    [InlineData("type: enrich, prompt: p, pii_entities: [email, e-mail]", "'e-mail' is not a kind of personal data that is known. Did you mean 'email'? docs/privacy.md lists them.")]
    [InlineData("type: summarize, pii_entities: [persons], target_language: de", "'persons' is not a kind of personal data that is known. Did you mean 'person'?")]
    [InlineData("type: summarize, output_column: ''", "'output_column' is empty; expected at least 1 character.")]
    [InlineData("type: enrich, prompt: p, batch_size: -1", "'batch_size' is '-1'; expected 0 to 1000.")]
    public async Task Wrong_options_are_told_before_anything_is_asked(string config, string message)
    {
        var models = new ScriptedModels { Row = _ => [] };

        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(models, $"  - {{ id: e, type: llm_process, config: {{ {config} }} }}\n"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(models.Calls);
    }

    [Theory]
    [InlineData("semantic_filter, config: { prompt: p, pii_entities: [mail] }")]
    [InlineData("extract, config: { output: [{ name: x }], pii_entities: [mail] }")]
    [InlineData("reduce, config: { group_by: [id], prompt: p, output: [{ name: x }], pii_entities: [mail] }")]
    [InlineData("resolve, config: { on: [text], pii_entities: [mail] }")]
    [InlineData("score_texts, config: { column: text, llm: { pii_entities: [mail] } }")]
    [InlineData("quality_validation, config: { deep_analysis: true, deep: { pii_entities: [mail] } }")]
    public async Task A_kind_of_personal_data_that_is_not_known_is_refused_by_every_step_that_asks(string step)
    {
        var models = new ScriptedModels { Row = _ => [] };

        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(models, $"  - {{ id: e, type: {step} }}\n"));

        Assert.Contains("'mail' is not a kind of personal data that is known. Did you mean 'email'?", error.Message, StringComparison.Ordinal);
        Assert.Empty(models.Calls);
    }

    [Fact]
    public void The_schema_says_every_limit_and_lets_nothing_else_in()
    {
        var schema = JsonDocument.Parse(AnswerCheck.SchemaOf(
        [
            new AnswerField { Name = "mood", Labels = ["good", "bad"], Required = false },
            new AnswerField { Name = "age", Type = AnswerType.Integer, Min = 0, Max = 120 },
        ])).RootElement.GetProperty("properties").GetProperty("results").GetProperty("items");

        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(["id", "mood", "age"], schema.GetProperty("required").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(["good", "bad", null], schema.GetProperty("properties").GetProperty("mood").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("at least 0; at most 120", schema.GetProperty("properties").GetProperty("age").GetProperty("description").GetString());
    }

    [Theory]
    [InlineData(10, new long[] { 1, 1, 1 }, new long[] { 4, 3, 3 })]
    [InlineData(0, new long[] { 5, 1 }, new long[] { 0, 0 })]
    [InlineData(7, new long[] { 6, 1 }, new long[] { 6, 1 })]
    [InlineData(1, new long[] { 1, 2, 1 }, new long[] { 0, 1, 0 })]
    public void Shares_add_up(long total, long[] weights, long[] expected) => Assert.Equal(expected, Shares.Split(total, weights));

    [Fact]
    public void Answers_of_rows_are_the_same_bytes_whoever_writes_them()
    {
        var answers = RowAnswers.Of([("a", null), (null, new Unanswered("r", "e")), ("b", null), ("a", null)]);

        var read = RowAnswers.FromBytes(answers.ToBytes());

        Assert.Equal(answers.ToBytes(), read.ToBytes());
        Assert.Equal(["a", null, "b", "a"], Enumerable.Range(0, 4).Select(read.Value));
        Assert.Equal(new Unanswered("r", "e"), read.Failure(1));
        Assert.Equal(["b", "a"], Enumerable.Range(0, 2).Select(read.Slice(2, 4).Value));
        Assert.Equal(["a", null], Enumerable.Range(0, 2).Select(read.Pick([3, 1]).Value));
    }
}
