using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Batches;

/// <summary>
/// The format of files between stages: the columns of a batch as they lie in memory. Such a file is written once and read several times
/// within a run, by us alone, so neither packing nor a foreign reader is worth its price; what users get is Parquet.
/// <code>
/// "SLUICE1\n" | length of the header, 8 bytes | header, JSON | for each column: validity bits, offsets of texts, values
/// </code>
/// Numbers are little-endian, every part begins at a multiple of 8 bytes, and equal batches give equal bytes.
/// </summary>
static class ColumnFile
{
    public const string Extension = ".columns";
    const int Prefix = 16, Alignment = 8, MaxHeaderBytes = 1 << 28, WriteBytes = 1 << 20;

    static ReadOnlySpan<byte> Magic => "SLUICE1\n"u8;

    /// <summary>Writes a batch, in the order of its rows; gives the size and the SHA-256 of the file. <see cref="Batch.Origin"/> is not written.</summary>
    /// <exception cref="DataException">The batch has no columns, or text that is not UTF-8.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static (long Bytes, string Sha256) Write(Batch batch, string file, CancellationToken cancellation)
    {
        Writable.Check(batch, file);
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(batch.Rows, [.. batch.Schema], [.. batch.Columns.Select(PartsOf)]));
        using var handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        using var writer = new Writer(handle, cancellation);
        writer.Write(Magic);
        writer.Write(BitConverter.GetBytes((long)header.Length));
        writer.Write(header);
        foreach (var column in batch.Columns)
        {
            writer.WriteValidity(column);
            if (column is TextColumn text)
            {
                writer.Write(MemoryMarshal.AsBytes(text.Offsets));
            }

            writer.Write(ValuesOf(column));
        }

