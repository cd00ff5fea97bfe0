using System.Runtime.CompilerServices;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Datasets;

/// <summary>A version as the ledger lists it.</summary>
/// <param name="Dataset">Dataset.</param>
/// <param name="Version">Id.</param>
/// <param name="Number">1, 2, 3… in order of commit.</param>
/// <param name="Parent">The version before it, or null.</param>
/// <param name="Run">Run that made it.</param>
/// <param name="CommittedAt">When.</param>
/// <param name="Rows">Rows.</param>
public sealed record VersionEntry(string Dataset, string Version, int Number, string? Parent, string Run, DateTimeOffset CommittedAt, long Rows);

/// <summary>
/// Datasets and their versions. A version exists once the head of its dataset names it (or a later one): that one row, replaced by
/// compare-and-swap, is the only commit point.
/// </summary>
public sealed class DatasetCatalogue(ObjectStore store, Ledger ledger, BatchFiles files, TimeProvider time)
{
    const string Datasets = "datasets";

    /// <summary>Files of versions.</summary>
    internal BatchFiles Files => files;

    /// <summary>
    /// Commits a version and makes it the head. A version that was the head before becomes it again, under a new number: the head is
    /// what the pipeline gives for the input of now. A second delivery of one run's commit changes nothing.
    /// </summary>
    /// <param name="manifest">What it is.</param>
    /// <param name="runKey">Hash of pipeline and inputs; the next run with the same key finds this version.</param>
    /// <param name="run">Run that made it.</param>
    /// <param name="cancellation">Before the swap: nothing is committed.</param>
    /// <returns>The version's id.</returns>
    public async Task<string> CommitAsync(VersionManifest manifest, string runKey, string run, CancellationToken cancellation)
    {
        var id = manifest.Id();
        await store.CreateAsync(ManifestPath(manifest.Dataset, id), DocumentJson.Bytes(manifest), cancellation);
        while (true)
        {
            var row = await ledger.GetAsync(Datasets, manifest.Dataset, cancellation);
            var head = Entry(row);
            if (head?.Version == id || (await VersionsAsync(manifest.Dataset, cancellation)).Any(v => v.Run == run && v.Version == id))
            {
                break;
            }

            // A head is in the list before it stops being the head: a crash between a swap and its list entry loses no version.
            await ListHeadAsync(manifest.Dataset, row, head, cancellation);
            var entry = new VersionEntry(manifest.Dataset, id, (head?.Number ?? 0) + 1, head?.Version, run, time.GetUtcNow(), manifest.Rows);
            var json = System.Text.Encoding.UTF8.GetString(DocumentJson.Bytes(entry));
            var swapped = row is null
                ? await ledger.InsertAsync(Datasets, manifest.Dataset, json, cancellation)
                : await ledger.ReplaceAsync(row, json, cancellation);
            if (swapped is not null)
            {
                break;
            }
        }

        // The lists are derived from the head: a crash before them is repaired by the next commit, and until then the head is read with the list.
        var newest = await ledger.GetAsync(Datasets, manifest.Dataset, cancellation);
        await ListHeadAsync(manifest.Dataset, newest, Entry(newest), cancellation);
        await NameRunAsync(KeyPartition(manifest.Dataset), runKey, System.Text.Json.JsonSerializer.Serialize(id), cancellation);
        return id;
    }

    /// <summary>Whether a version is what its dataset's name stands for now.</summary>
    public async Task<bool> IsHeadAsync(string dataset, string version, CancellationToken cancellation) =>
        (await HeadAsync(dataset, cancellation))?.Version == version;

    /// <summary>The newest version; null when there is none.</summary>
    public async Task<VersionEntry?> HeadAsync(string dataset, CancellationToken cancellation) => Entry(await ledger.GetAsync(Datasets, dataset, cancellation));

    /// <summary>The version that a run with this key made before, or null.</summary>
    public async Task<string?> FindByRunKeyAsync(string dataset, string runKey, CancellationToken cancellation)
    {
        var row = await ledger.GetAsync(KeyPartition(dataset), runKey, cancellation);
        var id = row is null ? null : System.Text.Json.JsonSerializer.Deserialize<string>(row.Json);
        return id is not null && await store.StatAsync(ManifestPath(dataset, id), cancellation) is not null ? id : null;
    }

