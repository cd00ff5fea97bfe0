using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Rows as entities of one table in Azure Storage.</summary>
/// <remarks>
/// A text property holds 32,768 UTF-16 characters, less than the largest row, so the JSON continues in properties of its own: Json, Json1, Json2.
/// Text rather than bytes keeps it readable in the portal. Every write carries a number of its own, as in <see cref="BlobStore"/>: when an
/// answer is lost and the client library asks again, it tells whether the row that is now there is this very call's.
/// </remarks>
public sealed class TableLedger(TableClient table, TableLedger.Options? options = null) : Ledger
{
    const int PartLength = 30_000;
    const string JsonKey = "Json";
    const string WriterKey = "Writer";

    readonly Options options = options ?? new Options();

    /// <summary>The ledger in a table of an account.</summary>
    public static TableLedger At(DataConnection connection, string table)
    {
        try
        {
            var account = connection.ConnectionString is { } text ? new TableServiceClient(text) : new TableServiceClient(connection.Tables, connection.Credential);
            return new TableLedger(account.GetTableClient(table));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw DataConnection.Unreadable(e);
        }
    }

    public override string Location => $"table \"{table.Uri}\"";

    /// <summary>Creates the table when it is missing. In Azure the deployment does; this is for emulators and first runs.</summary>
    public Task CreateIfMissingAsync(CancellationToken cancellation) =>
        GuardAsync(async () => await table.CreateIfNotExistsAsync(cancellation), cancellation);

    public override Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation)
    {
        CheckKeys(partition, row);
        return GuardAsync(async () => await FindAsync(partition, row, cancellation) is { } entity ? Read(entity) : null, cancellation);
    }

    public override Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation)
    {
        CheckKeys(partition, row);
        CheckJson(partition, row, json);
        var entity = NewEntity(partition, row, json);
        return WriteAsync(entity, json, () => table.AddEntityAsync(entity, cancellation), cancellation);
    }

    public override Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation)
    {
        CheckKeys(row.Partition, row.Row);
        CheckJson(row.Partition, row.Row, json);
        var entity = NewEntity(row.Partition, row.Row, json);
        return WriteAsync(
            entity, json, () => table.UpdateEntityAsync(entity, new ETag(row.ETag), TableUpdateMode.Replace, cancellation), cancellation);
    }

    public override async IAsyncEnumerable<LedgerRow> ListAsync(
        string partition, string? rowPrefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        CheckPartition(partition, rowPrefix);
        cancellation.ThrowIfCancellationRequested();

        // Keys are printable ASCII, so everything that begins with the prefix sorts below the prefix followed by DEL.
        var filter = string.IsNullOrEmpty(rowPrefix)
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partition}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {rowPrefix} and RowKey lt {rowPrefix + '\u007f'}");
        await using var pages = table.QueryAsync<TableEntity>(filter, options.PageSize, select: null, cancellation)
            .AsPages().GetAsyncEnumerator(cancellation);
        while (await GuardAsync(async () => await pages.MoveNextAsync(), cancellation))
        {
            // A page may be empty and yet not be the last: the service ends a page after some seconds of looking.
            foreach (var entity in pages.Current.Values)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Read(entity);
            }
        }
    }

    /// <remarks>Whether a row was deleted by this call or by another is not known when the first answer is lost; it is then false.</remarks>
    public override Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation)
    {
        CheckKeys(row.Partition, row.Row);
        return GuardAsync(
            async () =>
            {
                try
                {
                    var response = await table.DeleteEntityAsync(row.Partition, row.Row, new ETag(row.ETag), cancellation);
                    return response.Status != 404;
                }
                catch (RequestFailedException e) when (IsChangedOrGone(e))
                {
                    return false;
                }
            },
            cancellation);
    }

    Task<LedgerRow?> WriteAsync(TableEntity entity, string json, Func<Task<Response>> write, CancellationToken cancellation) => GuardAsync(
        async () =>
        {
            try
            {
                var response = await write();
                return response.Headers.ETag is { } etag
                    ? new LedgerRow(entity.PartitionKey, entity.RowKey, json, etag.ToString())
                    : throw new StoreException($"The ledger in {Location} answered a write without an ETag. Check what lies between this app and " +
                        "the account.");
            }
            catch (RequestFailedException e) when (IsChangedOrGone(e))
            {
                var found = await FindAsync(entity.PartitionKey, entity.RowKey, cancellation);
                return found?.GetString(WriterKey) == entity.GetString(WriterKey) ? Read(found!) : null;
            }
        },
        cancellation);

    async Task<TableEntity?> FindAsync(string partition, string row, CancellationToken cancellation)
    {
        try
        {
            return await table.GetEntityAsync<TableEntity>(partition, row, select: null, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404 && IsChangedOrGone(e))
        {
            return null;
        }
    }

    static TableEntity NewEntity(string partition, string row, string json)
    {
        var entity = new TableEntity(partition, row) { [WriterKey] = Guid.CreateVersion7().ToString("N") };
        var number = 0;
        var start = 0;
        do
        {
            var length = Math.Min(PartLength, json.Length - start);
            if (length > 0 && start + length < json.Length && char.IsHighSurrogate(json[start + length - 1]))
            {
                // A pair stays together: half of one cannot be sent.
                length--;
            }

            entity[PartKey(number++)] = json.Substring(start, length);
            start += length;
        }
        while (start < json.Length);
        return entity;
    }

    LedgerRow Read(TableEntity entity)
    {
        var json = entity.GetString(JsonKey) ?? throw new DataException(
            $"The row \"{entity.PartitionKey}\" / \"{entity.RowKey}\" in {Location} has no property {JsonKey}: it was written by something else. " +
            "Remove it or choose another table.");
        for (var number = 1; entity.GetString(PartKey(number)) is { } part; number++)
        {
            json += part;
        }

        return new LedgerRow(entity.PartitionKey, entity.RowKey, json, entity.ETag.ToString());
    }

    static string PartKey(int number) => number == 0 ? JsonKey : JsonKey + number;

    // A missing table is another matter: it is the ledger that is wrong, not the row.
    static bool IsChangedOrGone(RequestFailedException e) =>
        e.Status is 404 or 409 or 412 && e.ErrorCode != TableErrorCode.TableNotFound && e.ErrorCode != TableErrorCode.TableBeingDeleted;

    Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellation) => ServiceFaults.GuardAsync(Location, work, cancellation);

    /// <summary>How a table ledger reads.</summary>
    public sealed record Options
    {
        /// <summary>Rows of one page of a listing; the service gives at most 1,000.</summary>
        public int PageSize { get; init; } = 1000;
    }
}
