using System.Buffers.Binary;
using System.IO.Compression;

namespace Sluice.Connectors;

/// <summary>A page of a column chunk: its header and its bytes as they are in the file.</summary>
sealed record ParquetPage(ParquetThrift Header, byte[] Body)
{
    /// <summary>Bytes that one page may have, packed or not. Writers make pages of about 1 MB.</summary>
    public const int MaxBytes = 256 << 20;

    // Most headers take 30 bytes; those with statistics of long texts take more.
    const int HeaderBytes = 512, MaxHeaderBytes = 1 << 20;
    const short TypeField = 1, UnpackedField = 2, PackedField = 3, ChecksumField = 4, DataField = 5, Data2Field = 8;
    const int Data = 0, Data2 = 3;

    public bool IsData => Header.Number(TypeField) is Data or Data2;

    public bool IsVersion2 => Header.Number(TypeField) == Data2;

    public int UnpackedBytes => (int)Header.Number(UnpackedField);

    /// <summary>The part of the header that says how the values are encoded.</summary>
    public ParquetThrift Values => Header.Child(IsVersion2 ? Data2Field : DataField) ?? throw new InvalidDataException("A data page has no header of its own.");

    public long ValueCount => Values.Number(1);

    /// <summary>Reads the header of the page at this position of the file; its body only when asked for.</summary>
    public static ParquetPage Read(FileStream file, ref long at, bool withBody)
    {
        var (header, length) = ReadHeader(file, at);
        var (packed, unpacked) = (header.Number(PackedField), header.Number(UnpackedField));
        if (packed is < 0 or > MaxBytes || unpacked is < 0 or > MaxBytes || at + length + packed > file.Length)
        {
            throw new InvalidDataException($"A page says that it has {packed} bytes.");
        }

        var body = withBody ? new byte[packed] : [];
        RandomAccess.Read(file.SafeFileHandle, body, at + length);
        at += length + packed;
        return new ParquetPage(header, body);
    }

    static (ParquetThrift Header, int Length) ReadHeader(FileStream file, long at)
    {
        for (var size = HeaderBytes; ; size = MaxHeaderBytes)
        {
            var head = new byte[(int)Math.Clamp(file.Length - at, 0, size)];
            RandomAccess.Read(file.SafeFileHandle, head, at);
            var length = 0;
            try
            {
                return (ParquetThrift.Read(head, ref length), length);
            }
            catch (InvalidDataException) when (head.Length == HeaderBytes)
            {
                // Longer than most: once more with room.
            }
        }
    }

    /// <summary>The same page without compression.</summary>
    public ParquetPage Unpacked(int codec)
    {
        // Version 2 leaves the levels, in front of the values, as they are.
        var levels = IsVersion2 ? (int)(Values.Number(5) + Values.Number(6)) : 0;
        var isPacked = !IsVersion2 || Values.Number(7, absent: 1) != 0;
        var body = isPacked ? [.. Body.AsSpan(0, levels), .. ParquetCodec.Unpack(codec, Body.AsSpan(levels), UnpackedBytes - levels)] : Body;
        if (IsVersion2)
        {
            Values.SetFlag(7, false);
        }

        Header.Set32(UnpackedField, body.Length);
        Header.Set32(PackedField, body.Length);
        Header.Remove(ChecksumField);
        return this with { Body = body };
    }

    public void Write(Stream target)
    {
        Header.Write(target);
        target.Write(Body);
    }
}

/// <summary>The compressions that DuckDB does not read in Parquet, and those that may come with an encoding that it does not read.</summary>
static class ParquetCodec
{
    public const int None = 0, Snappy = 1, Gzip = 2, Brotli = 4, Lz4 = 5, Lz4Raw = 7;

