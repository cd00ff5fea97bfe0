using Sluice.Selection;
using Sluice.VectorSpace;

namespace Sluice.Splits.Units;

/// <summary>
/// Units to sets by coverage: one set gets the units that lie farthest from those it has (greedy k-center), until it is full. The others get what is left, the
/// largest units first, single rows by their hash.
/// </summary>
static class CoverPlan
{
    /// <param name="units">Units.</param>
    /// <param name="vectors">Vectors of their rows.</param>
    /// <param name="wanted">Rows of each set.</param>
    /// <param name="covering">The set that covers.</param>
    public static byte[] Of(IReadOnlyList<Unit> units, NodeVectors vectors, long[] wanted, int covering)
    {
        var order = Enumerable.Range(0, units.Count).OrderBy(i => units[i].Id).ToArray();
        var setOf = new byte[units.Count];
        var taken = new bool[units.Count];
        var (room, spare) = (wanted[covering], units.Count - (wanted.Length - 1));
        foreach (var i in Farthest(new VectorRows(vectors.Means(units, order), vectors.Width)))
        {
            if (room == 0 || spare <= 0)
            {
                break;
            }

            if (units[order[i]].Rows is var rows && rows <= room)
            {
                (setOf[order[i]], taken[order[i]]) = ((byte)covering, true);
                (room, spare) = (room - rows, spare - 1);
            }
        }

        int[] left = [.. Enumerable.Range(0, units.Count).Where(i => !taken[i])];
        int[] others = [.. Enumerable.Range(0, wanted.Length).Where(set => set != covering)];
        // What is too large for the covering set goes to the largest of the others.
        var largest = others.MaxBy(set => wanted[set]);
        var placed = new UnitPlan([.. left.Select(i => units[i])], [.. others.Select(set => wanted[set] + (set == largest ? room : 0))]).SetOfUnit;
        for (var i = 0; i < left.Length; i++)
        {
            setOf[left[i]] = (byte)others[placed[i]];
        }

        return setOf;
    }

    /// <summary>The distance within which every row has one of the set.</summary>
    public static double Radius(IReadOnlyList<Unit> units, NodeVectors vectors, byte[] setOfUnit, int set)
    {
        var nodes = new List<ulong>();
        var inSet = new List<int>();
        for (var i = 0; i < units.Count; i++)
        {
            if (setOfUnit[i] == set)
            {
                inSet.AddRange(Enumerable.Range(nodes.Count, units[i].Nodes.Count));
            }

            nodes.AddRange(units[i].Nodes);
        }

        return Math.Round(new KCenter(new VectorRows(vectors.Of(nodes), vectors.Width), inSet).Radius(CancellationToken.None), 6);
    }

    static IEnumerable<int> Farthest(VectorRows rows)
    {
        var centers = new KCenter(rows, []);
        while (centers.Next(out _, CancellationToken.None))
        {
            yield return centers.Chosen[^1];
        }

        // The others are each at the place of one that is chosen, and cover nothing more.
        foreach (var row in Enumerable.Range(0, rows.Rows).Except(centers.Chosen))
        {
            yield return row;
        }
    }
}
