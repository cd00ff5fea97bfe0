using System.Runtime.CompilerServices;

namespace Sluice.Storage;

/// <summary>Rows in memory, for tests and dry runs.</summary>
public sealed class MemoryLedger : Ledger
{
    readonly Lock gate = new();
    readonly SortedDictionary<string, SortedDictionary<string, LedgerRow>> partitions = new(StringComparer.Ordinal);
    long lastVersion;

    public override string Location => "memory";

    public override Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CheckKeys(partition, row);
        lock (gate)
        {
            return Task.FromResult(Find(partition, row));
        }
    }

    public override Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CheckKeys(partition, row);
        CheckJson(partition, row, json);
        lock (gate)
        {
            return Task.FromResult(Find(partition, row) is null ? Put(partition, row, json) : null);
        }
    }

    public override Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CheckKeys(row.Partition, row.Row);
        CheckJson(row.Partition, row.Row, json);
        lock (gate)
        {
            return Task.FromResult(Find(row.Partition, row.Row)?.ETag == row.ETag ? Put(row.Partition, row.Row, json) : null);
        }
    }

    public override async IAsyncEnumerable<LedgerRow> ListAsync(
        string partition, string? rowPrefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        CheckPartition(partition, rowPrefix);
        foreach (var row in await Task.FromResult(Matching(partition, rowPrefix ?? "")))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    public override Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CheckKeys(row.Partition, row.Row);
        lock (gate)
        {
            return Task.FromResult(Find(row.Partition, row.Row)?.ETag == row.ETag && partitions[row.Partition].Remove(row.Row));
        }
    }

    List<LedgerRow> Matching(string partition, string rowPrefix)
    {
        lock (gate)
        {
            return partitions.TryGetValue(partition, out var rows)
                ? [.. rows.Values.Where(row => row.Row.StartsWith(rowPrefix, StringComparison.Ordinal))]
                : [];
        }
    }

    LedgerRow? Find(string partition, string row) => partitions.GetValueOrDefault(partition)?.GetValueOrDefault(row);

    LedgerRow Put(string partition, string row, string json)
    {
        if (!partitions.TryGetValue(partition, out var rows))
        {
            partitions[partition] = rows = new SortedDictionary<string, LedgerRow>(StringComparer.Ordinal);
        }

        return rows[row] = new LedgerRow(partition, row, json, (++lastVersion).ToString());
    }
}
