using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Datasets;

/// <summary>
/// What is said of datasets, and where they are in their life. Runs move a dataset; of runs at the same time the one that began last decides,
/// and a move of any other is passed over, as is a second delivery. A dataset that is only known by its versions is Ready.
/// </summary>
public sealed class DatasetRegister(Ledger ledger, DatasetCatalogue catalogue, TimeProvider time)
{
    const string Partition = "dataset-records";
    const int MaxReason = 400;

    /// <summary>Makes a dataset that has no version yet.</summary>
    /// <returns>Null: the name is taken, and nothing was changed.</returns>
    /// <exception cref="DataException">The name or what is said of it is not allowed.</exception>
    public async Task<StoredDataset?> CreateAsync(string dataset, DatasetChange change, CancellationToken cancellation)
    {
        if (!PipelineReader.DatasetName.IsMatch(dataset))
        {
            throw new DataException("The name of a dataset has 1 to 64 of a-z, 0-9, '-' and '_', and begins with a letter or digit.");
        }

        if (change.State is { } state and not DatasetState.Created)
        {
            throw new DataException($"A new dataset cannot be {Name(state)}. Leave 'state' out: it begins as created.");
        }

        var now = time.GetUtcNow();
        var record = change.On(new DatasetRecord { Dataset = dataset, State = DatasetState.Created, CreatedAt = now, UpdatedAt = now });
        return await catalogue.HeadAsync(dataset, cancellation) is not null ? null : Stored(await ledger.InsertAsync(Partition, dataset, Json(record), cancellation));
    }

    /// <summary>The dataset; null when there is none of that name.</summary>
    public async Task<StoredDataset?> FindAsync(string dataset, CancellationToken cancellation) =>
        PipelineReader.DatasetName.IsMatch(dataset) ? (await ReadAsync(dataset, cancellation)).Dataset : null;

