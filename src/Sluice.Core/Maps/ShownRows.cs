using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>At most so many rows of a table, those with the least hashes of content: the same ones in whatever order the rows come, and a fair sample.</summary>
sealed record ShownRows(Batch Rows, long Total)
{
    const int MaxSnippet = 160;

    public static async Task<ShownRows> OfAsync(IAsyncEnumerable<Batch> batches, int most, CancellationToken cancellation)
    {
        Batch? kept = null;
        long total = 0;
        await foreach (var batch in batches.WithCancellation(cancellation))
        {
            total += batch.Rows;
            kept = Least(kept is null ? [batch] : [kept, batch], most);
        }

        return new ShownRows(kept ?? throw new DataException("The version has no rows to show."), total);
    }

    /// <summary>What a row says of what it is compared by, cut.</summary>
    public static string Snippet(Batch rows, int row, VectorSource source)
    {
        var text = source.Cell is not null
            ? rows[source.Cell].Display(row)
            : string.Join(", ", source.Columns.Select(name => $"{name} {rows[name].Display(row)}"));
        return text.Length <= MaxSnippet ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxSnippet - 1]) ? MaxSnippet - 1 : MaxSnippet), "…");
    }

    static Batch Least(IReadOnlyList<Batch> batches, int most)
    {
        var all = Batch.Concat(batches);
        var keys = RowHash.Rows(all.Columns, all.Rows);
        return all.Take([.. Enumerable.Range(0, all.Rows).OrderBy(row => keys[row]).ThenBy(row => row).Take(most)]);
    }
}
