using System.Buffers.Binary;
using System.Text;

namespace Sluice.Connectors;

/// <summary>The records of a part of an .xlsb ([MS-XLSB] 2.1.4): a type and a size, each in seven bits a byte, then so many bytes.</summary>
sealed class Biff12(Stream part) : IDisposable
{
    /// <summary>Longest record that is looked into; a cell has 32,767 characters. Others are passed over, whatever they say of their size.</summary>
    const int MaxBytes = 4 << 20;

    readonly BufferedStream stream = new(part, 1 << 16);
    byte[] buffer = new byte[256];
    int size, at;

    /// <summary>Type of the current record.</summary>
    public int Type { get; private set; }

    /// <summary>Moves to the next record of one of the wanted types; false at the end.</summary>
    public bool Next(Func<int, bool> wanted)
    {
        while (stream.ReadByte() is var first && first >= 0)
        {
            Type = first < 0x80 ? first : (first & 0x7F) | (Byte() << 7);
            size = 0;
            for (var shift = 0; shift < 28; shift += 7)
            {
                var part = Byte();
                size |= (part & 0x7F) << shift;
                if (part < 0x80)
                {
                    break;
                }
            }

            if (wanted(Type))
            {
                Read();
                return true;
            }

            Skip();
        }

        return false;
    }

    public int UInt8() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>A number in four bytes: a whole one of 30 bits, or the upper half of a double; as it is, or by 100.</summary>
    public double Rk()
    {
        var bits = (int)UInt32();
        double number = (bits & 2) != 0 ? bits >> 2 : BitConverter.Int64BitsToDouble((long)(bits & ~3) << 32);
        return (bits & 1) != 0 ? number / 100 : number;
    }

    /// <summary>Text with its length in characters before it; empty for none.</summary>
    public string Text()
    {
        var length = UInt32();
        return length == uint.MaxValue ? "" : length <= MaxBytes / 2 ? Encoding.Unicode.GetString(Take((int)length * 2)) : throw Cut();
    }

    public void Dispose() => stream.Dispose();

    void Read()
    {
        if (size > MaxBytes)
        {
            throw new InvalidDataException($"a record has {size:N0} bytes, more than {MaxBytes:N0}");
        }

        if (buffer.Length < size)
        {
            buffer = new byte[size];
        }

        stream.ReadExactly(buffer, 0, size);
        at = 0;
    }

    void Skip()
    {
        for (var left = size; left > 0;)
        {
            var read = stream.Read(buffer, 0, Math.Min(left, buffer.Length));
            left -= read > 0 ? read : throw Cut();
        }
    }

    int Byte() => stream.ReadByte() is var next && next >= 0 ? next : throw Cut();

    ReadOnlySpan<byte> Take(int count)
    {
        at += count;
        return at <= size ? buffer.AsSpan(at - count, count) : throw Cut();
    }

    static InvalidDataException Cut() => new("a record is cut off");
}
