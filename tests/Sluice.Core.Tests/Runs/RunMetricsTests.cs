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
        var counted = new ConcurrentDictionary<string, double>();
        using var listener = Listen("counted-cells", counted);

        var run = await runs.RunAsync(Cleaning, deliveries: 2);
        await runs.RunAsync(Cleaning);

        var record = await runs.RecordAsync(run.Outcome);
        var changes = record.Steps.SelectMany(s => s.Changed.Select(c => (Key: $"sluice.cells.changed step={s.Step} operation={c.Key.Split(':')[0]} column={c.Key.Split(':')[1]}", c.Value)));
        Assert.Equal(
            changes.Append(("sluice.rows.rejected reason=negative", 1L)).Select(c => (c.Item1, (double)c.Item2)).OrderBy(c => c.Item1, StringComparer.Ordinal),
            counted.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal));
        Assert.Equal(3, record.Steps.Sum(s => s.Changed.Values.Sum()));
    }

    [Fact]
    public async Task Personal_data_is_counted_by_kind_with_its_share_of_the_cells_that_were_looked_at()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,note\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"{i},{(i < 2 ? $"ask p{i}@example.org" : i == 2 ? "call +44 20 7946 0958" : "nothing")}\n")));
        const string Scan = """
            name: scan
            dataset: counted-kinds
            steps:
              - { id: read, type: csv, config: { file_path: data.csv } }
              - { id: scan, type: privacy_controls, config: { columns: [note] } }

            """;
        var counted = new ConcurrentDictionary<string, double>();
        using var listener = Listen("counted-kinds", counted);

        await runs.RunAsync(Scan, deliveries: 2);
        await runs.RunAsync(Scan);

        Assert.Equal(
            [
                ("sluice.pii.cells step=scan kind=email", 2.0), ("sluice.pii.cells step=scan kind=phone", 1.0), ("sluice.pii.frequency step=scan kind=email", 0.25),
                ("sluice.pii.frequency step=scan kind=phone", 0.125), ("sluice.pii.scanned step=scan", 8.0),
            ],
            counted.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal));
    }

    // Other tests run in this process at the same time: only this dataset counts.
    static MeterListener Listen(string dataset, ConcurrentDictionary<string, double> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Sluice.Runs")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Count(instrument, count, tags));
        listener.SetMeasurementEventCallback<double>((instrument, count, tags, _) => Count(instrument, count, tags));
        listener.Start();
        return listener;

        void Count(Instrument instrument, double count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if ((string?)named["dataset"] == dataset)
            {
                counted.AddOrUpdate($"{instrument.Name} {string.Join(' ', named.Where(t => t.Key != "dataset").Select(t => $"{t.Key}={t.Value}"))}", count, (_, before) => before + count);
            }
        }
    }
}