    /// <summary>All datasets by name, those that only have versions too.</summary>
    /// <param name="after">Only names that come after it; null: all.</param>
    /// <param name="cancellation">Between two datasets.</param>
    public async IAsyncEnumerable<StoredDataset> ListAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var row in ledger.ListAsync(Partition, null, cancellation))
        {
            names.Add(row.Row);
        }

        await foreach (var head in catalogue.ListAsync(cancellation))
        {
            names.Add(head.Dataset);
        }

        foreach (var name in names.Where(n => after is null || string.CompareOrdinal(n, after) > 0))
        {
            if ((await ReadAsync(name, cancellation)).Dataset is { } dataset)
            {
                yield return dataset;
            }
        }
    }

    /// <summary>Changes what is said of a dataset. The only state that a person can bring it into is Archived.</summary>
    /// <param name="dataset">Name.</param>
    /// <param name="change">What changes.</param>
    /// <param name="etag">The record as it was seen; null: whatever it is.</param>
    /// <param name="cancellation">Before the swap: nothing is changed.</param>
    /// <returns>Null: it is not what <paramref name="etag"/> says any more, or is gone; nothing was changed.</returns>
    /// <exception cref="DataException">What was found and expected; a state that may not follow.</exception>
    public async Task<StoredDataset?> ChangeAsync(string dataset, DatasetChange change, string? etag, CancellationToken cancellation)
    {
        while (true)
        {
            var (row, known) = await ReadAsync(dataset, cancellation);
            if (known is null || (etag is not null && etag != known.ETag))
            {
                return null;
            }

            var record = change.On(known.Record) with { UpdatedAt = time.GetUtcNow() };
            if (change.State is { } to && to != record.State)
            {
                record = to == DatasetState.Archived || !DatasetLifecycle.Allows(record.State, to) ? Move(record, to, null, null)
                    : throw new DataException($"Dataset '{dataset}' becomes {Name(to)} by a run, not by hand. A person can only archive it.");
            }

            if (await WriteAsync(row, record, cancellation) is { } written)
            {
                return written;
            }
        }
    }

    /// <summary>Forgets a dataset that has no version.</summary>
    /// <returns>Null: gone. Otherwise why it cannot be.</returns>
    public async Task<string?> DeleteAsync(string dataset, string? etag, CancellationToken cancellation)
    {
        var (row, known) = await ReadAsync(dataset, cancellation);
        if (await catalogue.HeadAsync(dataset, cancellation) is { } head)
        {
            return $"Dataset '{dataset}' has {head.Number} {(head.Number == 1 ? "version" : "versions")}, which are kept as evidence of what was made. Archive it instead.";
        }

        return row is null || (etag is not null && etag != known!.ETag) || !await ledger.DeleteAsync(row, cancellation)
            ? $"Dataset '{dataset}' was changed or deleted meanwhile. Look at it again."
            : null;
    }

    /// <summary>A run begins.</summary>
    /// <exception cref="PipelineException">The dataset is archived.</exception>
    public Task BeginAsync(string dataset, string run, CancellationToken cancellation) => StepAsync(dataset, run, DatasetState.Processing, null, cancellation);

    /// <summary>The checks let the rows of a run pass.</summary>
    public Task ValidatedAsync(string dataset, string run, CancellationToken cancellation) => StepAsync(dataset, run, DatasetState.Validated, null, cancellation);

    /// <summary>A run's version is committed and exported.</summary>
    public Task ReadyAsync(string dataset, string run, CancellationToken cancellation) => StepAsync(dataset, run, DatasetState.Ready, null, cancellation);

    /// <summary>A gate refused the rows of a run.</summary>
    public Task QuarantinedAsync(string dataset, string run, string reason, CancellationToken cancellation) =>
        StepAsync(dataset, run, DatasetState.Quarantined, reason, cancellation);

    /// <summary>A run failed or was stopped, perhaps before it began anything.</summary>
    public async Task FailedAsync(string dataset, string run, string reason, CancellationToken cancellation)
    {
        if ((await ReadAsync(dataset, cancellation)).Dataset?.Record.State == DatasetState.Archived)
        {
            return;
        }

        await BeginAsync(dataset, run, cancellation);
        await StepAsync(dataset, run, DatasetState.Failed, reason, cancellation);
    }

    /// <exception cref="PipelineException">It takes no more versions.</exception>
    public async Task CheckOpenAsync(string dataset, CancellationToken cancellation)
    {
        if ((await ReadAsync(dataset, cancellation)).Dataset?.Record.State == DatasetState.Archived)
        {
            throw Archived(dataset);
        }
    }

    async Task StepAsync(string dataset, string run, DatasetState to, string? reason, CancellationToken cancellation)
    {
        while (true)
        {
            var (row, known) = await ReadAsync(dataset, cancellation);
            var now = time.GetUtcNow();
            var record = known?.Record ?? new DatasetRecord { Dataset = dataset, State = DatasetState.Created, CreatedAt = now, UpdatedAt = now };
            if (to == DatasetState.Processing ? record.HasBegun(run) : record.Run != run || !DatasetLifecycle.Allows(record.State, to))
            {
                return;
            }

            if (to == DatasetState.Processing && record.State == DatasetState.Archived)
            {
                throw Archived(dataset);
            }

            // A run that takes over from one at work leaves the state as it is and becomes the one that decides.
            var isTakeover = to == DatasetState.Processing && record.State is DatasetState.Processing or DatasetState.Validated;
            if (await WriteAsync(row, isTakeover ? record.Moved(to, run, null, now) : Move(record, to, run, reason), cancellation) is not null)
            {
                return;
            }
        }
    }

    DatasetRecord Move(DatasetRecord record, DatasetState to, string? run, string? reason)
    {
        if (DatasetLifecycle.Allows(record.State, to))
        {
            return record.Moved(to, run, reason is { Length: > MaxReason } ? string.Concat(reason.AsSpan(0, MaxReason - 1), "…") : reason, time.GetUtcNow());
        }

        var after = DatasetLifecycle.After(record.State);
        throw new DataException(
            $"Dataset '{record.Dataset}' is {Name(record.State)} and cannot become {Name(to)}. "
            + (after.Count == 0 ? "Nothing follows that state." : $"It can become: {string.Join(", ", after.Select(Name))}."));
    }

    async Task<(LedgerRow? Row, StoredDataset? Dataset)> ReadAsync(string dataset, CancellationToken cancellation)
    {
        if (await ledger.GetAsync(Partition, dataset, cancellation) is { } row)
        {
            return (row, Stored(row));
        }

        return await catalogue.HeadAsync(dataset, cancellation) is { } head
            ? (null, new StoredDataset(new DatasetRecord { Dataset = dataset, State = DatasetState.Ready, Run = head.Run, CreatedAt = head.CommittedAt, UpdatedAt = head.CommittedAt }, Tag(head.Version)))
            : (null, null);
    }

    async Task<StoredDataset?> WriteAsync(LedgerRow? row, DatasetRecord record, CancellationToken cancellation) => Stored(row is null
        ? await ledger.InsertAsync(Partition, record.Dataset, Json(record), cancellation)
        : await ledger.ReplaceAsync(row, Json(record), cancellation));

    string Json(DatasetRecord record)
    {
        var bytes = DocumentJson.Bytes(record);
        return bytes.Length <= ledger.MaxJsonBytes ? Encoding.UTF8.GetString(bytes) : throw new DataException(
            $"What is said of dataset '{record.Dataset}' takes {bytes.Length:N0} bytes; expected at most {ledger.MaxJsonBytes:N0}. Shorten the description, the metadata or the schema.");
    }

    static StoredDataset? Stored(LedgerRow? row) => row is null ? null : new StoredDataset(DocumentJson.Parse<DatasetRecord>(Encoding.UTF8.GetBytes(row.Json)), Tag(row.ETag));

    // The same form whatever the ledger's own look like.
    static string Tag(string etag) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(etag)).AsSpan(0, 8));

    static PipelineException Archived(string dataset) =>
        new($"Dataset '{dataset}' is archived and takes no more versions. Give the pipeline another 'dataset'.", null);

    static string Name(DatasetState state) => state.ToString().ToLowerInvariant();
}
