using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sluice.Outliers;

namespace Sluice.Sampling;

/// <summary>A row of a class that others may be made of.</summary>
/// <param name="Class">Hash of its class.</param>
/// <param name="Lot">Its lot.</param>
/// <param name="Made">Rows that are made of it.</param>
/// <param name="Numbers">Its numbers.</param>
/// <param name="Neighbours">Lots of its neighbours, nearest first.</param>
/// <param name="Categories">Categories of what is made of it.</param>
sealed record MadeOf(ulong Class, ulong Lot, int Made, double[] Numbers, ulong[] Neighbours, string[] Categories)
{
    /// <summary>Bytes of a decision: how many rows, and a hash of what they are made of, so that a batch is applied anew only when that changes.</summary>
    public const int Bytes = sizeof(int) + sizeof(ulong);

    ulong Material { get; init; }

    public static int Count(ReadOnlySpan<byte> decision) => BinaryPrimitives.ReadInt32LittleEndian(decision);

    public void Write(Span<byte> decision)
    {
        BinaryPrimitives.WriteInt32LittleEndian(decision, Made);
        BinaryPrimitives.WriteUInt64LittleEndian(decision[sizeof(int)..], Material);
    }

    /// <summary>The rows of a class, each with its share of those that are wanted, and rows of other classes that some are made towards.</summary>
    public static IEnumerable<MadeOf> OfClass(ulong value, SmoteState state, long wanted, Balance.Options options)
    {
        var all = state.Of(value);
        var (lots, rows) = (all.Rows.Select(r => r.Lot).ToArray(), all.Rows.Select(r => r.Row).ToArray());
        var name = all.Name is null ? "(missing)" : $"'{all.Name}'";
        if (rows.Length < 2)
        {
            throw new DataException(
                $"balance found {rows.Length} different rows of class {name} of '{options.Column}'; smote makes rows between two, so it needs at least 2. "
                + "Choose method oversample, or leave that class out with filter.");
        }

        var others = options.SmoteVariant == SmoteVariant.Regular ? [] : state.OfOthers(value).ToArray();
        var shares = SmoteShares.Of(rows, [.. others.Select(o => o.Row)], wanted, options) ?? throw new DataException(
            $"balance found no row of class {name} of '{options.Column}' that lies at other classes, so smote_variant {options.SmoteVariant.ToString().ToLowerInvariant()} makes nothing of it. "
            + "Choose smote_variant regular, or compare more neighbours.");
        var neighbours = Smote.Neighbours(rows, options.KNeighbors, options.Standardize);
        for (var i = 0; i < rows.Length; i++)
        {
            string[] categories = [.. Enumerable.Range(0, rows[i].Categories.Length).Select(column => Smote.Majority(rows, neighbours[i], column))];
            var near = neighbours[i].Select(n => (Lot: lots[n], Row: rows[n])).Concat(shares.Stranger[i] is >= 0 and var stranger ? [(others[stranger].Lot, others[stranger].Row)] : []).ToArray();
            yield return new MadeOf(value, lots[i], shares.Made[i], rows[i].Numbers, [.. near.Select(n => n.Lot)], categories) { Material = Hash([.. near.Select(n => n.Row)], categories) };
        }

        // Nothing is made of strangers here; they are in the material because rows are made towards them.
        foreach (var (owner, lot, row) in shares.Stranger.Where(s => s >= 0).Distinct().Select(s => others[s]))
        {
            yield return new MadeOf(owner, lot, 0, row.Numbers, [], row.Categories);
        }
    }

    static ulong Hash(SmoteRow[] neighbours, string[] categories) => categories.Aggregate(
        neighbours.Aggregate(0UL, (hash, n) => RowHash.Bytes(MemoryMarshal.AsBytes<double>(n.Numbers), hash)),
        (hash, category) => RowHash.Bytes(MemoryMarshal.AsBytes<char>(category.ToCharArray()), hash));

    /// <param name="parents">Sorted by lot.</param>
    /// <param name="made">Rows made of all of them.</param>
    /// <param name="most">Neighbours that a row may have.</param>
    public static MadeRows Pack(IReadOnlyList<MadeOf> parents, long made, int most)
    {
        ulong[] lots = [.. parents.Select(p => p.Lot)];
        string[] names = [.. parents.SelectMany(p => p.Categories).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int[] neighbours = [.. parents.SelectMany(p => Enumerable.Range(0, most).Select(i => i < p.Neighbours.Length ? Array.BinarySearch(lots, p.Neighbours[i]) : -1))];
        int[] categories = [.. parents.SelectMany(p => p.Categories).Select(c => Array.BinarySearch(names, c, StringComparer.Ordinal))];
        return new MadeRows(made, Packed<ulong>(lots), Packed<double>([.. parents.SelectMany(p => p.Numbers)]), Packed<int>(neighbours), names, Packed<int>(categories));
    }

    static byte[] Packed<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}

/// <summary>What rows are made of, as Apply sees it.</summary>
/// <param name="made">The rows.</param>
/// <param name="numbers">Number columns.</param>
/// <param name="categories">Columns of categories.</param>
/// <param name="most">Neighbours that a row may have.</param>
/// <param name="hasStrangers">Whether the last neighbour of a row is of another class: the way there is gone half at most.</param>
sealed class SmoteMaterial(MadeRows made, int numbers, int categories, int most, bool hasStrangers)
{
    readonly ulong[] lots = MemoryMarshal.Cast<byte, ulong>(made.Lots).ToArray();
    readonly double[] values = MemoryMarshal.Cast<byte, double>(made.Numbers).ToArray();
    readonly int[] neighbours = MemoryMarshal.Cast<byte, int>(made.Neighbours).ToArray();
    readonly int[] codes = MemoryMarshal.Cast<byte, int>(made.Categories).ToArray();

    /// <summary>A point on the line from a row to one of its neighbours, both drawn.</summary>
    public MadePoint Point(ulong lot, SeededRandom random)
    {
        var row = Array.BinarySearch(lots, lot);
        var near = neighbours.AsSpan(row * most, most);
        var known = near.IndexOf(-1) is var end && end < 0 ? most : end;
        var chosen = (int)(random.Next() * known);
        return new MadePoint(this, row, near[chosen], random.Next() * (hasStrangers && chosen == known - 1 ? 0.5 : 1));
    }

    public double Number(int row, int place) => values[(row * numbers) + place];

    public string Category(int row, int place) => made.Names[codes[(row * categories) + place]];
}

/// <summary>A made row.</summary>
/// <param name="Of">What it is made of.</param>
/// <param name="Row">Number of its parent.</param>
/// <param name="Neighbour">Number of the neighbour.</param>
/// <param name="Gap">How far from the one to the other, 0 to 1.</param>
sealed record MadePoint(SmoteMaterial Of, int Row, int Neighbour, double Gap)
{
    public double Between(int place) => Of.Number(Row, place) is var from ? from + (Gap * (Of.Number(Neighbour, place) - from)) : 0;

    public string Category(int place) => Of.Category(Row, place);
}
