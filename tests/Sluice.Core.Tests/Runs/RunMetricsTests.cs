using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sluice.Tests.Runs;

public sealed class RunMetricsTests
{
    const string Cleaning = """
        name: metrics
        dataset: counted-cells
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: clean, type: data_cleaning, config: { operations: [strip_whitespace, handle_missing], columns: [amount, name], missing_strategy: median } }
          - { id: keep, type: filter, config: { condition: 'amount >= 0', reason: negative } }

        """;

    [Fact]
    public async Task A_run_that_ends_counts_the_cells_each_operation_changed_once_however_often_it_is_delivered()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,amount,name\n1,2, Ann\n2,,Bob \n3,-1,Cy\n4,4,Di\n");
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Sluice.Runs")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            // Other tests run in this process at the same time: only this dataset counts.
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if ((string?)named["dataset"] == "counted-cells")
            {
                counted.AddOrUpdate($"{instrument.Name} {string.Join(' ', named.Where(t => t.Key != "dataset").Select(t => $"{t.Key}={t.Value}"))}", count, (_, before) => before + count);
            }
        });
        listener.Start();

        var run = await runs.RunAsync(Cleaning, deliveries: 2);
        await runs.RunAsync(Cleaning);

        var record = await runs.RecordAsync(run.Outcome);
        var changes = record.Steps.SelectMany(s => s.Changed.Select(c => (Key: $"sluice.cells.changed step={s.Step} operation={c.Key.Split(':')[0]} column={c.Key.Split(':')[1]}", c.Value)));
        Assert.Equal(
            changes.Append(("sluice.rows.rejected reason=negative", 1L)).OrderBy(c => c.Item1, StringComparer.Ordinal),
            counted.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal));
        Assert.Equal(3, record.Steps.Sum(s => s.Changed.Values.Sum()));
    }
}
