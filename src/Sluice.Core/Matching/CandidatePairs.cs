using Sluice.Llm.RowSets;

namespace Sluice.Matching;

/// <summary>Two rows that may be the same thing.</summary>
/// <param name="Left">Row of the left table, or the one that comes first of the one table.</param>
/// <param name="Right">Row of the right table, or the later one.</param>
/// <param name="Score">Their similarity.</param>
/// <param name="Sampled">Whether the search for candidates found a pair of the sample; null for a pair that is not of the sample.</param>
readonly record struct CandidatePair(int Left, int Right, double Score, bool? Sampled);

/// <summary>Finds pairs to decide, and draws the sample that shows how many it misses.</summary>
static class CandidatePairs
{
    const long MostCompared = 1_000_000;

    /// <summary>Pairs of two tables.</summary>
    /// <param name="left">Different rows in the order of their hashes, so that the first of them are a sample.</param>
    /// <param name="right">Different rows.</param>
    /// <param name="columns">Columns to compare, of both.</param>
    /// <param name="options">Limits.</param>
    public static List<CandidatePair> Link(Batch left, Batch right, IReadOnlyList<string> columns, PairOptions options)
    {
        var sample = SampleOf(left.Rows, right.Rows, options);
        return Find(left, right, columns, options, [.. from l in Enumerable.Range(0, sample) from r in Enumerable.Range(0, right.Rows) select (l, r)], (l, _) => l < sample);
    }

    /// <summary>Pairs of one table, each once.</summary>
    /// <param name="rows">Different rows in the order of their hashes.</param>
    /// <param name="columns">Columns to compare.</param>
    /// <param name="options">Limits.</param>
    public static List<CandidatePair> Dedupe(Batch rows, IReadOnlyList<string> columns, PairOptions options)
    {
        var sample = SampleOf(rows.Rows, rows.Rows, options);
        return Find(rows, null, columns, options, [.. from l in Enumerable.Range(0, sample) from r in Enumerable.Range(l + 1, rows.Rows - l - 1) select (l, r)], (l, r) => Math.Min(l, r) < sample);
    }

    static int SampleOf(int left, int right, PairOptions options) => (int)Math.Min(Math.Min(options.RecallSample, left), MostCompared / Math.Max(1, right));

    static List<CandidatePair> Find(
        Batch left, Batch? right, IReadOnlyList<string> columns, PairOptions options, IReadOnlyList<(int Left, int Right)> sample, Func<int, int, bool> isSampled)
    {
        var matching = new MatchOptions { Columns = columns, Method = MatchMethod.Similar, Threshold = options.UnsureFrom, MaxCandidates = options.MaxCandidates };
        var found = RecordMatcher.Among(left, right, [], matching, CancellationToken.None).Pairs.ToDictionary(p => (p.Left, p.Right), p => p.Score);
        var all = sample.Count == 0 ? [] : RecordMatcher.Among(left, right, sample, matching, CancellationToken.None).Pairs;

        // Of what only the sample saw, a row keeps no more than it could have had.
        var missed = all.Where(p => isSampled(p.Left, p.Right) && !found.ContainsKey((p.Left, p.Right))).GroupBy(p => p.Left)
            .SelectMany(g => g.OrderByDescending(p => p.Score).ThenBy(p => p.Right).Take(options.MaxCandidates));
        return [.. found.Select(p => new CandidatePair(p.Key.Left, p.Key.Right, p.Value, isSampled(p.Key.Left, p.Key.Right) ? true : null))
            .Concat(missed.Select(p => new CandidatePair(p.Left, p.Right, p.Score, false)))
            .OrderBy(p => p.Left).ThenByDescending(p => p.Score).ThenBy(p => p.Right)];
    }
}
