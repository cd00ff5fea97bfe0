using Sluice.Maps;

namespace Sluice.Profiles;

/// <summary>Two tables less the rows that both have, so that a table with rows added, taken out or both is compared by what is different.</summary>
sealed class SharedRows
{
    readonly Func<IAsyncEnumerable<Batch>> before, after;
    readonly HashSet<RowKey> inBefore, inAfter;
    readonly string[] columns;

    SharedRows(Func<IAsyncEnumerable<Batch>> before, Func<IAsyncEnumerable<Batch>> after, HashSet<RowKey> inBefore, HashSet<RowKey> inAfter, string[] columns) =>
        (this.before, this.after, this.inBefore, this.inAfter, this.columns) = (before, after, inBefore, inAfter, columns);

    // Rows of a table that has nothing of its own are all compared: there is nothing else of it.
    bool HasOwnBefore => inBefore.Any(key => !inAfter.Contains(key));

    bool HasOwnAfter => inAfter.Any(key => !inBefore.Contains(key));

    public static async Task<SharedRows> OfAsync(Func<IAsyncEnumerable<Batch>> before, Func<IAsyncEnumerable<Batch>> after, CancellationToken cancellation)
    {
        var columns = (await NamesAsync(before, cancellation)).Intersect(await NamesAsync(after, cancellation), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return new SharedRows(before, after, await KeysAsync(before(), columns, cancellation), await KeysAsync(after(), columns, cancellation), columns);
    }

    /// <summary>A fair sample of the first table; null where there is none.</summary>
    public Task<ShownRows?> BeforeAsync(int most, CancellationToken cancellation) => OfAsync(before(), HasOwnBefore ? inAfter : null, most, cancellation);

    /// <summary>A fair sample of the second table; null where there is none.</summary>
    public Task<ShownRows?> AfterAsync(int most, CancellationToken cancellation) => !HasOwnBefore && !HasOwnAfter
        ? Task.FromResult<ShownRows?>(null)
        : OfAsync(after(), HasOwnAfter ? inBefore : null, most, cancellation);

    async Task<ShownRows?> OfAsync(IAsyncEnumerable<Batch> batches, HashSet<RowKey>? others, int most, CancellationToken cancellation)
    {
        var own = batches.Select(batch => others is null ? batch : Without(batch, others)).Where(batch => batch.Rows > 0);
        return await own.AnyAsync(cancellation) ? await ShownRows.OfAsync(own, most, cancellation) : null;
    }

    Batch Without(Batch batch, HashSet<RowKey> others)
    {
        var keys = Keys(batch, columns);
        return batch.Take([.. Enumerable.Range(0, batch.Rows).Where(row => !others.Contains(keys[row]))]);
    }

    static async Task<HashSet<RowKey>> KeysAsync(IAsyncEnumerable<Batch> batches, string[] columns, CancellationToken cancellation)
    {
        var keys = new HashSet<RowKey>();
        await foreach (var batch in batches.WithCancellation(cancellation))
        {
            keys.UnionWith(Keys(batch, columns));
        }

        return keys;
    }

    static async Task<IReadOnlyList<string>> NamesAsync(Func<IAsyncEnumerable<Batch>> batches, CancellationToken cancellation) =>
        await batches().FirstOrDefaultAsync(cancellation) is { } first ? [.. first.Schema.Select(f => f.Name)] : [];

    static RowKey[] Keys(Batch batch, string[] columns) => RowHash.Rows([.. columns.Select(name => batch[name])], batch.Rows);
}
