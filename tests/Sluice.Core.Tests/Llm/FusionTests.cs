using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Several steps that ask about the same rows become one question, and the same rows and columns come out.</summary>
public sealed class FusionTests
{
    const string Mood = "{ id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad], model: dear } }";
    const string Short = "{ id: short, type: llm_process, config: { type: summarize, prompt: 'What {{ text }} says', max_words: 5, model: dear } }";
    const string Other = "{ id: other, type: llm_process, config: { type: translate, columns: [text], target_language: de, model: dear } }";
    const string Read = "{ id: read_out, type: extract, config: { prompt: 'Out of {{ text }}', output: [{ name: number, type: integer, min: 0 }, { name: word }], model: dear } }";
    const string Keep = "{ id: keep, type: semantic_filter, config: { prompt: '{{ text }} matters', model: dear } }";
    const string Strict = "{ id: strict, type: semantic_filter, config: { prompt: '{{ text }} is known', on_unanswered: drop, reason: unknown, model: dear } }";

    static string Yaml(params string[] steps) => TestRuns.Source + string.Concat(steps.Select(s => $"  - {s}\n"));

    static RewrittenStep[] Written(string yaml) => [.. Pipeline.Parse(yaml).Steps.Select(s => new RewrittenStep(s.Id, s.Type, (JsonObject)JsonNode.Parse(s.OptionsJson)!))];

    static Batch Rows(params string?[] texts) => new(
        new Schema([new Field("text", ColumnType.Text), new Field("title", ColumnType.Text)]), [TextColumn.Of(texts), TextColumn.Of([.. texts.Select(_ => "a title")])], texts.Length);

    static string Fused(string yaml, int plan = 0)
    {
        var written = Written(yaml);
        var (rewrites, refusals) = Fusion.Of(written, Rows("text 1"));
        Assert.Empty(refusals);
        return RewrittenFile.Of(yaml, [.. written.Select(s => s.Id)], [.. Rewrite.On(written, [rewrites[plan]]).Select(s => s.Short(Catalog.Default))]);
    }

    /// <summary>Knows all; which filter asks is in its words where it asks alone, and in the name of its field where it does not.</summary>
    static JsonNode? Answer(string system, string field, JsonElement data)
    {
        var number = int.Parse(data.GetProperty("text").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture);
        return (field == "holds" ? system.Contains("matters", StringComparison.Ordinal) ? "keep_holds" : "strict_holds" : field) switch
        {
            "label" => number % 3 == 0 ? "good" : "bad",
            "number" => number,
            "keep_holds" => number % 5 != 0,
            "strict_holds" => number % 7 != 0,
            _ => $"{field} {number}",
        };
    }

