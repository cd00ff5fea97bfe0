using System.Buffers.Binary;

namespace Sluice.Connectors;

/// <summary>
/// Looks at a file before DuckDB does. Pages that contradict the footer are an error, although DuckDB reads them. What the format allows
/// and DuckDB 1.5 does not read is rewritten into a copy that it does: the deprecated LZ4 codec, BYTE_STREAM_SPLIT of integers and fixed
/// bytes, and maps without values (read as lists).
/// </summary>
/// <remarks>Numbers of fields are those of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.</remarks>
static class ParquetRepair
{
    const int MaxFooterBytes = 512 << 20;
    const int Integer32 = 1, Integer64 = 2, Float = 4, Double = 5, FixedBytes = 7;
    const int Plain = 0, ByteStreamSplit = 9;
    const int Map = 1, MapKeyValue = 2, AsList = 3;

    /// <summary>Compares the pages with the footer. One read of a few bytes a page; a file that is not understood here passes.</summary>
    /// <exception cref="SourceException">The pages are not what the footer says.</exception>
    public static void Check(string path, string shown) => Understand(path, (file, footer) =>
    {
        CheckCounts(file, footer, shown);
        return true;
    });

    /// <summary>Writes a copy when the file needs one; false when it can be read as it is, or not be understood here.</summary>
    /// <param name="path">The file.</param>
    /// <param name="copy">Where to write the copy; nothing may be there.</param>
    /// <param name="all">Rewrites every column chunk whose compression is known here, needed or not.</param>
    public static bool Rewrite(string path, string copy, bool all = false) => Understand(path, (file, footer) =>
    {
        var maps = LoneMaps(footer);
        if (maps.Count == 0 && !all && !Chunks(footer).Any(NeedsRewrite))
        {
            return false;
        }

        foreach (var (map, entry) in maps)
        {
            map.Set32(6, AsList);
            map.Remove(10);
            entry.Remove(6, 10);
        }

        Write(file, footer, copy, all);
        return true;
    });