        return writer.Finish();
    }

    /// <summary>Reads a file, or only the columns named.</summary>
    /// <exception cref="DataException">It is not such a file, is damaged, or lacks a column.</exception>
    public static Batch Read(string file, IReadOnlySet<string>? columns, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var (header, at) = ReadHeader(handle, file);
        var whole = new Schema(header.Fields);
        if (columns?.FirstOrDefault(name => !whole.Has(name)) is { } missing)
        {
            throw whole.Missing(missing);
        }

        var read = new List<Column>(whole.Count);
        for (var i = 0; i < whole.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var parts = header.Parts[i];
            if (columns is null || columns.Contains(whole[i].Name))
            {
                read.Add(ReadColumn(handle, file, at, whole[i].Type, header.Rows, parts));
            }

            at += Padded(parts.Validity) + Padded(parts.Offsets) + Padded(parts.Values);
        }

        return new Batch(columns is null ? whole : whole.Select(columns), read, header.Rows);
    }

    static (Header Header, long End) ReadHeader(SafeFileHandle handle, string file)
    {
        Span<byte> prefix = stackalloc byte[Prefix];
        if (RandomAccess.Read(handle, prefix, 0) != Prefix || !prefix[..Magic.Length].SequenceEqual(Magic))
        {
            throw Damaged(file, "its first bytes are not those of a batch");
        }

        var length = BitConverter.ToInt64(prefix[Magic.Length..]);
        if (length is < 2 or > MaxHeaderBytes || length > RandomAccess.GetLength(handle))
        {
            throw Damaged(file, $"its header cannot have {length:N0} bytes");
        }

        try
        {
            var header = JsonSerializer.Deserialize<Header>(ReadPart<byte>(handle, file, Prefix, length));
            return header is { Rows: >= 0 } && header.Fields.Count == header.Parts.Count && header.Fields.Zip(header.Parts).All(c => Fits(c.First.Type, header.Rows, c.Second))
                ? (header, Prefix + Padded(length))
                : throw Damaged(file, "its header contradicts itself");
        }
        catch (JsonException cause)
        {
            throw Damaged(file, $"its header is no JSON ({cause.Message})");
        }
    }

    // What the arrays must measure, so that no row lies outside them.
    static bool Fits(ColumnType type, int rows, Parts parts) =>
        (parts.Validity == 0 || parts.Validity == (rows + 63L) / 64 * 8)
        && parts.Offsets == (type == ColumnType.Text ? (rows + 1L) * sizeof(int) : 0)
        && (type == ColumnType.Text ? parts.Values is >= 0 and <= int.MaxValue : parts.Values == (long)rows * SizeOf(type));

    static int SizeOf(ColumnType type) => type switch
    {
        ColumnType.Boolean => sizeof(bool),
        ColumnType.Date => sizeof(int),
        _ => sizeof(long),
    };

    static Column ReadColumn(SafeFileHandle handle, string file, long at, ColumnType type, int rows, Parts parts)
    {
        var validity = parts.Validity == 0 ? null : ReadPart<ulong>(handle, file, at, parts.Validity);
        at += Padded(parts.Validity);
        if (type != ColumnType.Text)
        {
            return type switch
            {
                ColumnType.Boolean => new ValueColumn<bool>(type, ReadPart<bool>(handle, file, at, parts.Values), validity),
                ColumnType.Date => new ValueColumn<int>(type, ReadPart<int>(handle, file, at, parts.Values), validity),
                ColumnType.Float64 => new ValueColumn<double>(type, ReadPart<double>(handle, file, at, parts.Values), validity),
                _ => new ValueColumn<long>(type, ReadPart<long>(handle, file, at, parts.Values), validity),
            };
        }

        var offsets = ReadPart<int>(handle, file, at, parts.Offsets);
        return offsets[0] == 0 && offsets[rows] == parts.Values
            ? new TextColumn(ReadPart<byte>(handle, file, at + Padded(parts.Offsets), parts.Values), offsets, rows, validity)
            : throw Damaged(file, "the lengths of its texts do not add up");
    }

    static T[] ReadPart<T>(SafeFileHandle handle, string file, long at, long length)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(checked((int)(length / Unsafe.SizeOf<T>())));
        var left = MemoryMarshal.AsBytes(values.AsSpan());
        while (!left.IsEmpty)
        {
            var read = RandomAccess.Read(handle, left, at);
            if (read == 0)
            {
                throw Damaged(file, "it ends too early");
            }

            left = left[read..];
            at += read;
        }

        return values;
    }

    static Parts PartsOf(Column column) => new(
        column.CountNulls() == 0 ? 0 : (column.Rows + 63L) / 64 * 8,
        column is TextColumn text ? text.Offsets.Length * (long)sizeof(int) : 0,
        ValuesOf(column).Length);

    static ReadOnlySpan<byte> ValuesOf(Column column) => column switch
    {
        TextColumn text => text.Bytes,
        ValueColumn<bool> flags => MemoryMarshal.AsBytes(flags.Values),
        ValueColumn<int> dates => MemoryMarshal.AsBytes(dates.Values),
        ValueColumn<long> integers => MemoryMarshal.AsBytes(integers.Values),
        ValueColumn<double> numbers => MemoryMarshal.AsBytes(numbers.Values),
        _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
    };

    static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    static DataException Damaged(string file, string found) => new(
        $"The file \"{file}\" is not a batch, or is damaged: {found}. Delete it and run the pipeline again.");

    /// <summary>Lengths in bytes, without padding.</summary>
    readonly record struct Parts(long Validity, long Offsets, long Values);

    sealed record Header(int Rows, IReadOnlyList<Field> Fields, IReadOnlyList<Parts> Parts);

    /// <summary>Hashes what it writes, so that nothing is read again to be named.</summary>
    sealed class Writer(SafeFileHandle handle, CancellationToken cancellation) : IDisposable
    {
        readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long at;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            var padding = (int)(Padded(bytes.Length) - bytes.Length);
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(WriteBytes, bytes.Length)..])
            {
                cancellation.ThrowIfCancellationRequested();
                Append(bytes[..Math.Min(WriteBytes, bytes.Length)]);
            }

            Append("\0\0\0\0\0\0\0\0"u8[..padding]);
        }

        /// <summary>Nothing when no row is missing; bits past the last row are 0, for equal columns have equal bytes.</summary>
        public void WriteValidity(Column column)
        {
            if (column.CountNulls() == 0)
            {
                return;
            }

            var bits = column.Validity.AsSpan(0, (column.Rows + 63) >> 6).ToArray();
            if ((column.Rows & 63) != 0)
            {
                bits[^1] &= (1UL << (column.Rows & 63)) - 1;
            }

            Write(MemoryMarshal.AsBytes(bits.AsSpan()));
        }

        public (long Bytes, string Sha256) Finish() => (at, Convert.ToHexStringLower(hash.GetHashAndReset()));

        public void Dispose() => hash.Dispose();

        void Append(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            RandomAccess.Write(handle, bytes, at);
            at += bytes.Length;
        }
    }
}