    public static TheoryData<string[]> Orders => new()
    {
        new[] { Mood, Read },
        new[] { Mood, Short, Other, Read },
        new[] { Keep, Mood },
        new[] { Mood, Keep },
        new[] { Mood, Strict, Read },
        new[] { Keep, Strict },
        new[] { Keep, Read, Strict, Mood },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_same_rows_and_columns_come_out(string[] steps)
    {
        // Equal rows, rows without a text, and rows that get no answer.
        var csv = "id,text\n" + string.Concat(Enumerable.Range(0, 80).Select(i => i % 11 == 0 ? $"{i},\n" : i % 13 == 0 ? $"{i},mute {i}\n" : $"{i / 2},text {i / 2}\n"));
        var yaml = Yaml(steps);

        var (before, after) = (await RunAsync(yaml, csv), await RunAsync(Fused(yaml), csv));

        Assert.Equal(before.Rows, after.Rows);
        Assert.True(after.Sent < before.Sent, $"{after.Sent} of {before.Sent}");
        Assert.Equal(before.Rejected, after.Rejected);
    }

    [Fact]
    public async Task A_row_that_goes_has_the_filters_step_and_reason_as_evidence()
    {
        var csv = "id,text\n1,text 5\n2,text 6\n3,mute 7\n";
        await using var runs = new TestRuns { Models = new KnowingModels(Answer) };
        runs.Write("data.csv", csv);

        var record = await runs.RecordAsync((await runs.RunAsync(Fused(Yaml(Keep, Mood)))).Outcome);

        Assert.Equal([("mood_asked", 0L), ("keep", 1L), ("mood", 0L)], record.Steps.Select(s => (s.Step, s.Rejected.GetValueOrDefault("semantic_filter"))));
        Assert.Equal(1, record.Steps[0].Failures["llm_no_answer"]);
    }

    [Fact]
    public async Task Other_rewrites_develop_the_one_question()
    {
        // Parts of a text say what they show; the whole answer is that of the first part that shows something.
        static JsonNode? ByParts(string system, string field, JsonElement data)
        {
            if (data.TryGetProperty("_rows", out var rows))
            {
                var shown = rows.EnumerateArray().Select(r => r.GetProperty(field + "_of_part")).FirstOrDefault(v => v.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined));
                return shown.ValueKind == JsonValueKind.Undefined ? Answer(system, field, JsonSerializer.SerializeToElement(new { text = "text 1" })) : JsonNode.Parse(shown.GetRawText());
            }

            var words = data.GetProperty("text").GetString()!.Split(' ');
            var at = Array.IndexOf(words, "text");
            return at < 0 ? null : Answer(system, field.Replace("_of_part", "", StringComparison.Ordinal), JsonSerializer.SerializeToElement(new { text = $"text {words[at + 1]}" }));
        }

        var filler = string.Join(' ', Enumerable.Repeat("and so on", 300));
        var csv = "id,text\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"{i},{filler} text {i} {filler}\n"));
        var yaml = Yaml(Mood, Keep);
        var written = Written(yaml);
        var long1 = Rows(filler + filler);
        var offers = RewriteOffers.Of(written, long1, 10, ["cheap"], []);
        Rewrite One(string directive) => offers.Rewrites.First(r => r.Directive == directive);

        var steps = Rewrite.On(written, [One("change_model"), One("chunking"), One("fusion"), One("compression")]);

        Assert.Equal("keep_asked_whole keep_asked_cut keep_asked_parts keep_asked_gather keep_asked_rows keep_asked keep_rows keep", string.Join(' ', steps.Select(s => s.Id)));
        Assert.All(steps.Where(s => s.Asks), s => Assert.Equal(("cheap", true), ((string?)s.Options["model"], (bool)s.Options["compact"]!)));
        var (before, after) = (await RunAsync(yaml, csv, ByParts), await RunAsync(RewrittenFile.Of(yaml, ["mood", "keep"], [.. steps.Select(s => s.Short(Catalog.Default))]), csv, ByParts));
        Assert.Equal(before.Rows.Skip(1), after.Rows.Skip(1));
        Assert.Equal(10, before.Rows.Count - 1);
    }

    [Fact]
    public void What_is_asked_and_how_is_that_of_the_steps()
    {
        static string With(string step, string more) => step.Replace("model: dear", "model: dear, gleanings: 3, pii: allow, " + more, StringComparison.Ordinal);
        var written = Written(Yaml(With(Keep, "budget_usd: 2"), With(Mood, "budget_usd: 3, columns: [title]"), With(Read, "budget_usd: 0.5")));

        var steps = Rewrite.On(written, [Fusion.Of(written, Rows("text 1")).Rewrites[0]]).Select(s => s.Short(Catalog.Default)).ToArray();

        Assert.Equal(["read_out_asked", "keep", "read_out"], steps.Select(s => s.Id));
        Assert.Equal((5.5, 3, "allow", """["title"]"""), ((double)steps[0].Options["budget_usd"]!, (int)steps[0].Options["gleanings"]!, (string?)steps[0].Options["pii"], steps[0].Options["columns"]!.ToJsonString()));
        Assert.Equal(
            """
            Several questions about the same data. Answer each for itself, as if it were the only one.
            "keep_holds": Say whether this holds for the data: {{ text }} matters
            "label": Give the label that fits the data best. Mood of {{ text }}
            "number", "word": Read the fields below out of the data. Take only what is written there. Out of {{ text }}
            """,
            (string?)steps[0].Options["prompt"]);
        Assert.Equal(
            """[{"name":"keep_holds","type":"boolean"},{"name":"label","labels":["good","bad"]},{"min":0,"name":"number","type":"integer"},{"name":"word"}]""",
            steps[0].Options["output"]!.ToJsonString());
    }

    [Fact]
    public void Parts_of_a_range_are_fused_too_and_each_of_its_models_is_tried()
    {
        var written = Written(Yaml(Mood, Read.Replace("dear", "cheap", StringComparison.Ordinal), Keep));

        var (rewrites, refusals) = Fusion.Of(written, Rows("text 1"));

        Assert.Empty(refusals);
        Assert.Equal(
            ["mood,read_out,keep dear", "mood,read_out,keep cheap", "mood,read_out dear", "mood,read_out cheap", "read_out,keep cheap", "read_out,keep dear"],
            rewrites.Select(r => $"{string.Join(',', ((JsonArray)r.Options["fused"]!).Select(id => (string)id!))} {(string?)r.Options["model"]}"));
        Assert.Equal(["read_out", "keep"], Rewrite.On(written, [rewrites[2]]).Select(s => s.Id));
        Assert.Equal(["mood", "keep_asked", "keep_rows", "keep"], Rewrite.On(written, [rewrites[4]]).Select(s => s.Id));
    }

