namespace Sluice.Privacy.Anonymity;

/// <summary>
/// Mondrian (LeFevre, DeWitt, Ramakrishnan 2006): the table is cut in two again and again, along the column whose values lie furthest apart, as long as
/// both sides meet the demand. Parts are taken by size, then by age, so equal tables are cut equally. Rows that are equal in all quasi-identifiers
/// stay together, so that what is told of a row depends on the row alone.
/// </summary>
sealed class Mondrian(IReadOnlyList<Ladder> ladders, Demand demand, bool isRelaxed, int maxParts)
{
    /// <summary>The plan; null when the table as a whole does not meet the demand.</summary>
    public AnonymityPlan? Find(GroupState state)
    {
        string[] keys = [.. state.Groups.Keys];
        SortedDictionary<string, long>[] groups = [.. state.Groups.Values];
        long[] rows = [.. groups.Select(group => group.Values.Sum())];
        var split = keys.Select(key => key.Split(GroupState.Separator)).ToArray();
        Dimension[] dimensions = [.. ladders.Select((ladder, i) => new Dimension(ladder, [.. split.Select(values => values[i])]))];
        var distance = demand.DistanceTo(groups);
        var before = Demand.Measure(groups, distance);
        if (groups.Length == 0)
        {
            return new AnonymityPlan([], [new Cut(-1)], [], 0, before, before, InformationLoss.None);
        }

        List<int> all = [.. Enumerable.Range(0, keys.Length)];
        if (!demand.IsMet(Together(all), distance))
        {
            return null;
        }

        List<Cut> cuts = [new Cut(-1)];
        List<List<int>> parts = [];
        var waiting = new PriorityQueue<(int At, List<int> Groups), (long, int)>();
        waiting.Enqueue((0, all), (-before.Rows, 0));
        while (waiting.TryDequeue(out var part, out _))
        {
            var found = parts.Count + waiting.Count + 1 < maxParts ? Best(part.Groups) : null;
            if (found is not { } best)
            {
                parts.Add(part.Groups);
                cuts[part.At] = new Cut(-1) { Labels = [.. dimensions.Select(dimension => dimension.Label(part.Groups))] };
                continue;
            }

            cuts[part.At] = best.Cut with { Next = [.. Enumerable.Range(cuts.Count, best.Parts.Count)] };
            foreach (var side in best.Parts)
            {
                waiting.Enqueue((cuts.Count, side), (-side.Sum(g => rows[g]), cuts.Count));
                cuts.Add(new Cut(-1));
            }
        }

        return Verified(state, cuts, before) is { } after
            ? new AnonymityPlan([], cuts, [], 0, before, after, InformationLoss.Of([.. parts.Select(part => (part.Sum(g => rows[g]), dimensions.Average(d => d.Width(part))))], demand.K))
            : null;

        // The first column, by width, along which a cut leaves the demand met on every side.
        (Cut Cut, List<List<int>> Parts)? Best(List<int> part)
        {
            foreach (var column in Enumerable.Range(0, dimensions.Length).Select(i => (Index: i, Width: dimensions[i].Width(part))).Where(c => c.Width > 0).OrderByDescending(c => c.Width).ThenBy(c => c.Index))
            {
                if (dimensions[column.Index].Split(column.Index, part, keys, rows, isRelaxed) is { } cut && cut.Parts.TrueForAll(side => demand.IsMet(Together(side), distance)))
                {
                    return cut;
                }
            }

            return null;
        }

        Dictionary<string, long> Together(List<int> part) => Demand.Together(part.Select(g => groups[g]));
    }

    // As a reader of the result would: rows that show the same are one group.
    AnonymityMeasure? Verified(GroupState state, List<Cut> cuts, AnonymityMeasure before)
    {
        var tree = new CutTree(cuts, ladders);
        List<SortedDictionary<string, long>> shown = [.. state.Groups.GroupBy(group => string.Join(GroupState.Separator, tree.LabelsOf(group.Key)!), StringComparer.Ordinal)
            .Select(same => new SortedDictionary<string, long>(Demand.Together(same.Select(group => group.Value)), StringComparer.Ordinal))];
        var distance = demand.DistanceTo(shown);
        var after = Demand.Measure(shown, distance);
        return after.Rows == before.Rows && shown.TrueForAll(group => demand.IsMet(group, distance)) ? after : null;
    }
}
