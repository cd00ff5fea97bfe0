using System.Buffers.Binary;

namespace Sluice.Connectors;

/// <summary>
/// The last eight bytes of a gzip file: CRC-32 and length of its last member (RFC 1952). .NET's reader takes a file that was cut off for one that ended, so
/// they are compared with what came out.
/// </summary>
static class GzipTrailer
{
    const int Bytes = 8;

    static readonly uint[] table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <exception cref="InvalidDataException">The file was cut off.</exception>
    public static void Check(string packed, FileStream unpacked)
    {
        Span<byte> trailer = stackalloc byte[Bytes];
        using var file = File.OpenHandle(packed, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Read(file, trailer, Math.Max(0, RandomAccess.GetLength(file) - Bytes));
        var (crc, length) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]));

        // The length is given modulo 4 GiB: the last member is so long, or by multiples of 4 GiB longer.
        for (var member = (long)length; member <= unpacked.Length; member += 1L << 32)
        {
            if (CrcOfLast(unpacked, member) == crc)
            {
                return;
            }
        }

        throw new InvalidDataException("the gzip data ends too early");
    }

    static uint CrcOfLast(FileStream file, long bytes)
    {
        var crc = uint.MaxValue;
        var buffer = new byte[1 << 18];
        for (var at = file.Length - bytes; at < file.Length;)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, buffer, at);
            foreach (var value in buffer.AsSpan(0, read))
            {
                crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
            }

            at += read;
        }

        return ~crc;
    }

    static uint Entry(int value)
    {
        var entry = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            entry = (entry & 1) != 0 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
        }

        return entry;
    }
}
