namespace Sluice.VectorSpace;

/// <summary>
/// Pairs of rows whose vectors have at least a cosine. Every pair is compared up to a number of rows; above, pairs that lie on the same side of all hyperplanes of a band
/// (Charikar 2002), each compared as exactly. A row whose vector is 0 is in no pair.
/// </summary>
/// <remarks>
/// A hyperplane parts two vectors with probability θ/π, so the share of pairs at the threshold that some band brings up is known: <see cref="Recall"/>. Bands are as wide
/// as 1,024 hyperplanes allow for 99 of 100.
/// </remarks>
public sealed class AlikePairs
{
    public const int DefaultExactRows = 20_000;
    const int MostPlanes = 1_024, MostWidth = 40, ChunkRows = 128;
    const double WantedRecall = 0.99;
    readonly VectorRows table;
    readonly float[] norms;
    readonly float least;
    readonly double cosine;
    readonly ulong seed;

    /// <param name="table">All rows.</param>
    /// <param name="cosine">Least cosine of a pair.</param>
    /// <param name="seed">Of the hyperplanes.</param>
    /// <param name="exactRows">Rows up to which every pair is compared.</param>
    public AlikePairs(VectorRows table, double cosine, ulong seed = 1, int exactRows = DefaultExactRows)
    {
        (this.table, this.cosine, this.seed) = (table, cosine, seed);
        least = (float)cosine;
        norms = [.. Enumerable.Range(0, table.Rows).Select(row => MathF.Sqrt(Distances.Dot(table[row], table[row])))];
        IsExact = table.Rows <= exactRows;
    }

    /// <summary>Whether every pair is compared.</summary>
    public bool IsExact { get; }

    /// <summary>Probability that a pair with just that cosine is found.</summary>
    public double Recall => IsExact ? 1 : RecallOf(Width);

    /// <summary>Hyperplanes of a band.</summary>
    int Width => Enumerable.Range(1, MostWidth).Where(width => RecallOf(width) >= WantedRecall).DefaultIfEmpty(1).Max();

    /// <summary>Whether two rows are a pair. Equal vectors are, however their cosine is rounded.</summary>
    public bool IsPair(int left, int right) => norms[left] > 0 && norms[right] > 0
        && (Distances.Dot(table[left], table[right]) / norms[left] / norms[right] >= least || table[left].SequenceEqual(table[right]));

    /// <summary>Hands on pairs, some of them more than once; on one thread at a time.</summary>
    /// <param name="wanted">Whether a pair is worth a look; asked from many threads, never while a pair is handed on.</param>
    /// <param name="found">Gets the pair.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public void Find(Func<int, int, bool> wanted, Action<int, int> found, CancellationToken cancellation)
    {
        if (IsExact)
        {
            Compare([.. Enumerable.Range(0, table.Rows)], [(0, table.Rows)], wanted, found, cancellation);
            return;
        }

        var width = Width;
        var order = new int[table.Rows];
        for (var band = 0; band < MostPlanes / width; band++)
        {
            var keys = KeysOf(width, band, cancellation);
            for (var row = 0; row < order.Length; row++)
            {
                order[row] = row;
            }

            Array.Sort(keys, order);
            Compare(order, [.. Buckets(keys)], wanted, found, cancellation);
        }
    }

    double RecallOf(int width) => 1 - Math.Pow(1 - Math.Pow(1 - (Math.Acos(Math.Clamp(cosine, -1, 1)) / Math.PI), width), MostPlanes / width);

    // Which side of each hyperplane of a band a row lies on.
    ulong[] KeysOf(int width, int band, CancellationToken cancellation)
    {
        var planes = new RandomProjection(table.Dimensions, width, RowHash.Mix(seed, (ulong)band + 1));
        var keys = new ulong[table.Rows];
        Parallel.For(0, (keys.Length + ChunkRows - 1) / ChunkRows, new ParallelOptions { CancellationToken = cancellation }, chunk =>
        {
            Span<float> sides = stackalloc float[width];
            for (var row = chunk * ChunkRows; row < Math.Min(keys.Length, (chunk + 1) * ChunkRows); row++)
            {
                planes.Project(table[row], sides);
                foreach (var side in sides)
                {
                    keys[row] = (keys[row] << 1) | (side > 0 ? 1UL : 0);
                }
            }
        });
        return keys;
    }

    static IEnumerable<(int From, int To)> Buckets(ulong[] keys)
    {
        for (int from = 0, to; from < keys.Length; from = to)
        {
            for (to = from + 1; to < keys.Length && keys[to] == keys[from]; to++)
            {
            }

            if (to > from + 1)
            {
                yield return (from, to);
            }
        }
    }

    // A chunk of rows against all after them in their bucket; pairs are handed on between chunks, so that what is known by then need not be compared again.
    void Compare(int[] rows, IReadOnlyList<(int From, int To)> buckets, Func<int, int, bool> wanted, Action<int, int> found, CancellationToken cancellation)
    {
        var chunks = buckets.SelectMany(b => Enumerable.Range(0, (b.To - b.From + ChunkRows - 1) / ChunkRows).Select(i => (From: b.From + (i * ChunkRows), b.To))).ToArray();
        foreach (var some in chunks.Chunk(Environment.ProcessorCount * 2))
        {
            var pairs = new List<(int, int)>[some.Length];
            Parallel.For(0, some.Length, new ParallelOptions { CancellationToken = cancellation }, i => pairs[i] = PairsOf(rows, some[i].From, some[i].To, wanted));
            foreach (var (left, right) in pairs.SelectMany(p => p))
            {
                found(left, right);
            }
        }
    }

    List<(int, int)> PairsOf(int[] rows, int from, int to, Func<int, int, bool> wanted)
    {
        var pairs = new List<(int, int)>();
        for (var i = from; i < Math.Min(to, from + ChunkRows); i++)
        {
            for (var j = i + 1; j < to; j++)
            {
                if (wanted(rows[i], rows[j]) && IsPair(rows[i], rows[j]))
                {
                    pairs.Add((rows[i], rows[j]));
                }
            }
        }

        return pairs;
    }
}
