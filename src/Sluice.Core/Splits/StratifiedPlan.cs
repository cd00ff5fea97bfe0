using System.Diagnostics;

namespace Sluice.Splits;

/// <summary>
/// How many rows of each stratum go to each set. The exact number is rows of the stratum · rows of the set / all rows; each is rounded up or down so
/// that the rows of every stratum and of every set are exact. Such a rounding always exists: exact numbers with whole row and column sums are a flow
/// through a network with whole capacities, and then there is a whole flow (Cox, "A constructive procedure for unbiased controlled rounding", 1987;
/// Ford and Fulkerson, 1956).
/// <list type="number">
/// <item>Stratum by stratum, in key order, round down and give what is left to the sets to which rounding has so far denied the most.</item>
/// <item>Where a set then has a row too many, move single rows along a path of strata to a set with one too few.</item>
/// </list>
/// </summary>
sealed class StratifiedPlan
{
    const byte Whole = 0, Down = 1, Up = 2;
    readonly long[][] counts;
    readonly byte[][] rounded;
    readonly long[] surplus;

    public StratifiedPlan(IReadOnlyList<long> strata, long[] wanted)
    {
        counts = new long[strata.Count][];
        rounded = new byte[strata.Count][];
        surplus = [.. wanted.Select(rows => -rows)];
        Round(strata, wanted);
        while (Array.FindIndex(surplus, rows => rows > 0) is var over && over >= 0)
        {
            MoveOne(over);
        }
    }

    /// <summary>Rows of a stratum for each set.</summary>
    public IReadOnlyList<long> Of(int stratum) => counts[stratum];

    void Round(IReadOnlyList<long> strata, long[] wanted)
    {
        var all = wanted.Sum();
        var denied = new Int128[wanted.Length];
        var order = new int[wanted.Length];
        for (var stratum = 0; stratum < strata.Count; stratum++)
        {
            counts[stratum] = new long[wanted.Length];
            rounded[stratum] = new byte[wanted.Length];
            var left = strata[stratum];
            for (var set = 0; set < wanted.Length; set++)
            {
                var (whole, fraction) = Int128.DivRem((Int128)strata[stratum] * wanted[set], all);
                counts[stratum][set] = (long)whole;
                rounded[stratum][set] = fraction == 0 ? Whole : Down;
                denied[set] += fraction;
                left -= (long)whole;
                order[set] = set;
            }

            if (left > 0)
            {
                Array.Sort(order, (x, y) => denied[x] != denied[y] ? denied[y].CompareTo(denied[x]) : x.CompareTo(y));
            }

            foreach (var set in order)
            {
                if (left > 0 && rounded[stratum][set] == Down)
                {
                    (rounded[stratum][set], left) = (Up, left - 1);
                    counts[stratum][set]++;
                    denied[set] -= all;
                }

                surplus[set] += counts[stratum][set];
            }
        }
    }

    /// <summary>Breadth-first search for the shortest path from a set with a row too many to one with a row too few.</summary>
    void MoveOne(int from)
    {
        var cameFrom = new (int Set, int Stratum)[surplus.Length];
        Array.Fill(cameFrom, (-1, -1));
        cameFrom[from] = (from, -1);
        var queue = new Queue<int>([from]);
        while (queue.TryDequeue(out var set))
        {
            if (surplus[set] < 0)
            {
                Move(set, cameFrom);
                surplus[from]--;
                surplus[set]++;
                return;
            }

            for (var stratum = 0; stratum < rounded.Length; stratum++)
            {
                for (var next = 0; rounded[stratum][set] == Up && next < cameFrom.Length; next++)
                {
                    if (cameFrom[next].Set < 0 && rounded[stratum][next] == Down)
                    {
                        cameFrom[next] = (set, stratum);
                        queue.Enqueue(next);
                    }
                }
            }
        }

        throw new UnreachableException("No controlled rounding was found although one always exists.");
    }

    void Move(int set, (int Set, int Stratum)[] cameFrom)
    {
        for (; cameFrom[set] is var (before, stratum) && stratum >= 0; set = before)
        {
            (rounded[stratum][before], rounded[stratum][set]) = (Down, Up);
            counts[stratum][before]--;
            counts[stratum][set]++;
        }
    }
}
