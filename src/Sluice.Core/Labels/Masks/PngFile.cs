using System.Buffers.Binary;
using System.IO.Compression;

namespace Sluice.Labels.Masks;

/// <summary>Writes pixels as a PNG file: what a browser is shown, whatever the format of the image was, and without the place and the camera that its EXIF data may tell.</summary>
static class PngFile
{
    const byte EightBits = 8, TrueColour = 2;
    static readonly uint[] remainders = [.. Enumerable.Range(0, 256).Select(Remainder)];

    public static byte[] Of(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                // Each row begins with its filter: 0, none.
                zlib.WriteByte(0);
                zlib.Write(rgb.Slice(y * width * 3, width * 3));
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (EightBits, TrueColour);
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        byte[] chunk = [0, 0, 0, 0, .. name, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        var crc = uint.MaxValue;
        foreach (var value in chunk.AsSpan(4..^4))
        {
            crc = (crc >> 8) ^ remainders[(byte)(crc ^ value)];
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4), ~crc);
        return chunk;
    }

    static uint Remainder(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return crc;
    }
}
