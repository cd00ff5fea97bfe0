using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Runs;
using Sluice.Schemas;
using Sluice.Storage;

namespace Sluice.Pipelines.Optimise;

/// <summary>What a pipeline did to a sample: the real engine, on a store in memory.</summary>
/// <param name="Record">The record of the run.</param>
/// <param name="Manifest">What it would have committed; null when a gate refused.</param>
/// <param name="Evidence">Every failing row and rule as a line, in order.</param>
/// <param name="Rows">The rows that are left, in order.</param>
sealed record Trial(RunRecord Record, VersionManifest? Manifest, IReadOnlyList<string> Evidence, IReadOnlyList<Batch> Rows)
{
    const string Text = "pipelines/trial.yaml";

    /// <summary>The rows that are left as one batch; null when a gate refused.</summary>
    public Batch? Made => Manifest is null ? null
        : Rows.Count == 0 ? new Batch(new Schema(Manifest.Schema), [.. Manifest.Schema.Select(f => ColumnReader.AllMissing(f.Type, 0))], 0)
        : Batch.Concat([.. Rows.Select(r => new Batch(new Schema(Manifest.Schema), r.Columns, r.Rows))]);

    /// <param name="pipeline">The pipeline, its tables opened.</param>
    /// <param name="sample">Rows.</param>
    /// <param name="plan">How to go about it; null: as written.</param>
    /// <param name="inputs">Where files beside the source come from.</param>
    /// <param name="catalog">What pipelines may use.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static async Task<Trial> RunAsync(Pipeline pipeline, Batch sample, PhysicalPlan? plan, InputFiles inputs, Catalog? catalog, CancellationToken cancellation)
    {
        await using var store = new MemoryStore();
        await using var ledger = new MemoryLedger();
        var files = new BatchFiles(store);
        var options = new RunOptions { Trial = new TrialOptions(plan) };
        var engine = new RunEngine(store, ledger, files, _ => inputs, options, TimeProvider.System, catalog);
        var source = pipeline.Source with { Source = new SampleSource(sample) };
        engine.Use(Text, pipeline with { Source = source, Sinks = [], Optimization = new Optimization() });
        var outcome = await LocalRun.RunAsync(engine, new RunRequest("trial", Text, "trial", Path.GetTempPath()), 1, null, cancellation);
        var record = DocumentJson.Parse<RunRecord>(await store.ReadAsync(outcome.Record!, cancellation));
        var catalogue = new DatasetCatalogue(store, ledger, files, TimeProvider.System);
        var manifest = outcome.Version is null ? null : await catalogue.ManifestAsync(outcome.Dataset, outcome.Version, cancellation);
        var rows = new List<Batch>();
        if (outcome.Version is { } version)
        {
            await foreach (var batch in (await catalogue.OpenAsync(outcome.Dataset, version, cancellation)).ReadAsync(cancellation))
            {
                rows.Add(batch);
            }
        }

        return new Trial(record, manifest, await EvidenceAsync(record, files, cancellation), rows);
    }

    /// <summary>What differs from another trial, as the level demands it; null when nothing does.</summary>
    public string? Differs(Trial other, RewriteLevel level)
    {
        if (Manifest is null || other.Manifest is null)
        {
            return Record.GateFailure is null && other.Record.GateFailure is null ? "a run made no version" : "a gate refused the sample";
        }

        if (!Manifest.Schema.SequenceEqual(other.Manifest.Schema))
        {
            return "the columns differ";
        }

        if (!Manifest.Files.Select(f => f.File.Sha256).SequenceEqual(other.Manifest.Files.Select(f => f.File.Sha256)))
        {
            return "the rows differ";
        }

        if (level == RewriteLevel.Exact && !DocumentJson.Bytes(Manifest).AsSpan().SequenceEqual(DocumentJson.Bytes(other.Manifest)))
        {
            return "the counts of steps differ";
        }

        return level == RewriteLevel.Exact && !Evidence.SequenceEqual(other.Evidence) ? "the evidence differs" : null;
    }

    static async Task<List<string>> EvidenceAsync(RunRecord record, BatchFiles files, CancellationToken cancellation)
    {
        var lines = new List<string>();
        foreach (var file in record.Evidence)
        {
            var batch = await files.ReadAsync(file.Evidence, null, cancellation);
            var (rules, rows) = (batch.Int64("rule").ToArray(), batch.Int64("row").ToArray());
            lines.AddRange(rows.Select((row, i) => $"{file.FirstRow + row:D12} {Name(file.Rules[(int)rules[i]])}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;

        static string Name(EvidenceRule rule) => new StringBuilder(rule.Step).Append('|').Append(rule.Reason).Append('|').Append(rule.Column).ToString();
    }
}
