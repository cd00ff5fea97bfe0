using System.Runtime.InteropServices;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Splits.Units;

/// <summary>
/// The units of a split: rows that must not be separated, because they are equal, share a value of a column that keeps rows together, descend from one row or are
/// near-duplicates, or mean the same; or because a third row links them. Found by union-find over all of that at once, named by the smallest hash of their rows.
/// </summary>
sealed class SplitUnits
{
    readonly List<int> unitOfTie = [];
    readonly List<Unit> units = [];

    /// <param name="rows">All rows, by the keys of <see cref="UnitKeys"/>.</param>
    /// <param name="decisions">Tells how many rows a batch has, and so which family a key is of.</param>
    /// <param name="texts">Texts to compare; null for none.</param>
    /// <param name="near">When texts are near-duplicates; null for none.</param>
    /// <param name="meanings">Rows by what they mean; null for none.</param>
    /// <param name="maxUnits">Most units.</param>
    public SplitUnits(KeyedRows rows, Decisions decisions, ShingleSets? texts, NearDuplicateOptions? near, AlikeNodes? meanings, int maxUnits)
    {
        var similar = new MinUnion();
        Search = near is null ? null : NearDuplicateFinder.Unite(texts!, near, similar);
        var linked = Linked(rows, decisions, similar);
        Meanings = meanings?.Unite(linked);
        Collect(rows, decisions, linked, maxUnits);
    }

    /// <summary>How near-duplicates were found; null when nobody asked.</summary>
    public NearDuplicateSearch? Search { get; }

    /// <summary>How rows of one meaning were found; null when nobody asked.</summary>
    public NearDuplicateSearch? Meanings { get; }

    /// <summary>The units, by no order that matters.</summary>
    public IReadOnlyList<Unit> All => units;

    /// <summary>Different rows.</summary>
    public int Ties => unitOfTie.Count;

    /// <summary>Gives all rows of each unit its set.</summary>
    public void Place(KeyedRows rows, Decisions decisions, ReadOnlySpan<byte> setOfUnit)
    {
        var tie = -1;
        RowKey last = default;
        foreach (var row in rows)
        {
            if (row.Row >= decisions.RowsOf(row.Batch))
            {
                continue;
            }

            tie += tie < 0 || row.Key != last ? 1 : 0;
            last = row.Key;
            decisions.Set(row.Batch, row.Row, Splits.Ties.Decision(setOfUnit[unitOfTie[tie]]));
        }
    }

    static MinUnion Linked(KeyedRows rows, Decisions decisions, MinUnion similar)
    {
        var linked = new MinUnion();
        var nodeOfText = new Dictionary<ulong, ulong>();
        RowKey first = default;
        foreach (var row in rows)
        {
            if (row.Row < decisions.RowsOf(row.Batch))
            {
                continue;
            }

            if (row.Key.High != first.High)
            {
                first = row.Key;
                if (similar.Contains(first.High))
                {
                    nodeOfText[first.High] = first.Low;
                }
            }
            else
            {
                linked.Unite(first.Low, row.Key.Low);
            }
        }

        foreach (var (text, node) in nodeOfText)
        {
            linked.Unite(node, nodeOfText[similar.Find(text)]);
        }

        return linked;
    }

    void Collect(KeyedRows rows, Decisions decisions, MinUnion linked, int maxUnits)
    {
        var known = new Dictionary<ulong, int>();
        RowKey last = default;
        foreach (var row in rows)
        {
            if (row.Row >= decisions.RowsOf(row.Batch))
            {
                continue;
            }

            if (unitOfTie.Count == 0 || row.Key != last)
            {
                last = row.Key;
                unitOfTie.Add(NumberOf(row.Key.High, linked, known));
                if (units.Count > maxUnits)
                {
                    throw new DataException(
                        $"split found more than {maxUnits:N0} units of rows that stay together; the limit is max_groups = {maxUnits}. Raise max_groups.");
                }
            }

            units[unitOfTie[^1]].Add(row.Key.High, row.Key.Low);
        }
    }

    int NumberOf(ulong node, MinUnion linked, Dictionary<ulong, int> known)
    {
        if (linked.Contains(node))
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(known, linked.Find(node), out var seen);
            if (seen)
            {
                return number;
            }

            number = units.Count;
        }

        units.Add(new Unit(linked.Find(node)));
        return units.Count - 1;
    }
}

/// <summary>Rows that stay together.</summary>
/// <param name="id">Smallest hash of its rows.</param>
sealed class Unit(ulong id)
{
    readonly List<(ulong Stratum, long Rows)> strata = new(1);
    readonly List<ulong> nodes = new(1);

    public ulong Id { get; } = id;

    public long Rows { get; private set; }

    /// <summary>Rows by stratum.</summary>
    public IReadOnlyList<(ulong Stratum, long Rows)> Strata => strata;

    /// <summary>Hashes of its different rows.</summary>
    public IReadOnlyList<ulong> Nodes => nodes;

    public void Add(ulong node, ulong stratum)
    {
        Rows++;
        if (nodes.Count == 0 || nodes[^1] != node)
        {
            nodes.Add(node);
        }

        var at = strata.FindIndex(s => s.Stratum == stratum);
        if (at < 0)
        {
            strata.Add((stratum, 1));
        }
        else
        {
            strata[at] = (stratum, strata[at].Rows + 1);
        }
    }
}
