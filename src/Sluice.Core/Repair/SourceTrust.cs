namespace Sluice.Repair;

/// <summary>
/// Where rows come from different sources, some are right more often. Finds the column whose values differ most in how often their rows agree
/// with the majority, and gives each row the weight of its source (truth discovery: Dong, Berti-Equille, Srivastava, VLDB 2009, without copying).
/// </summary>
static class SourceTrust
{
    const int Rounds = 5, LeastRows = 5, MaxSources = 500;
    const double MaxOdds = 20;

    // What agreement with the others is worth beside what labels show, in labelled cells.
    const double Hearsay = 4;

    /// <summary>What is known of the sources of a dependency.</summary>
    /// <param name="Column">Column that tells the source; -1: none does.</param>
    /// <param name="Right">How often each source (by code) is right.</param>
    public sealed record Sources(int Column, double[] Right)
    {
        public static Sources None { get; } = new(-1, []);

        /// <summary>One weight per row: the odds of its source to be right, 1 on average.</summary>
        public double[] Weights(CodedTable table)
        {
            if (Column < 0)
            {
                return [.. Enumerable.Repeat(1.0, table.Rows)];
            }

            var odds = table.Codes[Column].Select(code => code < Right.Length ? Math.Clamp(Right[code] / (1 - Right[code]), 0.02, MaxOdds) : 1).ToArray();
            var mean = odds.Average();
            return [.. odds.Select(o => o / mean)];
        }
    }

    /// <summary>Learns the sources from how far each agrees with the others.</summary>
    public static Sources Learn(CodedTable table, IReadOnlyList<int> left, int right)
    {
        var column = Source(table, Agreement(table, new Dependency(table, left, right, Sources.None.Weights(table))), left, right);
        var sources = new Sources(column, []);
        for (var round = 0; column >= 0 && round < Rounds; round++)
        {
            sources = sources with { Right = Shares(table, column, Agreement(table, new Dependency(table, left, right, sources.Weights(table)))) };
        }

        return sources;
    }

    /// <summary>The same with labelled rows: where one is, its whole group is known, and every source of the group is right or wrong for certain.</summary>
    public static Sources Correct(Sources sources, CodedTable table, Dependency dependency, IReadOnlyDictionary<int, int[]> corrected)
    {
        if (sources.Column < 0)
        {
            return sources;
        }

        var truth = new Dictionary<int, int>();
        foreach (var (row, codes) in corrected)
        {
            truth[dependency.GroupOf(table, row)] = codes[dependency.Right];
        }

        var (counts, hits) = (new double[sources.Right.Length], new double[sources.Right.Length]);
        for (var row = 0; row < table.Rows; row++)
        {
            var own = table.Codes[dependency.Right][row];
            var source = table.Codes[sources.Column][row];
            if (own != CodedTable.Missing && source < counts.Length && dependency.GroupOf(table, row) is var group && group >= 0 && truth.TryGetValue(group, out var right))
            {
                counts[source]++;
                hits[source] += own == right ? 1 : 0;
            }
        }

        return sources with { Right = [.. sources.Right.Select((share, s) => (hits[s] + (Hearsay * share)) / (counts[s] + Hearsay))] };
    }

    // 1: says what most others say, 0: something else, -1: not judged.
    static sbyte[] Agreement(CodedTable table, Dependency dependency)
    {
        var agrees = new sbyte[table.Rows];
        for (var row = 0; row < table.Rows; row++)
        {
            var own = table.Codes[dependency.Right][row];
            var poll = own == CodedTable.Missing ? Poll.None : dependency.Ask(dependency.GroupOf(table, row), own, row);
            agrees[row] = (sbyte)(!poll.Says ? -1 : poll.Top == own ? 1 : 0);
        }

        return agrees;
    }

    // The column with the most significant difference between its values (chi-square against its degrees of freedom).
    static int Source(CodedTable table, sbyte[] agrees, IReadOnlyList<int> left, int right)
    {
        double judged = agrees.Count(a => a >= 0), mean = agrees.Count(a => a > 0) / Math.Max(1, judged);
        var (best, bestExcess) = (-1, 6.0);
        for (var column = 0; column < table.Columns && mean is > 0 and < 1; column++)
        {
            var sources = table.Values[column].Count - 1;
            if (column == right || left.Contains(column) || sources < 2 || sources > Math.Min(MaxSources, judged / LeastRows))
            {
                continue;
            }

            var (counts, hits) = Count(table, column, agrees);
            var chi = Enumerable.Range(1, sources).Where(s => counts[s] > 0)
                .Sum(s => Math.Pow(hits[s] - (counts[s] * mean), 2) / (counts[s] * mean * (1 - mean)));
            var excess = (chi - sources + 1) / Math.Sqrt(2.0 * (sources - 1));
            if (excess > bestExcess)
            {
                (best, bestExcess) = (column, excess);
            }
        }

        return best;
    }

    static double[] Shares(CodedTable table, int source, sbyte[] agrees)
    {
        var (counts, hits) = Count(table, source, agrees);
        return [.. counts.Select((count, s) => (hits[s] + 1) / (count + 2))];
    }

    static (double[] Counts, double[] Hits) Count(CodedTable table, int column, sbyte[] agrees)
    {
        var (counts, hits) = (new double[table.Values[column].Count], new double[table.Values[column].Count]);
        for (var row = 0; row < agrees.Length; row++)
        {
            if (agrees[row] >= 0)
            {
                counts[table.Codes[column][row]]++;
                hits[table.Codes[column][row]] += agrees[row];
            }
        }

        return (counts, hits);
    }
}
