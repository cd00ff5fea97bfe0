namespace Sluice.SchemaDetection;

/// <summary>Chains of dependencies between single columns, from many values to few.</summary>
static class HierarchySearch
{
    const double LeastNarrowing = 1.2;

    public static IEnumerable<Hierarchy> Of(IReadOnlyList<Dependency> dependencies, IReadOnlyList<ColumnJudge> columns)
    {
        var distinct = columns.ToDictionary(c => c.Name, c => c.Sketch.Values.Distinct);
        var levels = columns.Where(c => c.Type is "string" or "integer" or "datetime" && c.Meaning?.Type is not ("flag" or "constant")).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);

        // Codes and names of one thing decide each other; neither is a level above the other.
        var above = dependencies.Where(d => d.From.Count == 1 && levels.Contains(d.From[0]) && levels.Contains(d.To) && distinct[d.From[0]] >= LeastNarrowing * distinct[d.To])
            .GroupBy(d => d.From[0]).ToDictionary(g => g.Key, g => g.ToDictionary(d => d.To, d => d.Error));
        var chains = above.Keys.Order(StringComparer.Ordinal).Select(start => Chain(start, above, distinct)).ToList();
        return chains.Where(c => !chains.Exists(other => other.Levels.Count > c.Levels.Count && c.Levels.All(other.Levels.Contains)));
    }

    static Hierarchy Chain(string start, Dictionary<string, Dictionary<string, double>> above, Dictionary<string, long> distinct)
    {
        var (levels, error) = (new List<string> { start }, 0.0);
        while (above.TryGetValue(levels[^1], out var next))
        {
            // The nearest level has the most values; every level below must decide it.
            var best = next.Keys.Where(n => levels.TrueForAll(l => above[l].ContainsKey(n))).OrderByDescending(n => distinct[n]).ThenBy(n => n, StringComparer.Ordinal).FirstOrDefault();
            if (best is null)
            {
                break;
            }

            error = Math.Max(error, next[best]);
            levels.Add(best);
        }

        return new Hierarchy(levels, error);
    }
}
