using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Pipelines;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Labels;

/// <summary>Labels by a language model that is told what they mean.</summary>
public sealed class ZeroShotLabelsTests
{
    const string Config = "auto_label_method: zero_shot, label_column: label, confidence_column: sure, uncertainty_column: doubt, labels: [{ name: bug, description: Something is broken }, { name: wish }]";

    const string Yaml = TestRuns.Source + "  - { id: guess, type: auto_label, config: { " + Config + " } }\n";

    const string Csv = "id,text,label\n1,it crashes,\n2,please add dark mode,\n3,hello,\n4,maybe broken,\n5,it crashes,wish\n";

    static JsonObject Label(JsonElement row) => row.GetProperty("text").GetString() switch
    {
        "it crashes" => Answer("bug", 0.99),
        "please add dark mode" => Answer("wish", 0.9),
        "maybe broken" => Answer("bug", 0.6),
        _ => Answer(null, 0.9),
    };

    static JsonObject Answer(string? label, double sure) => new() { ["label"] = label, ["confidence"] = sure };

    static TestRuns Runs(ScriptedModels? models, string csv = Csv)
    {
        var runs = new TestRuns { Models = models };
        runs.Write("data.csv", csv);
        return runs;
    }

    [Fact]
    public async Task Rows_get_the_label_that_the_model_is_sure_of_and_people_s_labels_stay()
    {
        var models = new ScriptedModels { Row = Label };
        await using var runs = Runs(models);

        var run = await runs.RunAsync(Yaml);

        Assert.Equal(
            ["1|it crashes||bug|0.99|0.01", "2|please add dark mode||wish|0.9|0.1", "3|hello||||1", "4|maybe broken||||0.4", "5|it crashes|wish|wish||"],
            (await runs.RowsAsync(run.Version)).Select(r => r.Replace("0.010000000000000009", "0.01", StringComparison.Ordinal).Replace("0.09999999999999998", "0.1", StringComparison.Ordinal)));
        Assert.Equal(4, models.Asked.Count);
        Assert.DoesNotContain(models.Asked.Keys, k => k.Contains("\"id\":5", StringComparison.Ordinal));
        Assert.Contains("bug: Something is broken", models.Calls[0].System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_below_the_threshold_and_those_it_abstains_from_are_evidence_and_have_no_label_for_a_review_to_pick()
    {
        await using var runs = Runs(new ScriptedModels { Row = Label });

        var run = await runs.RunAsync(Yaml);

        Assert.Equal(2, (await runs.RecordAsync(run.Outcome)).Steps[^1].Failures.Single(f => f.Key.Contains("no_sure_label", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public async Task The_version_is_the_same_for_every_size_of_batches_and_a_second_delivery_pays_nothing()
    {
        var csv = "id,text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i % 3 == 0 ? "it crashes" : i % 3 == 1 ? "hello" : "maybe broken")},{(i % 7 == 0 ? "wish" : "")}\n"));
        var versions = new HashSet<string>();
        foreach (var batchBytes in new long[] { 60, 300, 1 << 20 })
        {
            var models = new ScriptedModels { Row = Label };
            await using var runs = Runs(models, csv);

            var run = await runs.RunAsync(Yaml, batchBytes: batchBytes, deliveries: 2);

            versions.Add(run.Version);
            Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        }

        Assert.Single(versions);
    }

    [Fact]
    public async Task Only_named_columns_are_sent()
    {
        var models = new ScriptedModels { Row = Label };
        await using var runs = Runs(models);

        await runs.RunAsync(Yaml.Replace("labels: [{", "zero_shot: { columns: [text], instruction: Sort tickets. }, labels: [{", StringComparison.Ordinal));

        Assert.All(models.Asked.Keys, k => Assert.StartsWith("{\"text\":", k, StringComparison.Ordinal));
        Assert.Contains("Sort tickets.", models.Calls[0].System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_the_label_column_is_labelled_whole()
    {
        var models = new ScriptedModels { Row = Label };
        await using var runs = Runs(models, "id,text\n1,it crashes\n2,hello\n");

        var run = await runs.RunAsync(Yaml);

        Assert.StartsWith("1|it crashes|bug|", (await runs.RowsAsync(run.Version))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_neighbours_stand_in_where_they_are_named_and_every_label_says_so()
    {
        var csv = "id,size,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i % 2 == 0 ? 1 : 100) + (i * 0.01)},{(i > 33 ? "" : i % 2 == 0 ? "bug" : "wish")}\n"));
        await using var runs = Runs(null, csv);

        var refused = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Yaml));
        var run = await runs.RunAsync(Yaml.Replace("labels: [{", "feature_columns: [size], labels: [{", StringComparison.Ordinal));

        Assert.Contains("which cannot be asked here. No language model is configured.", refused.Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("|bug|", (await runs.RowsAsync(run.Version))[34], StringComparison.Ordinal);
        Assert.Equal(6, (await runs.RecordAsync(run.Outcome)).Steps[^1].Failures.Single(f => f.Key.Contains("llm_not_asked", StringComparison.Ordinal)).Value);
    }

    [Theory]
    [InlineData("auto_label_method: zero_shot, label_column: label", "'labels' is needed for zero_shot: at least two, each with a name of its own.")]
    [InlineData("auto_label_method: zero_shot, label_column: label, labels: [{ name: a }, { name: a }]", "'labels' is needed for zero_shot: at least two, each with a name of its own.")]
    [InlineData("label_column: label, labels: [{ name: a }, { name: b }]", "'labels' and 'zero_shot' are for auto_label_method: zero_shot; the other methods learn from labelled rows.")]
    public void Options_of_another_method_are_refused(string config, string message)
    {
        var error = Assert.Throws<PipelineException>(() => Pipeline.Parse(TestRuns.Source + "  - { id: guess, type: auto_label, config: { " + config + " } }\n"));

        Assert.Contains(error.Problems, p => p.Message.Contains(message, StringComparison.Ordinal));
    }
}
