using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>Which segment of the store has which row, for one embedder and precision.</summary>
sealed class VectorIndex(ObjectStore store, TextEmbedder embedder, VectorPrecision precision)
{
    readonly string prefix = PrefixOf(embedder, precision);
    readonly Lock gate = new();

    // Replaced, never changed: readers need no lock.
    volatile IReadOnlyList<VectorSegment> segments = [];

    /// <summary>Where an embedder's segments are.</summary>
    public static string PrefixOf(TextEmbedder embedder, VectorPrecision precision)
    {
        var key = new MemoKey("embed-rows").Add(embedder.Key).Add(precision.ToString()).Value();
        return $"embed/rows/{key[..2]}/{key[..32]}/";
    }

    /// <summary>Learns of segments that others have published.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var known = segments.ToDictionary(s => s.Path, StringComparer.Ordinal);
        var found = new List<VectorSegment>();
        await foreach (var item in store.ListAsync(prefix, cancellation))
        {
            if (item.Path.EndsWith(VectorSegment.KeysExtension, StringComparison.Ordinal))
            {
                found.Add(known.GetValueOrDefault(item.Path[..^VectorSegment.KeysExtension.Length]) ?? await VectorSegment.OpenAsync(store, item.Path, cancellation));
            }
        }

        lock (gate)
        {
            // With those that were published here meanwhile.
            segments = [.. found.Concat(segments.Where(s => !known.ContainsKey(s.Path))).DistinctBy(s => s.Path)];
        }
    }

    /// <summary>Embeds the rows that no segment has, each different text once.</summary>
    public async Task MakeAsync(TextColumn texts, RowKey[] keys, CancellationToken cancellation)
    {
        var seen = new HashSet<RowKey>();
        var missing = new List<int>();
        for (var row = 0; row < keys.Length; row++)
        {
            if (seen.Add(keys[row]) && Find(keys[row]) is null)
            {
                missing.Add(row);
            }
        }

        foreach (var rows in missing.Chunk(VectorStore.RowsAtOnce))
        {
            var some = (TextColumn)texts.Take(rows);
            var vectors = new float[rows.Length * embedder.Dimensions];
            var tokens = new int[rows.Length];
            await Task.Run(() => embedder.Embed(some, 0, vectors, tokens, cancellation), cancellation);
            var segment = await VectorSegment.PublishAsync(store, prefix, [.. rows.Select(r => keys[r])], tokens, vectors, embedder.Dimensions, precision, cancellation);
            Add(segment);
        }
    }

    /// <summary>Reads the vectors of rows that all have one.</summary>
    public async Task ReadAsync(RowKey[] keys, float[] vectors, int[] tokens, CancellationToken cancellation)
    {
        var places = keys.Select((key, row) => (Row: row, Place: Find(key) ?? throw Gone())).ToLookup(p => p.Place.Segment, p => (p.Row, p.Place.Entry));
        foreach (var segment in places)
        {
            using var local = await store.LocalAsync(segment.Key.Path + VectorSegment.VectorsExtension, cancellation);
            using var file = File.OpenHandle(local.Path);
            var header = NpyFile.HeaderBytes(segment.Key.Rows, embedder.Dimensions, precision);
            foreach (var (row, entry) in segment)
            {
                PackedVectors.Read(file, header, entry, precision, vectors.AsSpan(row * embedder.Dimensions, embedder.Dimensions));
                tokens[row] = entry.Tokens;
            }
        }
    }

    (VectorSegment Segment, VectorSegment.Entry Entry)? Find(RowKey key)
    {
        foreach (var segment in segments)
        {
            if (segment.Find(key) is { } entry)
            {
                return (segment, entry);
            }
        }

        return null;
    }

    void Add(VectorSegment segment)
    {
        lock (gate)
        {
            segments = segments.Any(s => s.Path == segment.Path) ? segments : [.. segments, segment];
        }
    }

    DataException Gone() => new($"Vectors at \"{prefix}\" in {store.Location} were deleted while they were read. Run it again: they will be made anew.");
}
