using System.Runtime.InteropServices;
using Sluice.Steps;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Splits.Units;

/// <summary>
/// Rows that mean the same, by the cosine of their vectors: what puts them into one unit, and what looks for them across sets after the split. Equal vectors are one.
/// </summary>
sealed class AlikeNodes
{
    const ulong OtherSeed = 0x5DEECE66D;
    readonly VectorRows table;
    readonly double cosine;
    readonly int exactRows;
    readonly List<int> vectors = [];
    readonly List<List<ulong>> nodes = [];

    /// <param name="rows">All rows with their vectors, by the keys of <see cref="UnitKeys"/>.</param>
    /// <param name="decisions">Tells how many rows a batch has, and so which keys are a row's own.</param>
    /// <param name="cosine">Least cosine of rows that mean the same.</param>
    /// <param name="exactRows">Different vectors up to which every pair is compared.</param>
    public AlikeNodes(KeyedRows rows, Decisions decisions, double cosine, int exactRows = AlikePairs.DefaultExactRows)
    {
        (table, this.cosine, this.exactRows) = (rows.Vectors!, cosine, exactRows);
        var known = new Dictionary<ulong, int>();
        var at = 0;
        foreach (var row in rows)
        {
            if (row.Row < decisions.RowsOf(row.Batch))
            {
                Add(known, row.Key.High, at++);
            }
        }
    }

    /// <summary>Unites the rows that mean the same, and all that such rows link.</summary>
    public NearDuplicateSearch Unite(MinUnion linked)
    {
        foreach (var same in nodes)
        {
            same.ForEach(node => linked.Unite(same[0], node));
        }

        var pairs = Pairs(seed: 1);
        long joined = 0;
        var component = nodes.Select(same => linked.Find(same[0])).ToArray();
        pairs.Find(
            (left, right) => component[left] != component[right],
            (left, right) =>
            {
                if (linked.Unite(nodes[left][0], nodes[right][0]))
                {
                    joined++;
                    (component[left], component[right]) = (linked.Find(nodes[left][0]), linked.Find(nodes[right][0]));
                }
            },
            CancellationToken.None);
        return new NearDuplicateSearch(pairs.IsExact ? "exact" : "hyperplanes", pairs.Recall, nodes.Count, joined);
    }

    /// <summary>Rows of one meaning in different sets, by other hyperplanes than those that found the units.</summary>
    /// <param name="setOfNode">Set of a row, by its hash.</param>
    public LeakedPairs Leaked(Func<ulong, int> setOfNode) => LeakedPairs.Count(Pairs(OtherSeed), cosine, [.. nodes.Select(same => setOfNode(same[0]))]);

    AlikePairs Pairs(ulong seed) => new(table.Pick(vectors), cosine, seed, exactRows);

    void Add(Dictionary<ulong, int> known, ulong node, int at)
    {
        if (nodes.Count > 0 && nodes[^1][^1] == node)
        {
            return;
        }

        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(known, RowHash.Bytes(MemoryMarshal.AsBytes(table[at])), out var isKnown);
        if (!isKnown || !table[vectors[number]].SequenceEqual(table[at]))
        {
            number = nodes.Count;
            vectors.Add(at);
            nodes.Add([node]);
        }
        else if (table[at].ContainsAnyExcept(0f))
        {
            nodes[number].Add(node);
        }
    }
}
