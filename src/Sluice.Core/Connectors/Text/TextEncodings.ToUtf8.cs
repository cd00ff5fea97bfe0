using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Connectors;

static partial class TextEncodings
{
    /// <summary>Appends as UTF-8. Returns how many bytes of the input were taken: a character cut off at its end waits for more, unless it is the last.</summary>
    public static int ToUtf8(ReadOnlySpan<byte> raw, string name, bool last, IBufferWriter<byte> output) => name switch
    {
        Utf16Le or Utf16Be => FromUtf16(raw, name == Utf16Be, last, output),
        Utf32Le or Utf32Be => FromUtf32(raw, name == Utf32Be, last, output),
        _ => FromSingleByte(raw, SingleByte(name)!, output),
    };

    /// <summary>A whole part, with the padding that <see cref="TextScan.Padding"/> asks for.</summary>
    public static (byte[] Bytes, int Length) ToUtf8(ReadOnlySpan<byte> raw, string name)
    {
        var utf8 = new ArrayBufferWriter<byte>((raw.Length * 2) + TextScan.Padding);
        ToUtf8(raw, name, true, utf8);
        var bytes = new byte[utf8.WrittenCount + TextScan.Padding];
        utf8.WrittenSpan.CopyTo(bytes);
        return (bytes, utf8.WrittenCount);
    }

    static int FromUtf16(ReadOnlySpan<byte> raw, bool bigEndian, bool last, IBufferWriter<byte> output)
    {
        var units = MemoryMarshal.Cast<byte, ushort>(raw);
        var swapped = ArrayPool<ushort>.Shared.Rent(units.Length);
        if (bigEndian == BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(units, swapped);
        }
        else
        {
            units.CopyTo(swapped);
        }

        ReadOnlySpan<char> chars = MemoryMarshal.Cast<ushort, char>(swapped.AsSpan(0, units.Length));
        var taken = 0;
        while (taken < chars.Length)
        {
            var target = output.GetSpan(Math.Max(16, (chars.Length - taken) * 3));
            var status = System.Text.Unicode.Utf8.FromUtf16(chars[taken..], target, out var read, out var written, false, last);
            output.Advance(written);
            taken += read;
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            if (status == OperationStatus.InvalidData)
            {
                output.Write<byte>([0xFF]);
                taken++;
            }
        }

        ArrayPool<ushort>.Shared.Return(swapped);
        return End(raw.Length, taken * 2, last, output);
    }

    static int FromUtf32(ReadOnlySpan<byte> raw, bool bigEndian, bool last, IBufferWriter<byte> output)
    {
        var taken = 0;
        for (; taken + 4 <= raw.Length; taken += 4)
        {
            var unit = bigEndian
                ? BinaryPrimitives.ReadUInt32BigEndian(raw[taken..])
                : BinaryPrimitives.ReadUInt32LittleEndian(raw[taken..]);
            var span = output.GetSpan(4);
            if (Rune.TryCreate(unit, out var rune))
            {
                output.Advance(rune.EncodeToUtf8(span));
            }
            else
            {
                span[0] = 0xFF;
                output.Advance(1);
            }
        }

        return End(raw.Length, taken, last, output);
    }

    // Bytes that make no whole unit at the very end of a file.
    static int End(int available, int taken, bool last, IBufferWriter<byte> output)
    {
        if (!last || taken == available)
        {
            return taken;
        }

        output.Write<byte>([0xFF]);
        return available;
    }

    static int FromSingleByte(ReadOnlySpan<byte> raw, byte[][] table, IBufferWriter<byte> output)
    {
        var rest = raw;
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is var at and >= 0 ? at : rest.Length;
            output.Write(rest[..plain]);
            rest = rest[plain..];
            if (!rest.IsEmpty)
            {
                output.Write(table[rest[0]]);
                rest = rest[1..];
            }
        }

        return raw.Length;
    }

    static byte[][]? SingleByte(string name)
    {
        Encoding? encoding;
        try
        {
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }

        if (!encoding.IsSingleByte || encoding.GetString("a,\"\n"u8) != "a,\"\n")
        {
            return null;
        }

        return [.. Enumerable.Range(0, 256).Select(b => Encoding.UTF8.GetBytes(encoding.GetString([(byte)b])))];
    }
}
