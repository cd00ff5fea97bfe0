using System.Diagnostics.Metrics;
using Sluice.Datasets;
using Sluice.Privacy;

namespace Sluice.Runs;

/// <summary>What runs did to rows and cells, for monitoring. The app exports every meter whose name begins with Sluice. Names and counts only, no values.</summary>
static class RunMetrics
{
    public const string MeterName = "Sluice.Runs";

    static readonly Meter meter = new(MeterName);

    static readonly Counter<long> cells = meter.CreateCounter<long>(
        "sluice.cells.changed", "{cell}", "Cells that steps changed in runs that ended, by dataset, step, operation and column");

    static readonly Counter<long> rows = meter.CreateCounter<long>(
        "sluice.rows.rejected", "{row}", "Rows that are not in the version, in runs that ended, by dataset and reason");

    static readonly Counter<long> tokens = meter.CreateCounter<long>(
        "sluice.llm.tokens", "{token}", "Tokens of language models in runs that ended, by dataset, model and direction");

    static readonly Counter<double> dollars = meter.CreateCounter<double>("sluice.llm.cost", "USD", "What language models cost in runs that ended, by dataset and model");

    static readonly Counter<long> personal = meter.CreateCounter<long>(
        "sluice.pii.cells", "{cell}", "Cells in which a step found personal data, in runs that ended, by dataset, step and kind");

    static readonly Counter<long> scanned = meter.CreateCounter<long>(
        "sluice.pii.scanned", "{cell}", "Cells that a step looked at for personal data, in runs that ended, by dataset and step");

    static readonly Gauge<double> frequency = meter.CreateGauge<double>(
        "sluice.pii.frequency", "1", "Share of the cells looked at in which personal data was found by the last run that ended, by dataset, step and kind");

    /// <summary>Counts what the steps of a run found of personal data; kinds that were not found are not there.</summary>
    public static void Found(string dataset, IReadOnlyList<VersionStep> steps)
    {
        foreach (var (step, columns) in steps.Select(s => (s.Counts.Step, Columns: SensitiveColumns.Found(s))).Where(s => s.Columns.Count > 0))
        {
            var cells = columns.Sum(c => c.Cells);
            scanned.Add(cells, new("dataset", dataset), new KeyValuePair<string, object?>("step", step));
            foreach (var kind in columns.SelectMany(c => c.Found).GroupBy(f => f.Key, f => f.Value, StringComparer.Ordinal))
            {
                personal.Add(kind.Sum(), new("dataset", dataset), new("step", step), new KeyValuePair<string, object?>("kind", kind.Key));
                frequency.Record((double)kind.Sum() / cells, new("dataset", dataset), new("step", step), new KeyValuePair<string, object?>("kind", kind.Key));
            }
        }
    }

    /// <summary>Counts a run that ended. Called by whoever wrote its record, so that a second delivery counts nothing.</summary>
    public static void Ended(RunRecord record)
    {
        foreach (var step in record.Steps)
        {
            foreach (var (change, count) in step.Changed)
            {
                // The operation is a name of ours; a column may have a colon.
                var at = change.IndexOf(':', StringComparison.Ordinal);
                cells.Add(
                    count, new("dataset", record.Dataset), new("step", step.Step),
                    new("operation", change[..at]), new KeyValuePair<string, object?>("column", change[(at + 1)..]));
            }
        }

        foreach (var model in record.Cost?.Models ?? [])
        {
            tokens.Add(model.Tokens.Input, new("dataset", record.Dataset), new("model", model.Name), new KeyValuePair<string, object?>("direction", "in"));
            tokens.Add(model.Tokens.Output, new("dataset", record.Dataset), new("model", model.Name), new KeyValuePair<string, object?>("direction", "out"));
            dollars.Add((double)model.CostUsd, new("dataset", record.Dataset), new KeyValuePair<string, object?>("model", model.Name));
        }

        foreach (var (reason, count) in record.Rejected)
        {
            rows.Add(count, new("dataset", record.Dataset), new KeyValuePair<string, object?>("reason", reason));
        }
    }
}
