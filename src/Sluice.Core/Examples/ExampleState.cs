using Sluice.Steps;

namespace Sluice.Examples;

/// <summary>
/// Lengths of all examples, in how many of them each word occurs, and how much of them it is. Words are counted by their hash, in so many places that hardly two share one. All are whole numbers, so
/// that sums do not depend on the order.
/// </summary>
sealed class ExampleState : State
{
    const int Places = 1 << 18;

    // A version keeps them; the rest counts as rare.
    const int MostWords = 4_096;
    const double WholeExample = 1UL << 32;
    readonly int[] examplesWith = new int[Places];

    // The part of each example that the word is, in parts of 2^-32.
    readonly ulong[] shares = new ulong[Places];
    readonly HashSet<int> places = [];
    UInt128 squares;
    long sum;

    /// <summary>Examples that could be read.</summary>
    public long Count { get; private set; }

    public static int PlaceOf(ulong word) => (int)(word % Places);

    public void Add(IReadOnlyList<ulong> words)
    {
        Count++;
        sum += words.Count;
        squares += (UInt128)((long)words.Count * words.Count);
        var share = words.Count == 0 ? 0 : (1UL << 32) / (ulong)words.Count;
        places.Clear();
        foreach (var word in words)
        {
            var place = PlaceOf(word);
            shares[place] += share;
            examplesWith[place] += places.Add(place) ? 1 : 0;
        }
    }

    /// <summary>Mean over the examples of how rare their words are: of a word that all have 0, of one that no other has nearly 1. Fewer than two examples have nothing to be compared with: 1.</summary>
    public double TfIdf()
    {
        if (Count < 2)
        {
            return Count;
        }

        var sum = 0.0;
        for (var place = 0; place < Places; place++)
        {
            sum += shares[place] == 0 ? 0 : shares[place] / WholeExample * Math.Log((1.0 + Count) / (1 + examplesWith[place]));
        }

        return Math.Round(Math.Clamp(sum / Math.Log(1.0 + Count) / Count, 0, 1), 6);
    }

    /// <summary>Mean length, its deviation, and the words that most examples have, at least two.</summary>
    public (double Mean, double Deviation, IReadOnlyList<WordFrequency> Words) Summary()
    {
        var mean = Count == 0 ? 0 : (double)sum / Count;
        var spread = ((UInt128)Count * squares) - ((UInt128)sum * (UInt128)sum);
        var deviation = Count < 2 ? 0 : Math.Sqrt((double)spread / ((double)Count * (Count - 1)));
        return (mean, deviation, Frequent());
    }

    IReadOnlyList<WordFrequency> Frequent() =>
    [
        .. examplesWith.Index().Where(p => p.Item > 1).OrderByDescending(p => p.Item).ThenBy(p => p.Index).Take(MostWords).Select(p => new WordFrequency(p.Index, p.Item)).OrderBy(w => w.Place),
    ];

    public override void Merge(State other)
    {
        var others = (ExampleState)other;
        Count += others.Count;
        sum += others.sum;
        squares += others.squares;
        for (var place = 0; place < Places; place++)
        {
            examplesWith[place] += others.examplesWith[place];
            shares[place] += others.shares[place];
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(sum);
        writer.Write((ulong)(squares >> 64));
        writer.Write((ulong)squares);
        writer.Write7BitEncodedInt(examplesWith.Count(c => c > 0));
        for (var (place, last) = (0, 0); place < Places; place++)
        {
            if (examplesWith[place] > 0)
            {
                writer.Write7BitEncodedInt(place - last);
                writer.Write7BitEncodedInt(examplesWith[place]);
                writer.Write(shares[place]);
                last = place;
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        Count = reader.ReadInt64();
        sum = reader.ReadInt64();
        squares = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
        for (var (left, place) = (reader.Read7BitEncodedInt(), 0); left > 0; left--)
        {
            place += reader.Read7BitEncodedInt();
            examplesWith[place] = reader.Read7BitEncodedInt();
            shares[place] = reader.ReadUInt64();
        }
    }
}

/// <summary>In how many examples a word occurs.</summary>
/// <param name="Place">Of its hash.</param>
/// <param name="Examples">How many.</param>
public sealed record WordFrequency(int Place, int Examples);
