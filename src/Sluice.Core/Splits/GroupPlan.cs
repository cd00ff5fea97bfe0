using System.Runtime.InteropServices;

namespace Sluice.Splits;

/// <summary>
/// Whole groups to sets: the largest first, each to the set that lacks the most rows (of equal ones the first); groups of equal size in the order
/// of their seeded hash. Small groups come last and fill the gaps. When only as many groups are left as sets are empty, those sets get them.
/// </summary>
sealed class GroupPlan
{
    readonly byte[] setOfGroup;

    /// <param name="groups">Key and rows of each group, in key order.</param>
    /// <param name="wanted">Rows for each set.</param>
    public GroupPlan(List<(RowKey Key, long Rows)> groups, long[] wanted)
    {
        setOfGroup = new byte[groups.Count];
        Groups = new long[wanted.Length];
        var order = new int[groups.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        // Groups are in key order, so the position breaks ties as the hash does.
        order.AsSpan().Sort(new LargestFirst(groups));
        var lacking = (long[])wanted.Clone();
        var empty = wanted.Length;
        for (var i = 0; i < order.Length; i++)
        {
            var set = Neediest(lacking, onlyEmpty: empty > 0 && order.Length - i <= empty);
            setOfGroup[order[i]] = (byte)set;
            lacking[set] -= groups[order[i]].Rows;
            empty -= Groups[set]++ == 0 ? 1 : 0;
        }
    }

    /// <summary>Groups in each set.</summary>
    public long[] Groups { get; }

    /// <summary>Set of the group at this position of the key order.</summary>
    public int SetOf(int group) => setOfGroup[group];

    int Neediest(long[] lacking, bool onlyEmpty)
    {
        var best = -1;
        for (var set = 0; set < lacking.Length; set++)
        {
            if ((!onlyEmpty || Groups[set] == 0) && (best < 0 || lacking[set] > lacking[best]))
            {
                best = set;
            }
        }

        return best;
    }

    sealed class LargestFirst(List<(RowKey Key, long Rows)> groups) : IComparer<int>
    {
        public int Compare(int left, int right)
        {
            var all = CollectionsMarshal.AsSpan(groups);
            return all[left].Rows != all[right].Rows ? all[right].Rows.CompareTo(all[left].Rows) : left.CompareTo(right);
        }
    }
}