    static bool Understand(string path, Func<FileStream, ParquetThrift, bool> use)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ReadFooter(file) is { } footer && use(file, footer);
        }
        catch (Exception e) when (e is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException or EndOfStreamException)
        {
            // DuckDB's word on a damaged file is the better one.
            return false;
        }
    }

    static ParquetThrift? ReadFooter(FileStream file)
    {
        Span<byte> tail = stackalloc byte[8];
        if (file.Length < 12)
        {
            return null;
        }

        RandomAccess.Read(file.SafeFileHandle, tail, file.Length - 8);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length > MaxFooterBytes || length > file.Length - 12)
        {
            return null;
        }

        var bytes = new byte[length];
        RandomAccess.Read(file.SafeFileHandle, bytes, file.Length - 8 - length);
        var at = 0;
        return ParquetThrift.Read(bytes, ref at);
    }

    /// <summary>Each column chunk with its metadata, except encrypted ones and those in other files.</summary>
    static IEnumerable<ParquetThrift> Chunks(ParquetThrift footer) =>
        footer.Children(4).SelectMany(group => group.Children(1)).Where(chunk => chunk.Child(3) is not null && !chunk.Has(1) && !chunk.Has(8));

    static void CheckCounts(FileStream file, ParquetThrift footer, string shown)
    {
        foreach (var chunk in Chunks(footer))
        {
            var meta = chunk.Child(3)!;
            var (at, end) = Extent(meta);
            var values = 0L;
            while (at < end)
            {
                var page = ParquetPage.Read(file, ref at, withBody: false);
                values += page.IsData ? page.ValueCount : 0;
            }

            if (values != meta.Number(5))
            {
                var name = string.Join('.', meta.Items(3).OfType<byte[]>().Select(System.Text.Encoding.UTF8.GetString));
                throw new SourceException(
                    $"The Parquet file \"{shown}\" is damaged: the pages of column '{name}' hold {values:N0} values; expected {meta.Number(5):N0} by the footer. "
                    + "Copy it again, or write it again with another tool.");
            }
        }
    }

    static (long From, long To) Extent(ParquetThrift meta)
    {
        // Some writers put 0 where there is no dictionary.
        var dictionary = meta.Number(11);
        var from = dictionary > 0 ? Math.Min(dictionary, meta.Number(9)) : meta.Number(9);
        return (from, from + meta.Number(7));
    }

    static bool NeedsRewrite(ParquetThrift chunk)
    {
        var meta = chunk.Child(3)!;
        return meta.Number(4) == ParquetCodec.Lz4 || (meta.Number(1) is not (Float or Double) && meta.Items(2).Contains((long)ByteStreamSplit));
    }

    /// <summary>Maps whose entries have a key only, which are sets, with their entries.</summary>
    static List<(ParquetThrift Map, ParquetThrift Entry)> LoneMaps(ParquetThrift footer)
    {
        var schema = footer.Children(2).ToList();
        var maps = new List<(ParquetThrift, ParquetThrift)>();
        for (var i = 0; i + 1 < schema.Count; i++)
        {
            if (schema[i].Has(6) && schema[i].Number(6) is Map or MapKeyValue && schema[i].Number(5) == 1 && schema[i + 1].Number(5) == 1)
            {
                maps.Add((schema[i], schema[i + 1]));
            }
        }

        return maps;
    }

    static void Write(FileStream file, ParquetThrift footer, string copy, bool all)
    {
        using var target = new FileStream(copy, FileMode.CreateNew, FileAccess.Write);
        target.Write("PAR1"u8);
        var widths = Widths(footer);
        foreach (var group in footer.Children(4))
        {
            // Offsets of indexes and the like are no longer true, and nobody needs them.
            group.Remove(5, 6);
            var column = 0;
            foreach (var chunk in group.Children(1))
            {
                Copy(file, chunk, widths[column++], target, all || NeedsRewrite(chunk));
            }
        }

        var start = target.Position;
        footer.Write(target);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, (int)(target.Position - start));
        target.Write(length);
        target.Write("PAR1"u8);
    }

    static void Copy(FileStream file, ParquetThrift chunk, (int Bytes, int Repetition, int Definition) width, FileStream target, bool rewrite)
    {
        var meta = chunk.Child(3) ?? throw new InvalidDataException("A column chunk has no metadata.");
        var (at, end) = Extent(meta);
        var start = target.Position;
        long? dictionary = null, data = null;
        while (at < end)
        {
            var page = ParquetPage.Read(file, ref at, withBody: true);
            dictionary ??= page.IsData ? null : target.Position;
            data ??= page.IsData ? target.Position : null;
            (rewrite ? Joined(page.Unpacked((int)meta.Number(4)), width) : page).Write(target);
        }

        chunk.Remove(4, 5, 6, 7);
        chunk.Set64(2, start);
        meta.Remove(10, 14, 15);
        meta.Set64(7, target.Position - start);
        meta.Set64(9, data ?? start);
        meta.Remove(11);
        if (dictionary is { } offset)
        {
            meta.Set64(11, offset);
        }

        if (rewrite)
        {
            meta.Set32(4, ParquetCodec.None);
            meta.Set64(6, target.Position - start);
        }
    }

    /// <summary>Undoes BYTE_STREAM_SPLIT, which stores the first bytes of all values, then all second bytes, and so on.</summary>
    static ParquetPage Joined(ParquetPage page, (int Bytes, int Repetition, int Definition) width)
    {
        var encoding = (short)(page.IsVersion2 ? 4 : 2);
        if (!page.IsData || page.Values.Number(encoding) != ByteStreamSplit)
        {
            return page;
        }

        var from = page.IsVersion2
            ? (int)(page.Values.Number(5) + page.Values.Number(6))
            : Levels(page.Body, Levels(page.Body, 0, width.Repetition), width.Definition);
        var split = page.Body.AsSpan(from);
        var joined = page.Body.ToArray();
        var count = split.Length / width.Bytes;
        for (var i = 0; i < count; i++)
        {
            for (var b = 0; b < width.Bytes; b++)
            {
                joined[from + (i * width.Bytes) + b] = split[(b * count) + i];
            }
        }

        page.Values.Set32(encoding, Plain);
        return page with { Body = joined };
    }

    /// <summary>Version 1 has the length of the levels in front of them, where there can be any.</summary>
    static int Levels(byte[] body, int at, int maxLevel) => maxLevel == 0 ? at : at + 4 + BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at));

    /// <summary>For each leaf of the schema: bytes of a value, and its highest repetition and definition level.</summary>
    static List<(int Bytes, int Repetition, int Definition)> Widths(ParquetThrift footer)
    {
        var schema = footer.Children(2).ToList();
        var leaves = new List<(int, int, int)>();
        var next = 1;
        for (var child = 0; child < schema[0].Number(5); child++)
        {
            Walk(0, 0);
        }

        return leaves;

        void Walk(int repetition, int definition)
        {
            var element = schema[next++];
            repetition += element.Number(3) == 2 ? 1 : 0;
            definition += element.Number(3) == 0 ? 0 : 1;
            if (!element.Has(5))
            {
                leaves.Add(((int)element.Number(1) switch { Integer32 or Float => 4, Integer64 or Double => 8, FixedBytes => (int)element.Number(2), _ => 1 }, repetition, definition));
                return;
            }

            for (var child = 0; child < element.Number(5); child++)
            {
                Walk(repetition, definition);
            }
        }
    }
}
