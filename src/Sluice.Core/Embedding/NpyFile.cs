using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Embedding;

/// <summary>Vectors as NumPy keeps them (format 1.0, float32 little-endian, by rows), which every tool of the trade reads.</summary>
public static partial class NpyFile
{
    // The header fills whole blocks of 64 bytes, as the format asks for.
    const int Block = 64;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Begins a file; its vectors follow by <see cref="WriteRows"/>.</summary>
    public static void WriteHeader(Stream stream, int rows, int dimensions, VectorPrecision precision = VectorPrecision.Float32)
    {
        var text = HeaderText(rows, dimensions, precision);
        var total = HeaderBytes(rows, dimensions, precision);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)(total - Magic.Length - 2));
        stream.Write(Magic);
        stream.Write(length);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(total - Magic.Length - 3) + "\n"));
    }

    /// <summary>Bytes before the first vector.</summary>
    public static int HeaderBytes(int rows, int dimensions, VectorPrecision precision) =>
        (Magic.Length + 2 + HeaderText(rows, dimensions, precision).Length + Block) / Block * Block;

    static string HeaderText(int rows, int dimensions, VectorPrecision precision)
    {
        var type = precision switch { VectorPrecision.Float32 => "<f4", VectorPrecision.Float16 => "<f2", _ => "|i1" };
        return string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {dimensions}), }}");
    }

    public static void WriteRows(Stream stream, ReadOnlySpan<float> vectors) => stream.Write(MemoryMarshal.AsBytes(vectors));

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="DataException">It is no such file, or is cut.</exception>
    public static (float[] Vectors, int Rows, int Dimensions) Read(Stream stream)
    {
        var (rows, dimensions) = ReadHeader(stream);
        var vectors = new float[checked(rows * dimensions)];
        var bytes = MemoryMarshal.AsBytes(vectors.AsSpan());
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && stream.ReadByte() < 0
            ? (vectors, rows, dimensions)
            : throw Wrong($"its length is not that of {rows} × {dimensions} numbers");
    }

    /// <summary>Reads up to the first vector.</summary>
    /// <exception cref="DataException">It is no such file, or its header is cut.</exception>
    public static (int Rows, int Dimensions) ReadHeader(Stream stream)
    {
        Span<byte> start = stackalloc byte[Magic.Length + 2];
        var header = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[..Magic.Length].SequenceEqual(Magic)
            ? new byte[BinaryPrimitives.ReadUInt16LittleEndian(start[Magic.Length..])]
            : throw Wrong("it does not begin as one");
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) != header.Length)
        {
            throw Wrong("its header is cut");
        }

        var shape = Header.Match(Encoding.ASCII.GetString(header));
        return shape.Success
            ? (int.Parse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : throw Wrong($"found the header '{Encoding.ASCII.GetString(header).TrimEnd()}'");
    }

    static DataException Wrong(string found) =>
        new($"This is no file of vectors: {found}; expected NumPy format 1.0 with float32 in rows. Delete it and run the embedding again.");

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$")]
    static partial Regex Header { get; }
}
