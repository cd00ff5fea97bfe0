namespace Sluice.Splits.Units;

/// <summary>
/// Units with several labels to sets: iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011), which places the rows of the rarest label first,
/// each in the set that lacks most of it. Then rows are moved and exchanged while that brings sizes, and after them labels, nearer to what they should be.
/// </summary>
sealed class LabelPlan
{
    const int MaxRounds = 20;

    /// <summary>Of more combinations of label sets and sets, exchanges would take too long.</summary>
    const double MaxLooks = 5e7;

    /// <summary>A move that costs this much is not worth looking for the one back.</summary>
    const double Hopeless = 1;
    readonly (Unit Unit, (int Label, long Rows)[] Labels)[] units;
    readonly byte[] setOfUnit;
    readonly long[] wanted, total, rowsOfLabel;
    readonly double[,] lacking;
    readonly long all;

    public LabelPlan(IReadOnlyList<Unit> found, LabelSets sets, long[] wanted)
    {
        this.wanted = wanted;
        (total, all) = (new long[wanted.Length], wanted.Sum());
        Labels = [.. found.SelectMany(u => u.Strata).Select(s => s.Stratum).Distinct().SelectMany(s => sets[s]).Distinct().Order(StringComparer.Ordinal)];
        var numbers = Labels.Index().ToDictionary(l => l.Item, l => l.Index, StringComparer.Ordinal);
        var labelsOf = found.SelectMany(u => u.Strata).Select(s => s.Stratum).Distinct().ToDictionary(s => s, s => Array.ConvertAll(sets[s], l => numbers[l]));
        units = [.. found.Select(u => (u, LabelsOf(u, labelsOf)))];
        setOfUnit = new byte[units.Length];
        rowsOfLabel = new long[Labels.Count];
        foreach (var (label, rows) in units.SelectMany(u => u.Labels))
        {
            rowsOfLabel[label] += rows;
        }

        lacking = new double[Labels.Count, wanted.Length];
        for (var label = 0; label < Labels.Count; label++)
        {
            for (var set = 0; set < wanted.Length; set++)
            {
                lacking[label, set] = (double)rowsOfLabel[label] * wanted[set] / all;
            }
        }

        Stratify();
        Refine();
    }

    public IReadOnlyList<string> Labels { get; }

    public ReadOnlySpan<byte> SetOfUnit => setOfUnit;

    public IReadOnlyList<long> Total => total;

    /// <summary>Rows with each label, in all and in each set.</summary>
    public IReadOnlyList<SplitStratum> Strata =>
    [
        .. Labels.Select((name, label) => new SplitStratum(
            name, rowsOfLabel[label],
            [.. wanted.Select((rows, set) => (long)Math.Round(((double)rowsOfLabel[label] * rows / all) - lacking[label, set]))])),
    ];

    static (int Label, long Rows)[] LabelsOf(Unit unit, Dictionary<ulong, int[]> labelsOf) =>
        [.. unit.Strata.SelectMany(s => labelsOf[s.Stratum].Select(label => (label, s.Rows))).GroupBy(l => l.label, l => l.Rows).Select(g => (g.Key, g.Sum()))];

    void Stratify()
    {
        var waiting = new HashSet<int>[Labels.Count];
        var left = (long[])rowsOfLabel.Clone();
        for (var label = 0; label < waiting.Length; label++)
        {
            waiting[label] = [];
        }

        for (var i = 0; i < units.Length; i++)
        {
            foreach (var (label, _) in units[i].Labels)
            {
                waiting[label].Add(i);
            }
        }

        while (Rarest(left) is var rarest && rarest >= 0)
        {
            foreach (var i in Ordered(waiting[rarest]))
            {
                Put(i, Neediest(units[i].Unit.Rows, rarest));
                foreach (var (label, rows) in units[i].Labels)
                {
                    waiting[label].Remove(i);
                    left[label] -= rows;
                }
            }
        }

        foreach (var i in Ordered(Enumerable.Range(0, units.Length).Where(i => units[i].Labels.Length == 0)))
        {
            Put(i, Neediest(units[i].Unit.Rows, label: -1));
        }
    }

    static int Rarest(long[] left)
    {
        var best = -1;
        for (var label = 0; label < left.Length; label++)
        {
            best = left[label] > 0 && (best < 0 || left[label] < left[best]) ? label : best;
        }

        return best;
    }

    /// <summary>Largest first; those of one size by hash, which is at random.</summary>
    int[] Ordered(IEnumerable<int> some) => [.. some.OrderByDescending(i => units[i].Unit.Rows).ThenBy(i => units[i].Unit.Id)];

