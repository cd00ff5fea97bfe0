namespace Sluice.Splits.Units;

/// <summary>
/// Whole units to sets: the largest first, each to the set whose numbers of rows and of strata it brings nearest to what they should be (least squares, as
/// scikit-learn's StratifiedGroupKFold does for folds). Units of one row come last and go where the plan still has room, so they make the numbers exact.
/// </summary>
sealed class UnitPlan
{
    readonly StratifiedPlan plan;
    readonly long[][] given;
    readonly long[] wanted;
    readonly long[] total;
    readonly Dictionary<ulong, int> numbers = [];
    readonly long[] rowsOfStratum;
    readonly byte[] setOfUnit;
    readonly double all;

    public UnitPlan(IReadOnlyList<Unit> units, long[] wanted)
    {
        (this.wanted, total, setOfUnit) = (wanted, new long[wanted.Length], new byte[units.Count]);
        var counts = units.SelectMany(u => u.Strata).GroupBy(s => s.Stratum, s => s.Rows).OrderBy(s => s.Key).Select(s => (s.Key, Rows: s.Sum())).ToArray();
        for (var i = 0; i < counts.Length; i++)
        {
            numbers.Add(counts[i].Key, i);
        }

        rowsOfStratum = [.. counts.Select(c => c.Rows)];
        all = rowsOfStratum.Sum();
        plan = new StratifiedPlan(rowsOfStratum, wanted);
        given = [.. counts.Select(_ => new long[wanted.Length])];
        var order = Enumerable.Range(0, units.Count).ToArray();
        Array.Sort(order, (left, right) =>
            units[left].Rows != units[right].Rows ? units[right].Rows.CompareTo(units[left].Rows) : units[left].Id.CompareTo(units[right].Id));
        var empty = wanted.Length;
        for (var i = 0; i < order.Length; i++)
        {
            var unit = units[order[i]];
            var set = Best(unit, onlyEmpty: empty > 0 && order.Length - i <= empty);
            setOfUnit[order[i]] = (byte)set;
            empty -= total[set] == 0 ? 1 : 0;
            total[set] += unit.Rows;
            foreach (var (stratum, rows) in unit.Strata)
            {
                given[numbers[stratum]][set] += rows;
            }
        }
    }

    public ReadOnlySpan<byte> SetOfUnit => setOfUnit;

    public IReadOnlyList<long> Total => total;

    /// <summary>What each stratum got.</summary>
    public DecidedStrata Strata => new([.. numbers.OrderBy(n => n.Value).Select(n => n.Key)], [.. rowsOfStratum], [.. given]);

    int Best(Unit unit, bool onlyEmpty)
    {
        var (best, bestRoom, bestCost) = (-1, -1, 0.0);
        for (var set = 0; set < wanted.Length; set++)
        {
            if (onlyEmpty && total[set] > 0)
            {
                continue;
            }

            var (room, cost) = (Room(unit, set), Cost(unit, set));
            if (best < 0 || room > bestRoom || (room == bestRoom && cost < bestCost))
            {
                (best, bestRoom, bestCost) = (set, room, cost);
            }
        }

        return best;
    }

    /// <summary>2: the set has room for every stratum of the unit; 1: for its rows; 0: for neither.</summary>
    int Room(Unit unit, int set) =>
        total[set] + unit.Rows > wanted[set] ? 0
        : unit.Strata.All(s => given[numbers[s.Stratum]][set] + s.Rows <= plan.Of(numbers[s.Stratum])[set]) ? 2 : 1;

    /// <summary>What the squared deviations grow by, each in shares of what is wanted.</summary>
    double Cost(Unit unit, int set)
    {
        var cost = Growth(total[set], unit.Rows, wanted[set]);
        foreach (var (stratum, rows) in unit.Strata)
        {
            var number = numbers[stratum];
            cost += Growth(given[number][set], rows, Math.Max(0.5, rowsOfStratum[number] * wanted[set] / all));
        }

        return cost;
    }

    static double Growth(long given, long rows, double wanted) => ((rows * (double)rows) + (2 * rows * (given - wanted))) / wanted;
}
