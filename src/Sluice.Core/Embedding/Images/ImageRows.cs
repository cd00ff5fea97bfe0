namespace Sluice.Embedding;

/// <summary>Vectors of the images of a batch, which are embedded some at a time: a batch of pictures does not fit in memory as a batch of texts does.</summary>
sealed class ImageRows(int rows, VectorStore store, VectorPrecision precision)
{
    readonly float[] vectors = new float[checked(rows * ImageEmbedder.Dimensions)];
    readonly int[] tokens = new int[rows];
    readonly RowKey[] keys = new RowKey[rows];
    readonly bool[] given = new bool[rows];
    readonly List<int> waiting = [];
    TextBuilder images = new();
    long bytes;

    /// <summary>Rows whose image the model was shown in vain.</summary>
    public IEnumerable<int> Unreadable => Enumerable.Range(0, rows).Where(row => given[row] && tokens[row] == 0);

    public void Add(int row, byte[] image, long atOnce)
    {
        if (bytes + image.Length > atOnce)
        {
            EmbedWaiting();
        }

        images.Append(image);
        bytes += image.Length;
        waiting.Add(row);
        given[row] = true;
    }

    public VectorTable Finish()
    {
        EmbedWaiting();
        return new VectorTable(keys, vectors, tokens, ImageEmbedder.Dimensions);
    }

    /// <summary>The keys of stored vectors; missing where there is none.</summary>
    public TextColumn Keys(VectorTable table)
    {
        var (all, column) = (Embed.Keys(table), new TextBuilder(rows));
        for (var row = 0; row < rows; row++)
        {
            if (tokens[row] == 0)
            {
                column.AppendNull();
            }
            else
            {
                column.Append(all[row]);
            }
        }

        return column.Build();
    }

    void EmbedWaiting()
    {
        if (waiting.Count == 0)
        {
            return;
        }

        var found = store.EmbedAsync(ImageContents.Shared, images.Build(), CancellationToken.None, precision).GetAwaiter().GetResult();
        for (var i = 0; i < waiting.Count; i++)
        {
            found[i].CopyTo(vectors.AsSpan(waiting[i] * ImageEmbedder.Dimensions));
            (tokens[waiting[i]], keys[waiting[i]]) = (found.Tokens[i], found.Keys[i]);
        }

        (images, bytes) = (new TextBuilder(), 0);
        waiting.Clear();
    }
}
