using System.Runtime.InteropServices;

namespace Sluice.Repair;

/// <summary>What the other rows that agree on the left side say about a cell.</summary>
/// <param name="Top">Code of the value with most weight; missing when nobody says anything.</param>
/// <param name="TopShare">Its share of what the others say.</param>
/// <param name="OwnShare">Share of the cell's own value.</param>
/// <param name="BlankShare">Share of the others where the value is missing.</param>
/// <param name="Others">Weight of the others that have a value.</param>
readonly record struct Poll(int Top, double TopShare, double OwnShare, double BlankShare, double Others)
{
    public static Poll None => new(CodedTable.Missing, 0, 0, 0, 0);

    public bool Says => Top != CodedTable.Missing;
}

/// <summary>
/// An approximate functional dependency, found in the data: rows that agree on the left columns mostly agree on the right one. Every row votes
/// with its weight; a row is judged by the votes of the others.
/// </summary>
sealed class Dependency
{
    readonly Dictionary<long, int> pairs = [];
    readonly List<(int Code, double Weight)>[] votes;
    readonly int[] groupOfRow;
    readonly IReadOnlyList<int> voted;
    readonly double[] weights;

    /// <param name="believed">The rows, with the labelled ones as they should be.</param>
    /// <param name="left">One or two columns.</param>
    /// <param name="right">The column that follows from them.</param>
    /// <param name="weights">Weight of each row's vote on the right column.</param>
    public Dependency(CodedTable believed, IReadOnlyList<int> left, int right, double[] weights)
    {
        (Left, Right, this.weights, voted) = (left, right, weights, believed.Codes[right]);
        groupOfRow = new int[believed.Rows];
        for (var row = 0; row < believed.Rows; row++)
        {
            groupOfRow[row] = Group(believed, row, grow: true);
        }

        votes = new List<(int Code, double Weight)>[groupOfRow.Append(-1).Max() + 1];
        for (var row = 0; row < believed.Rows; row++)
        {
            if (groupOfRow[row] >= 0)
            {
                Add(votes[groupOfRow[row]] ??= [], voted[row], weights[row]);
            }
        }

        Strength = Measure();
    }

    public IReadOnlyList<int> Left { get; }

    public int Right { get; }

    /// <summary>How much better the others' majority knows a value than the column's most frequent value does, 0 to 1.</summary>
    public double Strength { get; }

    /// <summary>Share of the rows that others can judge.</summary>
    public double Coverage { get; private set; }

    /// <summary>Group of a row by its left side, or -1: a left value is missing or unknown.</summary>
    public int GroupOf(CodedTable table, int row) => Group(table, row, grow: false);

    /// <summary>What others say of a cell with this value.</summary>
    /// <param name="group">Group of its row.</param>
    /// <param name="own">Code of the cell.</param>
    /// <param name="self">Row whose vote does not count, because it is the cell's own; -1: none.</param>
    public Poll Ask(int group, int own, int self)
    {
        if (group < 0 || group >= votes.Length || votes[group] is not { } said)
        {
            return Poll.None;
        }

        var (selfCode, selfWeight) = self >= 0 && groupOfRow[self] == group ? (voted[self], weights[self]) : (-1, 0);
        double all = 0, blank = 0, ownWeight = 0, topWeight = 0;
        var top = CodedTable.Missing;
        foreach (var (code, counted) in said)
        {
            var weight = code == selfCode ? counted - selfWeight : counted;
            if (weight < 1e-9)
            {
                continue;
            }

            if (code == CodedTable.Missing)
            {
                blank = weight;
                continue;
            }

            all += weight;
            ownWeight = code == own ? weight : ownWeight;

            // Of equal ones the cell's own value, so that a tie is no violation; else the one that was seen first in code order.
            if (weight > topWeight + 1e-9 || (Math.Abs(weight - topWeight) <= 1e-9 && (code == own || (code < top && top != own))))
            {
                (top, topWeight) = (code, weight);
            }
        }

        return all == 0 ? Poll.None with { BlankShare = blank > 0 ? 1 : 0 } : new Poll(top, topWeight / all, ownWeight / all, blank / (all + blank), all);
    }

    int Group(CodedTable table, int row, bool grow)
    {
        var first = table.Codes[Left[0]][row];
        if (first == CodedTable.Missing || Left.Count == 1)
        {
            return first == CodedTable.Missing ? -1 : first;
        }

        var second = table.Codes[Left[1]][row];
        if (second == CodedTable.Missing)
        {
            return -1;
        }

        var key = ((long)first << 32) | (uint)second;
        if (!grow)
        {
            return pairs.GetValueOrDefault(key, -1);
        }

        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key, out var known);
        id = known ? id : pairs.Count - 1;
        return id;
    }

    static void Add(List<(int Code, double Weight)> said, int code, double weight)
    {
        for (var i = 0; i < said.Count; i++)
        {
            if (said[i].Code == code)
            {
                said[i] = (code, said[i].Weight + weight);
                return;
            }
        }

        said.Add((code, weight));
    }

    // Codes follow the order of rows; to be the same for any order, ties would have to be broken by text. The table is sorted before.
    double Measure()
    {
        double judged = 0, right = 0, present = 0;
        var counts = new Dictionary<int, int>();
        for (var row = 0; row < groupOfRow.Length; row++)
        {
            if (voted[row] == CodedTable.Missing)
            {
                continue;
            }

            present++;
            counts[voted[row]] = counts.GetValueOrDefault(voted[row]) + 1;
            var poll = Ask(groupOfRow[row], voted[row], row);
            if (poll.Says)
            {
                judged++;
                right += poll.Top == voted[row] ? 1 : 0;
            }
        }

        Coverage = judged / Math.Max(1, groupOfRow.Length);
        var guess = counts.Count == 0 ? 1 : counts.Values.Max() / present;
        return judged == 0 || guess >= 1 ? 0 : Math.Clamp(((right / judged) - guess) / (1 - guess), 0, 1);
    }
}