    [Theory]
    [InlineData("{ id: t, type: llm_process, config: { type: enrich, prompt: 'Topic of {{ text }}, which is {{ label }}', output: [{ name: topic }], model: dear } }", "Step 't' is asked about 'label', which step 'mood' answers: it has to come after.")]
    [InlineData("{ id: t, type: llm_process, config: { type: enrich, prompt: 'Topic', output: [{ name: topic }], model: dear } }", "Step 't' sends all columns, those too that steps before it add. Name those that it needs in its prompt or under columns.")]
    [InlineData("{ id: t, type: llm_process, config: { type: classify, prompt: '{{ text }}', labels: [a, b], model: dear } }", "Steps 'mood' and 't' both write the column 'label'. Give one of them another name.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', fallback: 'text is null', model: dear } }", "Step 't' has a fallback for where no model is configured, which steps that are fused have not.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', cascade: { model: cheap }, model: dear } }", "Step 't' has a cascade or a semantic cache, whose promise is about its question alone.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', temperature: 0.5, model: dear } }", "'temperature' is 0 in step 'mood' and 0.5 in step 't'. One question has one: write the same in both.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', pii: allow, model: dear } }", "'pii' is 'redact' in step 'mood' and 'allow' in step 't'. One question has one: write the same in both.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', pii_entities: [email], model: dear } }", "'pii_entities' is [] in step 'mood' and [\"email\"] in step 't'. One question has one: write the same in both.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', batch_api: true, model: dear } }", "'batch_api' is false in step 'mood' and true in step 't'. One question has one: write the same in both.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ text }}', budget_usd: 3, model: dear } }", "Step 't' has a budget and step 'mood' has none, so there is no sum that would hold for both. Give each one, or neither.")]
    [InlineData("{ id: t, type: semantic_filter, config: { prompt: '{{ note }}', model: dear } }", "Some rows have a value in text, which step 'mood' sends, and none in note, of step 't': fused, they would be asked both.")]
    public void What_cannot_be_one_question_is_refused_with_the_reason(string second, string reason)
    {
        var rows = Rows("text 1", "text 2").With(new Field("note", ColumnType.Text), TextColumn.Of("a note", null));

        var (rewrites, refusals) = Fusion.Of(Written(Yaml(Mood, second)), rows);

        Assert.Empty(rewrites);
        Assert.Equal([reason], refusals);
    }

    [Fact]
    public void A_step_that_asks_about_more_than_a_row_is_refused()
    {
        var written = Written(Yaml(Mood, Keep));

        Assert.Equal(
            ["Step 'keep' is group_answer; it is for llm_process, extract and semantic_filter, which ask about each row for itself."],
            Fusion.Of([written[0], written[1] with { Type = "group_answer" }], Rows("text 1")).Refusals);
    }

    [Fact]
    public void Personal_data_that_is_kept_back_for_one_question_is_not_kept_back_for_another()
    {
        static string Denying(string step) => step.Replace("model: dear", "model: dear, pii: deny", StringComparison.Ordinal);
        var second = Denying("{ id: t, type: semantic_filter, config: { prompt: '{{ title }}', model: dear } }");

        Assert.Equal(
            ["Steps 'mood' and 't' send different columns, and 'pii: deny' would keep a row from both for what one of them sends. Send the same columns."],
            Fusion.Of(Written(Yaml(Denying(Mood), second)), Rows("text 1")).Refusals);
        Assert.Empty(Fusion.Of(Written(Yaml(Denying(Mood), Denying(Keep))), Rows("text 1")).Refusals);
    }

    [Fact]
    public void A_column_that_a_filter_needs_for_itself_must_not_be_there()
    {
        var rows = Rows("text 1").With(new Field("keep_holds", ColumnType.Text), TextColumn.Of("yes"));

        Assert.Equal(["There is a column 'keep_holds', which it needs for itself."], Fusion.Of(Written(Yaml(Mood, Keep)), rows).Refusals);
    }

    static async Task<(List<string> Rows, int Sent, long Rejected)> RunAsync(string yaml, string csv, Func<string, string, JsonElement, JsonNode?>? answer = null)
    {
        var models = new KnowingModels(answer ?? Answer);
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", csv);
        var run = await runs.RunAsync(yaml);
        var manifest = await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None);
        var record = await runs.RecordAsync(run.Outcome);
        return ([string.Join('|', manifest.Schema), .. await runs.RowsAsync(run.Version)], models.Rows, record.Steps.Sum(s => s.Rejected.Values.Sum()));
    }
}