    /// <summary>The newest version of each dataset, by name.</summary>
    public async IAsyncEnumerable<VersionEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in ledger.ListAsync(Datasets, null, cancellation))
        {
            yield return DocumentJson.Parse<VersionEntry>(System.Text.Encoding.UTF8.GetBytes(row.Json));
        }
    }

    /// <summary>All versions of a dataset, oldest first.</summary>
    public async Task<IReadOnlyList<VersionEntry>> VersionsAsync(string dataset, CancellationToken cancellation)
    {
        var versions = new List<VersionEntry>();
        await foreach (var row in ledger.ListAsync(VersionPartition(dataset), null, cancellation))
        {
            versions.Add(DocumentJson.Parse<VersionEntry>(System.Text.Encoding.UTF8.GetBytes(row.Json)));
        }

        if (await HeadAsync(dataset, cancellation) is { } head && versions.All(v => v.Number != head.Number))
        {
            versions.Add(head);
        }

        return [.. versions.OrderBy(v => v.Number)];
    }

    /// <summary>A version's manifest. <paramref name="version"/>: an id, an unambiguous start of one, a number, or <c>latest</c>.</summary>
    /// <exception cref="DataException">No such dataset or version; lists what there is.</exception>
    public async Task<(VersionEntry Entry, VersionManifest Manifest)> ShowAsync(string dataset, string version, CancellationToken cancellation)
    {
        var versions = PipelineReader.DatasetName.IsMatch(dataset) ? await VersionsAsync(dataset, cancellation) : [];
        if (versions.Count == 0)
        {
            var known = new List<string>();
            await foreach (var head in ListAsync(cancellation))
            {
                known.Add(head.Dataset);
            }

            throw new DataException($"Dataset '{dataset}' does not exist. There {(known.Count == 0 ? "are none yet: run a pipeline" : "are: " + string.Join(", ", known))}.");
        }

        // One version may have been the head several times: its newest entry stands for it.
        var found = version == "latest" ? [versions[^1]]
            : versions.Where(v => v.Version == version || v.Number.ToString() == version || (version.Length >= 4 && v.Version.StartsWith(version, StringComparison.Ordinal)))
                .GroupBy(v => v.Version).Select(same => same.FirstOrDefault(v => v.Number.ToString() == version) ?? same.Last()).ToArray();
        if (found.Length != 1)
        {
            throw new DataException(
                $"Version '{version}' of dataset '{dataset}' {(found.Length == 0 ? "does not exist" : "is ambiguous")}. "
                + $"There are: {string.Join(", ", versions.Select(v => $"{v.Number} ({v.Version})"))}.");
        }

        return (found[0], await ManifestAsync(dataset, found[0].Version, cancellation));
    }

    /// <summary>The manifest of a version that is known to be there, by its id.</summary>
    public async Task<VersionManifest> ManifestAsync(string dataset, string version, CancellationToken cancellation) =>
        DocumentJson.Parse<VersionManifest>(await store.ReadAsync(ManifestPath(dataset, version), cancellation));

    /// <summary>The rows of a version, for sinks and exports.</summary>
    public async Task<DatasetRows> OpenAsync(string dataset, string version, CancellationToken cancellation)
    {
        return new VersionRows(files, await ManifestAsync(dataset, version, cancellation));
    }

    async Task ListHeadAsync(string dataset, LedgerRow? row, VersionEntry? head, CancellationToken cancellation)
    {
        if (row is not null && head is not null)
        {
            await ledger.InsertAsync(VersionPartition(dataset), $"{head.Number:D10}", row.Json, cancellation);
        }
    }

    /// <summary>The newest version with this key counts: a replay of quarantined rows has the key of the run that put them aside.</summary>
    async Task NameRunAsync(string partition, string runKey, string json, CancellationToken cancellation)
    {
        while (await ledger.InsertAsync(partition, runKey, json, cancellation) is null)
        {
            var known = await ledger.GetAsync(partition, runKey, cancellation);
            if (known is not null && (known.Json == json || await ledger.ReplaceAsync(known, json, cancellation) is not null))
            {
                return;
            }
        }
    }

    static VersionEntry? Entry(LedgerRow? row) =>
        row is null ? null : DocumentJson.Parse<VersionEntry>(System.Text.Encoding.UTF8.GetBytes(row.Json));

    internal static string ManifestPath(string dataset, string version) => $"versions/{dataset}/{version}.json";

    static string VersionPartition(string dataset) => $"versions:{dataset}";

    static string KeyPartition(string dataset) => $"runs:{dataset}";

    sealed class VersionRows(BatchFiles files, VersionManifest manifest) : DatasetRows
    {
        public override Schema Schema { get; } = new(manifest.Schema);

        public override long Rows => manifest.Rows;

        public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            foreach (var file in manifest.Files)
            {
                var rows = await files.ReadAsync(file.File, null, cancellation);
                yield return new Batch(Schema, rows.Columns, rows.Rows);
            }
        }
    }
}
