using System.CommandLine;
using Sluice.Embedding;
using Sluice.Profiles.Kpis;
using Sluice.Storage;

namespace Sluice.Cli;

/// <summary>Key figures of a file or a version.</summary>
static class KeyFiguresLook
{
    public static async Task<KpiOptions> ReadAsync(string given, CancellationToken cancellation)
    {
        if (given.AsSpan().TrimStart().StartsWith("{"))
        {
            return KpiOptions.Parse(given, null);
        }

        return File.Exists(given)
            ? KpiOptions.Parse(await File.ReadAllTextAsync(given, cancellation), given)
            : throw new PipelineException($"--kpis names the file '{given}', which does not exist. Give a YAML or JSON file, or JSON that begins with '{{'.", null);
    }

    public static Task<KpiReport> OfAsync(ParseResult parsed, string input, KpiOptions options, CancellationToken cancellation) =>
        NamedVersion.Is(input) ? OfVersionAsync(parsed, input, options, cancellation) : OfFileAsync(input, options, cancellation);

    static async Task<KpiReport> OfVersionAsync(ParseResult parsed, string name, KpiOptions options, CancellationToken cancellation)
    {
        if (options.Accuracy is not null)
        {
            throw new PipelineException($"'accuracy' is given for the version '{name}', whose rows the validations of its run judged. Leave it out; it is for files.", null);
        }

        await using var store = OpenedStore.Of(parsed);
        var (dataset, version) = NamedVersion.Parse(name);

        // The command has noted this read already, when it profiled the version.
        var (entry, manifest) = await store.Datasets.ShowAsync(dataset, version, cancellation);
        var record = await store.RecordAsync(entry.Run, cancellation);
        var accuracy = await RowsThatPass.OfAsync(store.Files, record, manifest.Steps, cancellation);
        var rows = await store.Datasets.OpenAsync(entry.Dataset, entry.Version, cancellation);
        return await KpiLook.OfAsync(options, rows, accuracy, DateOnly.FromDateTime(record.FinishedAt.UtcDateTime), store.Vectors, cancellation);
    }

    static async Task<KpiReport> OfFileAsync(string file, KpiOptions options, CancellationToken cancellation)
    {
        KpiReport? report = null;
        await SingleRun.WithAsync(file, options.Validation(), evidenceOnly: false, async run =>
        {
            if (run.Outcome.Version is not { } version)
            {
                throw new PipelineException($"A gate under 'accuracy' refuses '{file}': {run.Outcome.GateFailure} Leave gates out; here rows are counted.", null);
            }

            var (_, manifest) = await run.Catalogue.ShowAsync(run.Outcome.Dataset, version, cancellation);
            var accuracy = await RowsThatPass.OfAsync(run.Files, run.Record, manifest.Steps, cancellation);
            await using var vectors = new MemoryStore();
            var rows = await run.Catalogue.OpenAsync(run.Outcome.Dataset, version, cancellation);
            report = await KpiLook.OfAsync(options, rows, accuracy, DateOnly.FromDateTime(run.Record.FinishedAt.UtcDateTime), new VectorStore(vectors), cancellation);
            return ExitCodes.Done;
        }, cancellation);
        return report!;
    }
}
