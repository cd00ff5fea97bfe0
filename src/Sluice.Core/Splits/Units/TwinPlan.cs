namespace Sluice.Splits.Units;

/// <summary>Units to sets by twinning: the smallest set is split off all rows, the next from what is left. The largest gets the rest.</summary>
static class TwinPlan
{
    public static byte[] Of(IReadOnlyList<Unit> units, NodeVectors vectors, long[] wanted)
    {
        var order = Enumerable.Range(0, units.Count).OrderBy(i => units[i].Id).ToArray();
        var rows = vectors.Means(units, order);
        var bySize = Enumerable.Range(0, wanted.Length).OrderBy(set => wanted[set]).ThenByDescending(set => set).ToArray();
        var setOf = new byte[units.Count];
        Array.Fill(setOf, (byte)bySize[^1]);
        var left = Enumerable.Range(0, order.Length).ToArray();
        foreach (var set in bySize[..^1])
        {
            var taken = Fitting(units, order, rows, vectors.Width, left, wanted[set]);
            foreach (var i in taken)
            {
                setOf[order[i]] = (byte)set;
            }

            left = [.. left.Except(taken)];
        }

        return setOf;
    }

    /// <summary>How alike the sets are.</summary>
    public static IReadOnlyList<SetLikeness> Likeness(IReadOnlyList<Unit> units, NodeVectors vectors, byte[] setOfUnit, IReadOnlyList<string> names)
    {
        var order = Enumerable.Range(0, units.Count).OrderBy(i => units[i].Id).ToArray();
        var rows = vectors.Means(units, order);
        var perSet = names.Select(_ => new List<float>()).ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            perSet[setOfUnit[order[i]]].AddRange(rows.AsSpan(i * vectors.Width, vectors.Width));
        }

        return SetLikeness.Of(names, [.. perSet.Select(set => set.ToArray())], vectors.Width);
    }

    /// <summary>
    /// Twins as many units as the set would have if all were of the average size; then, where units of several rows make that too many or too few, gives back
    /// the last ones or takes more, the smallest first.
    /// </summary>
    static List<int> Fitting(IReadOnlyList<Unit> units, int[] order, float[] rows, int width, int[] left, long wanted)
    {
        if (left.Length < 2)
        {
            return [];
        }

        var all = left.Sum(i => units[order[i]].Rows);
        var take = (int)Math.Clamp(Math.Round((double)wanted * left.Length / all), 1, left.Length - 1);
        var taken = Twinning.Smaller(rows, width, (int[])left.Clone(), take);
        var got = taken.Sum(i => units[order[i]].Rows);
        for (var i = taken.Count - 1; i >= 0 && got > wanted && taken.Count > 1; i--)
        {
            var size = units[order[taken[i]]].Rows;
            if (got - size >= wanted)
            {
                got -= size;
                taken.RemoveAt(i);
            }
        }

        foreach (var i in left.Except(taken).OrderBy(i => units[order[i]].Rows).ThenBy(i => i).ToArray())
        {
            var size = units[order[i]].Rows;
            if (got + size > wanted || taken.Count + 1 >= left.Length)
            {
                break;
            }

            got += size;
            taken.Add(i);
        }

        return taken;
    }
}
