namespace Sluice.Repair;

/// <summary>
/// Where rows come from different sources, some are right more often. Finds the column whose values differ most in how often their rows agree
/// with the majority, and gives each row the weight of its source (truth discovery: Dong, Berti-Equille, Srivastava, VLDB 2009, without copying).
/// </summary>
static class SourceTrust
{
    const int Rounds = 5, LeastRows = 5, MaxSources = 500;

    /// <summary>One weight per row for votes on <paramref name="right"/>; all 1 where no column tells sources apart.</summary>
    public static double[] Weights(CodedTable table, IReadOnlyList<int> left, int right)
    {
        var equal = Enumerable.Repeat(1.0, table.Rows).ToArray();
        var source = Source(table, Agreement(table, new Dependency(table, left, right, equal)), left, right);
        if (source < 0)
        {
            return equal;
        }

        var weights = equal;
        for (var round = 0; round < Rounds; round++)
        {
            weights = Weighted(table, source, Agreement(table, new Dependency(table, left, right, weights)));
        }

        return weights;
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

    // The weight of a source that is right with probability a is the log-odds of it, where a wrong one picks among some ten values.
    static double[] Weighted(CodedTable table, int source, sbyte[] agrees)
    {
        var (counts, hits) = Count(table, source, agrees);
        var weightOf = counts.Select((count, s) => (hits[s] + 1.0) / (count + 2.0))
            .Select(right => Math.Clamp(Math.Log(9 * right / (1 - right)) / Math.Log(81), 0.05, 2)).ToArray();
        return [.. table.Codes[source].Select(code => weightOf[code])];
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
