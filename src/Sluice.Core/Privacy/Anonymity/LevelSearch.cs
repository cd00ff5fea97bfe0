namespace Sluice.Privacy.Anonymity;

/// <summary>What was chosen.</summary>
/// <param name="Levels">Full domain: level of each quasi-identifier.</param>
/// <param name="Cuts">Mondrian: the cuts.</param>
/// <param name="Suppressed">Keys of groups that meet the demand at no price, and whose rows are left out.</param>
/// <param name="SuppressedRows">Their rows.</param>
/// <param name="Before">The table as it came.</param>
/// <param name="After">The table as it goes: measured again on what is left.</param>
/// <param name="Loss">What it cost.</param>
public sealed record AnonymityPlan(
    IReadOnlyList<int> Levels, IReadOnlyList<Cut> Cuts, IReadOnlyList<string> Suppressed, long SuppressedRows, AnonymityMeasure Before, AnonymityMeasure After, InformationLoss Loss);

/// <summary>
/// Full-domain generalisation: every value of a column goes to one level. All combinations of levels are tried from the least coarse on, by the
/// share of each ladder that is climbed; the first that meets the demand with few enough rows left out is taken. Exact, and the same for equal tables.
/// </summary>
sealed class LevelSearch(IReadOnlyList<Ladder> ladders, Demand demand, double maxSuppressed)
{
    // Left out groups travel with the fitted parameters, which stay small.
    const int MaxSuppressedGroups = 5_000;

    /// <summary>The plan; null when even nothing told of anybody would not do.</summary>
    public AnonymityPlan? Find(GroupState state)
    {
        var groups = state.Groups;
        var distance = demand.DistanceTo(groups.Values);
        var before = Demand.Measure([.. groups.Values], distance);
        foreach (var levels in Combinations())
        {
            var coarse = Coarsen(groups, levels);
            var bad = coarse.Where(group => !demand.IsMet(group.Value, distance)).ToList();
            var rows = bad.Sum(group => group.Value.Values.Sum());
            if (bad.Count > MaxSuppressedGroups || rows > maxSuppressed * before.Rows || (rows == before.Rows && rows > 0))
            {
                continue;
            }

            var left = coarse.Where(group => demand.IsMet(group.Value, distance)).ToList();
            return Verified([.. left.Select(group => group.Value)]) is { } after
                ? new AnonymityPlan(levels, [], [.. bad.Select(group => group.Key)], rows, before, after, Loss(groups.Keys, left, levels, rows)) : null;
        }

        return null;

        // Rows that are left out change the whole that t is measured against.
        AnonymityMeasure? Verified(List<SortedDictionary<string, long>> left)
        {
            var whole = demand.DistanceTo(left);
            return left.TrueForAll(group => demand.IsMet(group, whole)) ? Demand.Measure(left, whole) : null;
        }
    }

    InformationLoss Loss(IEnumerable<string> keys, List<KeyValuePair<string, SortedDictionary<string, long>>> left, int[] levels, long suppressed)
    {
        var values = keys.Select(key => key.Split(GroupState.Separator)).ToArray();
        Dimension[] dimensions = [.. ladders.Select((ladder, i) => new Dimension(ladder, [.. values.Select(value => value[i])]))];
        return InformationLoss.Of(
            [.. left.Select(group => (group.Value.Values.Sum(), group.Key.Split(GroupState.Separator).Select((value, i) => dimensions[i].WidthAt(value, levels[i])).Average()))], demand.K, suppressed);
    }

    string KeyAt(string key, IReadOnlyList<int> levels) => KeyAt(ladders, key, levels);

    /// <summary>A key with each of its values at its level.</summary>
    public static string KeyAt(IReadOnlyList<Ladder> ladders, string key, IReadOnlyList<int> levels)
    {
        var parts = key.Split(GroupState.Separator);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = ladders[i].At(parts[i], levels[i]);
        }

        return string.Join(GroupState.Separator, parts);
    }

    SortedDictionary<string, SortedDictionary<string, long>> Coarsen(IReadOnlyDictionary<string, SortedDictionary<string, long>> groups, int[] levels)
    {
        var coarse = new SortedDictionary<string, SortedDictionary<string, long>>(StringComparer.Ordinal);
        foreach (var (key, values) in groups)
        {
            var at = KeyAt(key, levels);
            if (!coarse.TryGetValue(at, out var into))
            {
                coarse[at] = into = new SortedDictionary<string, long>(StringComparer.Ordinal);
            }

            foreach (var (value, rows) in values)
            {
                into[value] = into.GetValueOrDefault(value) + rows;
            }
        }

        return coarse;
    }

    // By the sum of the shares climbed, then by the highest share, then by the levels in the order of the columns.
    IEnumerable<int[]> Combinations()
    {
        IEnumerable<int[]> all = [[]];
        foreach (var ladder in ladders)
        {
            all = all.SelectMany(levels => Enumerable.Range(0, ladder.Top + 1).Select(level => (int[])[.. levels, level]));
        }

        return all.Select(levels => (Levels: levels, Loss: Loss(levels))).OrderBy(item => item.Loss.Sum).ThenBy(item => item.Loss.Max)
            .ThenBy(item => string.Join(',', item.Levels.Select(level => level.ToString("D3"))), StringComparer.Ordinal).Select(item => item.Levels);
    }

    (double Sum, double Max) Loss(int[] levels)
    {
        var (sum, max) = (0.0, 0.0);
        for (var i = 0; i < levels.Length; i++)
        {
            var share = (double)levels[i] / ladders[i].Top;
            (sum, max) = (sum + share, Math.Max(max, share));
        }

        return (sum, max);
    }
}
