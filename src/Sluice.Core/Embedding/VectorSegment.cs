using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>
/// Some rows' vectors in the store, never changed: <c>X.npy</c> holds the vectors, <c>X.keys</c> which row is whose, sorted by key. X is the hash of the
/// keys, so that the same work done twice makes one segment.
/// </summary>
sealed class VectorSegment
{
    /// <summary>Bytes of the array of keys' header: the magic number, the version and padding.</summary>
    const int HeaderBytes = 16;
    public const string KeysExtension = ".keys", VectorsExtension = ".npy";
    readonly Entry[] entries;

    VectorSegment(string path, Entry[] entries)
    {
        Path = path;
        this.entries = entries;
    }

    /// <summary>Path without extension.</summary>
    public string Path { get; }

    public int Rows => entries.Length;

    static ReadOnlySpan<byte> Magic => "SLUICE-VECTORS-1"u8;

    /// <summary>Where a key's vector is, or null.</summary>
    public Entry? Find(RowKey key)
    {
        var (from, to) = (0, entries.Length);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            var order = key.CompareTo(entries[middle].Key);
            if (order == 0)
            {
                return entries[middle];
            }

            (from, to) = order < 0 ? (from, middle) : (middle + 1, to);
        }

        return null;
    }

    /// <summary>Publishes vectors under their keys. What a reader gets is what the precision leaves of them.</summary>
    public static async Task<VectorSegment> PublishAsync(
        ObjectStore store, string prefix, IReadOnlyList<RowKey> keys, int[] tokens, float[] vectors, int dimensions, VectorPrecision precision, CancellationToken cancellation)
    {
        var entries = new Entry[keys.Count];
        for (var row = 0; row < entries.Length; row++)
        {
            var scale = precision == VectorPrecision.Int8 ? PackedVectors.Scale(vectors.AsSpan(row * dimensions, dimensions)) : 1;
            entries[row] = new Entry(keys[row], row, tokens[row], scale);
        }

        // The vectors keep the order of the rows they were made of, which is the order they are read in again.
        var sorted = entries.OrderBy(e => e.Key).ToArray();
        byte[] index = [.. Magic, .. MemoryMarshal.AsBytes(sorted.AsSpan())];
        var path = prefix + Convert.ToHexStringLower(SHA256.HashData(index).AsSpan(0, 16));
        var scratch = store.NewScratchFile(VectorsExtension);
        try
        {
            await using (var stream = new FileStream(scratch, FileMode.CreateNew, FileAccess.Write))
            {
                PackedVectors.Write(stream, vectors.AsSpan(0, entries.Length * dimensions), entries, dimensions, precision);
            }

            await store.PublishAsync(path + VectorsExtension, scratch, cancellation);
        }
        catch (IOException cause)
        {
            throw StoreException.From(store.Location, cause);
        }
        finally
        {
            File.Delete(scratch);
        }

        // The keys last: a segment is there when its keys are.
        await store.CreateAsync(path + KeysExtension, index, cancellation);
        return new VectorSegment(path, sorted);
    }

    public static async Task<VectorSegment> OpenAsync(ObjectStore store, string keysPath, CancellationToken cancellation)
    {
        var bytes = await store.ReadAsync(keysPath, cancellation);
        if (bytes.Length < HeaderBytes || !bytes.AsSpan(0, HeaderBytes).SequenceEqual(Magic) || (bytes.Length - HeaderBytes) % Unsafe.SizeOf<Entry>() != 0)
        {
            throw new DataException($"The keys of vectors \"{keysPath}\" in {store.Location} are damaged: found {bytes.Length} bytes that are no list of keys. Delete the file and embed again.");
        }

        return new VectorSegment(keysPath[..^KeysExtension.Length], MemoryMarshal.Cast<byte, Entry>(bytes.AsSpan(HeaderBytes)).ToArray());
    }

    /// <summary>One row: its key, where its vector is in the file, how many tokens its text had, and what its numbers are to be multiplied by.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal readonly record struct Entry(RowKey Key, int Row, int Tokens, float Scale);
}
