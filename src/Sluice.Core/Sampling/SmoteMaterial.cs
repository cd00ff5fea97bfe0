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

    /// <summary>The rows of a class, each with its share of those that are wanted: every row makes as many, those of the least lots one more where that does not come out even.</summary>
    public static IEnumerable<MadeOf> OfClass(ulong value, ClassRows all, long wanted, Balance.Options options)
    {
        var (lots, rows) = (all.Rows.Select(r => r.Lot).ToArray(), all.Rows.Select(r => r.Row).ToArray());
        if (rows.Length < 2)
        {
            throw new DataException(
                $"balance found {rows.Length} different rows of class {(all.Name is null ? "(missing)" : $"'{all.Name}'")} of '{options.Column}'; smote makes rows between two, so it needs at least 2. "
                + "Choose method oversample, or leave that class out with filter.");
        }

        var neighbours = Smote.Neighbours(rows, options.KNeighbors, options.Standardize);
        var (times, place) = (rows.Sum(r => r.Count), 0L);
        for (var i = 0; i < rows.Length; i++)
        {
            var made = checked((int)((rows[i].Count * (wanted / times)) + Math.Clamp((wanted % times) - place, 0, rows[i].Count)));
            place += rows[i].Count;
            string[] categories = [.. Enumerable.Range(0, rows[i].Categories.Length).Select(column => Smote.Majority(rows, neighbours[i], column))];
            yield return new MadeOf(value, lots[i], made, rows[i].Numbers, [.. neighbours[i].Select(n => lots[n])], categories) { Material = Hash(rows, neighbours[i], categories) };
        }
    }

    static ulong Hash(SmoteRow[] rows, int[] neighbours, string[] categories) => categories.Aggregate(
        neighbours.Aggregate(0UL, (hash, n) => RowHash.Bytes(MemoryMarshal.AsBytes<double>(rows[n].Numbers), hash)),
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
sealed class SmoteMaterial(MadeRows made, int numbers, int categories, int most)
{
    readonly ulong[] lots = MemoryMarshal.Cast<byte, ulong>(made.Lots).ToArray();
    readonly double[] values = MemoryMarshal.Cast<byte, double>(made.Numbers).ToArray();
    readonly int[] neighbours = MemoryMarshal.Cast<byte, int>(made.Neighbours).ToArray();
    readonly int[] chosen = MemoryMarshal.Cast<byte, int>(made.Categories).ToArray();

    /// <summary>A point on the line from a row to one of its neighbours, both drawn.</summary>
    public MadePoint Point(ulong lot, SeededRandom random)
    {
        var row = Array.BinarySearch(lots, lot);
        var near = neighbours.AsSpan(row * most, most);
        var known = near.IndexOf(-1) is var end && end < 0 ? most : end;
        return new MadePoint(this, row, near[(int)(random.Next() * known)], random.Next());
    }

    public double Number(int row, int place) => values[(row * numbers) + place];

    public string Category(int row, int place) => made.Names[chosen[(row * categories) + place]];
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
