namespace Sluice.Matching;

/// <summary>A row that another stands for.</summary>
/// <param name="Row">The row.</param>
/// <param name="Of">The row that stays, with which it was compared; a later round may have found that one to be a duplicate of yet another.</param>
/// <param name="Similarity">Their similarity.</param>
/// <param name="Columns">Similarity of each compared column; NaN where a value is missing.</param>
sealed record NearDuplicate(int Row, int Of, double Similarity, IReadOnlyList<float> Columns);

/// <summary>
/// Which rows are duplicates of which. A row goes only when it is itself as similar as asked to the row that stays: a chain of small differences does not make
/// its ends equal. Rows that stay are searched again until no two of them are similar, so that a second run finds nothing.
/// </summary>
static class NearDuplicates
{
    /// <param name="rows">Different rows.</param>
    /// <param name="rank">Of two similar rows the one with the lower rank stays; all ranks differ.</param>
    /// <param name="options">What to compare.</param>
    /// <param name="merge">Given the rows and who stands for whom, the rows with the cells of those that stay made better; null to leave them.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Duplicates in the order in which they were found, and the rows as they were compared last.</returns>
    public static (List<NearDuplicate> Found, Batch Rows) Find(
        Batch rows, IReadOnlyList<int> rank, MatchOptions options, Func<Batch, List<NearDuplicate>, Batch>? merge, CancellationToken cancellation)
    {
        var found = new List<NearDuplicate>();
        int[] alive = [.. Enumerable.Range(0, rows.Rows)];
        while (true)
        {
            var pairs = RecordMatcher.Dedupe(rows.Take(alive), options, cancellation).Pairs;
            if (pairs.Count == 0)
            {
                return (found, rows);
            }

            var stays = Staying(pairs, alive, rank);
            var best = new Dictionary<int, NearDuplicate>();
            foreach (var pair in pairs)
            {
                Offer(best, stays, alive[pair.Left], alive[pair.Right], pair);
                Offer(best, stays, alive[pair.Right], alive[pair.Left], pair);
            }

            found.AddRange(best.Values.OrderBy(d => d.Row));
            alive = [.. alive.Where(row => !best.ContainsKey(row))];
            rows = merge?.Invoke(rows, found) ?? rows;
        }
    }

    /// <summary>The row that stands for each row in the end: itself for one that stays.</summary>
    public static int[] Representatives(int rows, IReadOnlyList<NearDuplicate> found)
    {
        var of = Enumerable.Range(0, rows).ToArray();
        foreach (var duplicate in found.Reverse())
        {
            // Those found later stand nearer to the one that stays.
            of[duplicate.Row] = of[duplicate.Of];
        }

        return of;
    }

    // The best row stays, those similar to it go, and so on with what is left.
    static HashSet<int> Staying(IReadOnlyList<MatchedPair> pairs, int[] alive, IReadOnlyList<int> rank)
    {
        var similar = pairs.SelectMany(p => new[] { (Row: alive[p.Left], Other: alive[p.Right]), (Row: alive[p.Right], Other: alive[p.Left]) }).ToLookup(p => p.Row, p => p.Other);
        var (stays, goes) = (new HashSet<int>(), new HashSet<int>());
        foreach (var row in similar.Select(g => g.Key).OrderBy(row => rank[row]))
        {
            if (!goes.Contains(row))
            {
                stays.Add(row);
                goes.UnionWith(similar[row]);
            }
        }

        return stays;
    }

    static void Offer(Dictionary<int, NearDuplicate> best, HashSet<int> stays, int row, int of, MatchedPair pair)
    {
        if (stays.Contains(of) && !stays.Contains(row)
            && (!best.TryGetValue(row, out var known) || pair.Score > known.Similarity || (pair.Score == known.Similarity && of < known.Of)))
        {
            best[row] = new NearDuplicate(row, of, pair.Score, pair.Similarities);
        }
    }
}