    public static byte[] Unpack(int codec, ReadOnlySpan<byte> packed, int length)
    {
        if (length is < 0 or > ParquetPage.MaxBytes)
        {
            throw new InvalidDataException($"A page says that it unpacks to {length} bytes.");
        }

        return codec switch
        {
            None => packed.ToArray(),
            Snappy => UnpackSnappy(packed, length),
            Gzip => Unpack(new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress), length),
            Brotli => Unpack(new BrotliStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress), length),
            Lz4 => UnpackHadoop(packed, length) ?? UnpackLz4(packed, length),
            Lz4Raw => UnpackLz4(packed, length),
            _ => throw new InvalidDataException($"Codec {codec} is not known here."),
        };
    }

    static byte[] Unpack(Stream unpacking, int length)
    {
        using (unpacking)
        {
            var unpacked = new byte[length];
            unpacking.ReadExactly(unpacked);
            return unpacked;
        }
    }

    /// <summary>Hadoop's framing of LZ4: blocks with both lengths, big-endian, in front. Null when the bytes are not framed.</summary>
    static byte[]? UnpackHadoop(ReadOnlySpan<byte> packed, int length)
    {
        var unpacked = new MemoryStream(length);
        while (packed.Length >= 8)
        {
            var full = BinaryPrimitives.ReadUInt32BigEndian(packed);
            var part = BinaryPrimitives.ReadUInt32BigEndian(packed[4..]);
            packed = packed[8..];
            if (part > packed.Length || full > length - unpacked.Length)
            {
                return null;
            }

            unpacked.Write(UnpackLz4(packed[..(int)part], (int)full));
            packed = packed[(int)part..];
        }

        return packed.IsEmpty && unpacked.Length == length ? unpacked.ToArray() : null;
    }

    /// <summary>An LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).</summary>
    static byte[] UnpackLz4(ReadOnlySpan<byte> packed, int length)
    {
        var target = new byte[length];
        int from = 0, to = 0;
        while (from < packed.Length)
        {
            var token = packed[from++];
            var literals = LengthOf(packed, ref from, token >> 4);
            packed.Slice(from, literals).CopyTo(target.AsSpan(to));
            from += literals;
            to += literals;
            if (from == packed.Length)
            {
                break;
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(packed[from..]);
            from += 2;
            to = Repeat(target, to, distance, LengthOf(packed, ref from, token & 15) + 4);
        }

        return to == length ? target : throw new InvalidDataException($"A page unpacks to {to} bytes; its header says {length}.");
    }

    static int LengthOf(ReadOnlySpan<byte> packed, ref int from, int length)
    {
        if (length < 15)
        {
            return length;
        }

        byte more;
        do
        {
            more = packed[from++];
            length = checked(length + more);
        }
        while (more == 255);
        return length;
    }

    /// <summary>Snappy's raw format (https://github.com/google/snappy/blob/main/format_description.txt).</summary>
    static byte[] UnpackSnappy(ReadOnlySpan<byte> packed, int length)
    {
        var target = new byte[length];
        var from = 0;
        while (packed[from++] >= 128)
        {
        }

        var to = 0;
        while (from < packed.Length)
        {
            var tag = packed[from++];
            var kind = tag & 3;
            if (kind == 0)
            {
                var literals = tag >> 2;
                if (literals >= 60)
                {
                    var extra = literals - 59;
                    literals = 0;
                    for (var i = 0; i < extra; i++)
                    {
                        literals |= packed[from++] << (8 * i);
                    }
                }

                packed.Slice(from, literals + 1).CopyTo(target.AsSpan(to));
                from += literals + 1;
                to += literals + 1;
            }
            else if (kind == 1)
            {
                to = Repeat(target, to, (tag >> 5) << 8 | packed[from++], ((tag >> 2) & 7) + 4);
            }
            else
            {
                var distance = kind == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(packed[from..]) : BinaryPrimitives.ReadInt32LittleEndian(packed[from..]);
                from += kind == 2 ? 2 : 4;
                to = Repeat(target, to, distance, (tag >> 2) + 1);
            }
        }

        return to == length ? target : throw new InvalidDataException($"A page unpacks to {to} bytes; its header says {length}.");
    }

    /// <summary>Copies what was written some way back; the ranges may overlap, which repeats the bytes.</summary>
    static int Repeat(byte[] target, int to, int distance, int count)
    {
        if (distance <= 0 || distance > to || count > target.Length - to)
        {
            throw new InvalidDataException("A page refers to bytes outside itself.");
        }

        for (var i = 0; i < count; i++)
        {
            target[to + i] = target[to + i - distance];
        }

        return to + count;
    }
}