    int Neediest(long rows, int label)
    {
        var best = -1;
        for (var set = 0; set < wanted.Length; set++)
        {
            if (best < 0 || Compare(set, best) > 0)
            {
                best = set;
            }
        }

        return best;

        int Compare(int set, int other)
        {
            var (room, otherRoom) = (total[set] + rows <= wanted[set], total[other] + rows <= wanted[other]);
            return label >= 0 && lacking[label, set] != lacking[label, other] ? lacking[label, set].CompareTo(lacking[label, other])
                : room != otherRoom ? room.CompareTo(otherRoom)
                : (wanted[set] - total[set]).CompareTo(wanted[other] - total[other]);
        }
    }

    void Put(int i, int set, int sign = 1)
    {
        setOfUnit[i] = sign > 0 ? (byte)set : setOfUnit[i];
        total[set] += sign * units[i].Unit.Rows;
        foreach (var (label, rows) in units[i].Labels)
        {
            lacking[label, set] -= sign * rows;
        }
    }

    void Move(int i, int to)
    {
        Put(i, setOfUnit[i], sign: -1);
        Put(i, to);
    }

    /// <summary>Rows of one unit each that have the same labels are alike, so one of each kind in each set stands for all of them.</summary>
    void Refine()
    {
        var kinds = Enumerable.Range(0, units.Length).Where(i => units[i].Unit.Rows == 1).GroupBy(i => units[i].Unit.Strata[0].Stratum)
            .OrderBy(g => g.Key).Select(g => g.OrderBy(i => units[i].Unit.Id).ToArray()).ToArray();
        var members = kinds.Select(kind => Enumerable.Range(0, wanted.Length).Select(set => new Stack<int>(kind.Where(i => setOfUnit[i] == set))).ToArray()).ToArray();
        FixSizes(members);
        var worthwhile = (double)members.Length * members.Length * wanted.Length * wanted.Length <= MaxLooks;
        for (var round = 0; worthwhile && round < MaxRounds && Exchange(members); round++)
        {
        }
    }

    void FixSizes(Stack<int>[][] members)
    {
        while (From() is var from && from >= 0)
        {
            var to = Enumerable.Range(0, wanted.Length).MaxBy(set => wanted[set] - total[set]);
            var kind = Enumerable.Range(0, members.Length).Where(k => members[k][from].Count > 0).DefaultIfEmpty(-1)
                .MinBy(k => k < 0 ? 0 : Change(members[k][from].Peek(), from, -1) + Change(members[k][from].Peek(), to, 1));
            if (kind < 0)
            {
                return;
            }

            Shift(members[kind], from, to);
        }

        int From() => Enumerable.Range(0, wanted.Length).Where(set => total[set] > wanted[set]).DefaultIfEmpty(-1).MaxBy(set => set < 0 ? 0 : total[set] - wanted[set]);
    }

    bool Exchange(Stack<int>[][] members)
    {
        var better = false;
        for (var kind = 0; kind < members.Length; kind++)
        {
            for (var from = 0; from < wanted.Length; from++)
            {
                for (var to = 0; to < wanted.Length; to++)
                {
                    better |= from != to && members[kind][from].Count > 0 && ExchangeBest(members, kind, from, to);
                }
            }
        }

        return better;
    }

    /// <summary>Moves a row, and the one back that makes the most of it; undone unless labels are nearer than before.</summary>
    bool ExchangeBest(Stack<int>[][] members, int kind, int from, int to)
    {
        var first = members[kind][from].Peek();
        var gain = Change(first, from, -1) + Change(first, to, 1);
        if (gain >= Hopeless)
        {
            return false;
        }

        Shift(members[kind], from, to);
        var (best, least) = (-1, 0.0);
        for (var other = 0; other < members.Length; other++)
        {
            if (other != kind && members[other][to].Count > 0)
            {
                var back = members[other][to].Peek();
                var cost = Change(back, to, -1) + Change(back, from, 1);
                (best, least) = best < 0 || cost < least ? (other, cost) : (best, least);
            }
        }

        if (best >= 0 && gain + least < -1e-9)
        {
            Shift(members[best], to, from);
            return true;
        }

        Shift(members[kind], to, from);
        return false;
    }

    void Shift(Stack<int>[] kind, int from, int to)
    {
        var i = kind[from].Pop();
        Move(i, to);
        kind[to].Push(i);
    }

    /// <summary>What the squared deviations of the labels, each in shares of what is wanted, grow by when a row comes (1) or goes (-1).</summary>
    double Change(int i, int set, int sign)
    {
        var change = 0.0;
        foreach (var (label, rows) in units[i].Labels)
        {
            var (before, after) = (lacking[label, set], lacking[label, set] - (sign * rows));
            change += ((after * after) - (before * before)) / Math.Max(0.5, (double)rowsOfLabel[label] * wanted[set] / all);
        }

        return change;
    }
}
