namespace Sluice.Matching;

/// <summary>A decided pair of contents.</summary>
/// <param name="First">Number of the one.</param>
/// <param name="Second">Number of the other.</param>
/// <param name="Score">Similarity.</param>
/// <param name="IsSame">Whether both are the same thing.</param>
/// <param name="IsSaid">Whether a model said so: only what was said can contradict.</param>
readonly record struct DecidedPair(int First, int Second, double Score, bool IsSame, bool IsSaid);

/// <summary>
/// What belongs together, given pairs: what is the same as a third is the same. The most similar pairs are taken first; one that would join two things of which it was said
/// that they differ is left out.
/// </summary>
sealed class EntityClusters
{
    readonly int[] parent;
    readonly HashSet<int>?[] differs;
    readonly HashSet<(int, int)> dropped = [];

    /// <param name="count">Contents, in an order that does not depend on the rows' order.</param>
    /// <param name="pairs">Pairs, each once.</param>
    public EntityClusters(int count, IReadOnlyCollection<DecidedPair> pairs)
    {
        parent = [.. Enumerable.Range(0, count)];
        differs = new HashSet<int>?[count];
        foreach (var pair in pairs.Where(p => !p.IsSame && p.IsSaid))
        {
            (differs[pair.First] ??= []).Add(pair.Second);
            (differs[pair.Second] ??= []).Add(pair.First);
        }

        foreach (var pair in pairs.Where(p => p.IsSame).OrderByDescending(p => p.Score).ThenBy(p => p.First).ThenBy(p => p.Second))
        {
            Join(pair);
        }
    }

    /// <summary>Number of the first content of the entity that a content belongs to.</summary>
    public int Of(int content)
    {
        while (parent[content] != content)
        {
            content = parent[content] = parent[parent[content]];
        }

        return content;
    }

    /// <summary>Whether a pair that is the same was left out because it contradicts what was said.</summary>
    public bool IsDropped(int first, int second) => dropped.Contains((first, second));

    void Join(DecidedPair pair)
    {
        var (keep, join) = (Math.Min(Of(pair.First), Of(pair.Second)), Math.Max(Of(pair.First), Of(pair.Second)));
        if (keep == join)
        {
            return;
        }

        if (differs[keep]?.Any(other => Of(other) == join) == true || differs[join]?.Any(other => Of(other) == keep) == true)
        {
            dropped.Add((pair.First, pair.Second));
            return;
        }

        parent[join] = keep;
        if (differs[join] is { } more)
        {
            (differs[keep] ??= []).UnionWith(more);
        }
    }
}
