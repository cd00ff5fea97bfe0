using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Embedding;

/// <summary>Vectors in a NumPy file of float32, float16 or int8. Of int8, each vector has a scale, which is kept with its key.</summary>
static class PackedVectors
{
    const int Largest = 127;

    public static int BytesOf(VectorPrecision precision) => precision switch { VectorPrecision.Float32 => 4, VectorPrecision.Float16 => 2, _ => 1 };

    /// <summary>What one step of int8 means for a vector.</summary>
    public static float Scale(ReadOnlySpan<float> vector)
    {
        var largest = 0f;
        foreach (var number in vector)
        {
            largest = Math.Max(largest, Math.Abs(number));
        }

        return largest / Largest;
    }

    public static void Write(Stream stream, ReadOnlySpan<float> vectors, ReadOnlySpan<VectorSegment.Entry> entries, int dimensions, VectorPrecision precision)
    {
        NpyFile.WriteHeader(stream, entries.Length, dimensions, precision);
        if (precision == VectorPrecision.Float32)
        {
            NpyFile.WriteRows(stream, vectors);
            return;
        }

        var packed = new byte[dimensions * BytesOf(precision)];
        for (var row = 0; row < entries.Length; row++)
        {
            var vector = vectors.Slice(row * dimensions, dimensions);
            if (precision == VectorPrecision.Float16)
            {
                var halves = MemoryMarshal.Cast<byte, Half>(packed.AsSpan());
                for (var i = 0; i < dimensions; i++)
                {
                    halves[i] = (Half)vector[i];
                }
            }
            else
            {
                for (var i = 0; i < dimensions; i++)
                {
                    packed[i] = entries[row].Scale > 0 ? (byte)(sbyte)MathF.Round(vector[i] / entries[row].Scale) : (byte)0;
                }
            }

            stream.Write(packed);
        }
    }

    /// <summary>Reads one vector; the file begins with a header of so many bytes.</summary>
    public static void Read(SafeFileHandle file, int header, VectorSegment.Entry entry, VectorPrecision precision, Span<float> vector)
    {
        var bytes = vector.Length * BytesOf(precision);
        var at = header + ((long)entry.Row * bytes);
        if (precision == VectorPrecision.Float32)
        {
            Fill(file, MemoryMarshal.AsBytes(vector), at);
            return;
        }

        var packed = ArrayPool<byte>.Shared.Rent(bytes);
        Fill(file, packed.AsSpan(0, bytes), at);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = precision == VectorPrecision.Float16 ? (float)MemoryMarshal.Read<Half>(packed.AsSpan(2 * i)) : (sbyte)packed[i] * entry.Scale;
        }

        ArrayPool<byte>.Shared.Return(packed);
    }

    static void Fill(SafeFileHandle file, Span<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
            {
                throw new DataException($"A file of vectors ends at byte {at}, within a vector. It was cut after it was written. Delete it and its keys and embed again.");
            }

            bytes = bytes[read..];
            at += read;
        }
    }
}
