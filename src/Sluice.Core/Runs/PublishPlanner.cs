namespace Sluice.Runs;

/// <summary>
/// Cuts the rows that are left into the files of a version. A file ends after a row whose own content says so, so the cut depends on
/// neither batch size nor parallelism, and a changed row changes one file.
/// </summary>
public static class PublishPlanner
{
    /// <summary>Rows after which a file ends: chosen by the row's hash, with a chance in proportion to its size, so that files hold <paramref name="targetBytes"/> on average.</summary>
    public static IReadOnlyList<int> Borders(Batch batch, long targetBytes)
    {
        var hashes = RowHash.Rows(batch.Columns, batch.Rows);
        var sizes = Sizes(batch);
        var perByte = ulong.MaxValue / (ulong)targetBytes;
        var borders = new List<int>();
        for (var row = 0; row < hashes.Length; row++)
        {
            if (sizes[row] >= targetBytes || hashes[row].Low < perByte * (ulong)sizes[row])
            {
                borders.Add(row + 1);
            }
        }

        return borders;
    }

    /// <summary>Files of a version from the output batches, in order.</summary>
    /// <param name="batches">Rows and borders of each output batch.</param>
    /// <param name="maxRows">Rows a file may hold, for content that gives no borders.</param>
    public static IReadOnlyList<Segment> Segments(IReadOnlyList<(int Rows, IReadOnlyList<int> Borders)> batches, int maxRows)
    {
        var segments = new List<Segment>();
        var pieces = new List<Piece>();
        var held = 0;
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var (rows, borders) = batches[batch];
            var from = 0;
            foreach (var border in borders.Append(rows))
            {
                while (held + border - from > maxRows)
                {
                    var full = from + maxRows - held;
                    Add(batch, from, full);
                    from = full;
                    Close();
                }

                Add(batch, from, border);
                from = border;
                if (border < rows || (borders.Count > 0 && borders[^1] == rows))
                {
                    Close();
                }
            }
        }

        Close();
        return segments;

        void Add(int batch, int from, int to)
        {
            if (to > from)
            {
                pieces.Add(new Piece(batch, from, to));
                held += to - from;
            }
        }

        void Close()
        {
            if (pieces.Count > 0)
            {
                segments.Add(new Segment([.. pieces]));
                pieces.Clear();
            }

            held = 0;
        }
    }

    static int[] Sizes(Batch batch)
    {
        var sizes = new int[batch.Rows];
        Array.Fill(sizes, 8 * batch.Columns.Count);
        foreach (var text in batch.Columns.OfType<TextColumn>())
        {
            var offsets = text.Offsets;
            for (var row = 0; row < sizes.Length; row++)
            {
                sizes[row] += offsets[row + 1] - offsets[row];
            }
        }

        return sizes;
    }
}
