using Sluice.Connectors;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Rows that steps are asked about when no examples are given: those that reach them, by content.</summary>
public sealed class ReachingRowsTests
{
    const string Yaml = TestRuns.Source + """
          - { id: some, type: filter, config: { condition: "id >= 20" } }
          - { id: trim, type: data_cleaning, config: { operations: [strip_whitespace], columns: [text] } }
          - { id: keep, type: semantic_filter, config: { prompt: '{{ text }} matters' } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad] } }

        """;

    static async Task<List<string>> SampleAsync(IEnumerable<int> ids, string step = "keep", int rows = 10, string yaml = Yaml)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,text\n" + string.Concat(ids.Select(i => $"{i},{(i % 7 == 0 ? "" : $" text {i} ")}\n")));
        var pipeline = Pipeline.Parse(yaml);
        var sample = await ReachingRows.SampleAsync(
            pipeline, [pipeline.Steps.Single(s => s.Id == step)], rows, new FolderInputs([runs.Folder], runs.Folder), runs.Catalogue, runs.Store, TimeProvider.System, CancellationToken.None);
        await foreach (var left in runs.Store.ListAsync("searches/", CancellationToken.None))
        {
            Assert.Fail(left.Path);
        }

        return [.. Enumerable.Range(0, sample.Rows).Select(row => string.Join('|', sample.Columns.Select(c => c.Display(row))))];
    }

    [Fact]
    public async Task They_are_those_that_come_to_the_step_with_something_to_ask_about()
    {
        var all = await SampleAsync(Enumerable.Range(0, 60), rows: 100);

        Assert.Equal(Enumerable.Range(20, 40).Where(i => i % 7 != 0).Select(i => $"{i}|text {i}").Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task They_are_drawn_by_content_whatever_the_order_of_rows()
    {
        var one = await SampleAsync(Enumerable.Range(0, 200));
        var other = await SampleAsync(Enumerable.Range(0, 200).Reverse());

        Assert.Equal(10, one.Distinct().Count());
        Assert.Equal(one, other);
        Assert.NotEqual(one.Order(StringComparer.Ordinal), (await SampleAsync(Enumerable.Range(0, 200), rows: 100)).Order(StringComparer.Ordinal).Take(10));
    }

    [Fact]
    public async Task A_step_before_that_asks_too_is_refused()
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => SampleAsync(Enumerable.Range(0, 60), "mood"));

        Assert.Equal(
            "Step 'keep' asks a language model before 'mood', so that all rows would have to be asked about to know which reach it. Search from that step on, or give --examples.", error.Message);
    }

    [Fact]
    public async Task Where_no_row_comes_it_is_one_clear_error()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => SampleAsync(Enumerable.Range(0, 10)));

        Assert.StartsWith("No row reaches step 'keep' with a value in a column that is sent.", error.Message, StringComparison.Ordinal);
    }
}
