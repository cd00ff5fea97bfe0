using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Batches;

/// <summary>A 128-bit sort key of a row. Equal rows have equal keys; 2^128 makes chance collisions irrelevant (10^9 rows: below 10^-20).</summary>
public readonly record struct RowKey(ulong High, ulong Low) : IComparable<RowKey>
{
    public int CompareTo(RowKey other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public static bool operator <(RowKey left, RowKey right) => left.CompareTo(right) < 0;

    public static bool operator >(RowKey left, RowKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(RowKey left, RowKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RowKey left, RowKey right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// Row and byte hashes: two lanes of folded 64×64→128 multiplication, column at a time. Not cryptographic: names of files use SHA-256.
/// Part of the data format: changing it changes which rows a seed picks, so it carries a version in memo keys.
/// </summary>
public static class RowHash
{
    public const int Version = 1;
    const ulong K0 = 0x9E3779B97F4A7C15, K1 = 0xC2B2AE3D27D4EB4F, K2 = 0x165667B19E3779F9, K3 = 0xD6E8FEB86659FD93, NullTag = 0xA0761D6478BD642F;

    /// <summary>One key per row over all columns, in schema order. <paramref name="seed"/> gives independent families.</summary>
    public static RowKey[] Rows(IReadOnlyList<Column> columns, int rows, ulong seed = 0)
    {
        var keys = new RowKey[rows];
        Array.Fill(keys, new RowKey(Mix(seed ^ K0, K1), Mix(seed ^ K2, K3)));
        foreach (var column in columns)
        {
            Fold(column, keys);
        }

        return keys;
    }

    /// <summary>Hash of some bytes.</summary>
    public static ulong Bytes(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var state = seed ^ K0;
        var length = (ulong)bytes.Length;
        while (bytes.Length > 16)
        {
            state = Mix(Read(bytes) ^ K1, Read(bytes[8..]) ^ state);
            bytes = bytes[16..];
        }

        ulong low, high;
        if (bytes.Length >= 8)
        {
            low = Read(bytes);
            high = Read(bytes[^8..]);
        }
        else if (bytes.Length >= 4)
        {
            low = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]);
        }
        else if (bytes.Length > 0)
        {
            low = (ulong)bytes[0] << 16 | (ulong)bytes[bytes.Length >> 1] << 8 | bytes[^1];
            high = 0;
        }
        else
        {
            low = high = 0;
        }

        return Mix(K2 ^ length, Mix(low ^ K1, high ^ state));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    static ulong Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ulong>(bytes);

    static void Fold(Column column, RowKey[] keys)
    {
        switch (column)
        {
            case TextColumn text:
                for (var row = 0; row < keys.Length; row++)
                {
                    keys[row] = Fold(keys[row], text.IsNull(row) ? NullTag : Bytes(text[row], K3));
                }

                break;
            case ValueColumn<double> numbers:
                Fold(numbers, keys, static v => (ulong)BitConverter.DoubleToInt64Bits(v == 0 ? 0 : v));
                break;
            case ValueColumn<long> integers:
                Fold(integers, keys, static v => (ulong)v);
                break;
            case ValueColumn<int> dates:
                Fold(dates, keys, static v => (ulong)v);
                break;
            case ValueColumn<bool> flags:
                Fold(flags, keys, static v => v ? 1UL : 2UL);
                break;
            default:
                throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column));
        }
    }

    static void Fold<T>(ValueColumn<T> column, RowKey[] keys, Func<T, ulong> bits)
        where T : unmanaged
    {
        var values = column.Values;
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = Fold(keys[row], column.IsNull(row) ? NullTag : Mix(bits(values[row]) ^ K2, K1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static RowKey Fold(RowKey key, ulong value) => new(Mix(key.High ^ value, K0), Mix(key.Low ^ value, K3 ^ (key.Low >> 32)));
}
