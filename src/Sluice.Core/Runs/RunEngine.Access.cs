using Sluice.Datasets;
using Sluice.Joins;
using Sluice.Privacy.Access;

namespace Sluice.Runs;

// Versions of other datasets that a run reads as tables: reads of their personal data, if they have any.
public sealed partial class RunEngine
{
    /// <summary>Notes them once for each run, before the plan is there by which rows meet them; a process that is killed in between notes them again.</summary>
    async Task NoteTablesAsync(Pipelines.Pipeline pipeline, IReadOnlyDictionary<string, string>? versions, CancellationToken cancellation)
    {
        if (options.Trial is not null)
        {
            return;
        }

        var log = new AccessLog(ledger, time, options.Access);
        var tables = pipeline.Steps.Select(s => (s.Step as StepOverTable)?.Reference).OfType<TableReference>().Where(r => r.Dataset is not null).Select(r => (Dataset: r.Dataset!, Version: r.Version ?? versions![r.Dataset!]))
            .Concat(pipeline.Source.Source is DatasetSource source ? source.Names.Select(name => (Dataset: name, Version: versions![name])) : []);
        foreach (var (dataset, version) in tables.Distinct())
        {
            var (entry, manifest) = await Catalogue.ShowAsync(dataset, version, cancellation);
            await log.NoteAsync(entry, manifest, $"pipeline:{pipeline.Name}", "join", cancellation);
        }
    }
}
