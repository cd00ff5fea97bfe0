using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Pipelines.Optimise;

/// <summary>A filter before a step that asks a language model: rows that are dropped are not asked about.</summary>
public sealed class AskedPlanTests
{
    const string Yaml = TestRuns.Source + """
          - id: mood
            type: llm_process
            config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad] }
          - id: few
            type: filter
            config: { condition: id < 5 }

        """;

    [Fact]
    public async Task Rows_that_are_dropped_anyway_are_not_asked_about()
    {
        var asked = new List<int>();
        var rows = new List<List<string>>();
        foreach (var optimize in new[] { "exact", "rows" })
        {
            var models = new ScriptedModels { Row = _ => new() { ["label"] = "good" } };
            await using var runs = new TestRuns { Models = models };
            runs.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},word {i}\n")));
            var run = await runs.RunAsync($"optimize: {optimize}\n" + Yaml);
            asked.Add(models.Asked.Count);
            rows.Add(await runs.RowsAsync(run.Version));
        }

        Assert.Equal([40, 5], asked);
        Assert.Equal(rows[0], rows[1]);
    }
}
