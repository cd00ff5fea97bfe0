using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Connectors;

/// <summary>
/// A file passing through a buffer once, front to back, while the parts that shards are made of are hashed. Wide encodings pass as UTF-8;
/// positions are still those of the file. Large reads are used and not a memory map: a file that shrinks under a map ends the process.
/// </summary>
sealed class TextScan : IDisposable
{
    /// <summary>Bytes past <see cref="End"/> that may be read: a vector load may start at the last byte.</summary>
    public const int Padding = 64;

    // Small enough that a chunk is still in the core's cache when it is hashed.
    const int ChunkBytes = 256 << 10;

    readonly SafeFileHandle handle;
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly string encoding;
    long readTo;
    int hashedTo;
    int mark;
    long rawAtMark;
    long partOffset;
    bool inPart;

    /// <param name="path">Local file.</param>
    /// <param name="encoding">Its encoding; of one byte a character: the bytes pass as they are.</param>
    /// <param name="start">First byte to pass: after a byte order mark.</param>
    public TextScan(string path, string encoding, long start)
    {
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        this.encoding = encoding;
        UnitBytes = TextEncodings.UnitBytes(encoding);
        readTo = rawAtMark = partOffset = start;
    }

    /// <summary>Bytes of a code unit in the file.</summary>
    public int UnitBytes { get; }

    public byte[] Buffer { get; private set; } = new byte[ChunkBytes + Padding];

    /// <summary>Bytes of the buffer that are filled.</summary>
    public int End { get; private set; }

    /// <summary>Nothing comes after what is in the buffer.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Position in the file of the first byte above 0x7F so far, or -1. Not for wide encodings.</summary>
    public long FirstHighByte { get; private set; } = -1;

    /// <summary>Position in the file of a byte of the buffer.</summary>
    public long RawOf(int at)
    {
        if (UnitBytes == 1)
        {
            return rawAtMark + at - mark;
        }

        if (at < mark)
        {
            return rawAtMark - ((long)UnitBytes * TextEncodings.CountUnits(Buffer.AsSpan(at, mark - at), UnitBytes));
        }

        rawAtMark += (long)UnitBytes * TextEncodings.CountUnits(Buffer.AsSpan(mark, at - mark), UnitBytes);
        mark = at;
        return rawAtMark;
    }

    /// <summary>Drops what lies before a position, which becomes 0, and reads more.</summary>
    public void Refill(int keepFrom)
    {
        Hash(keepFrom);
        rawAtMark = RawOf(keepFrom);
        mark = 0;
        hashedTo -= Math.Min(hashedTo, keepFrom);
        System.Buffer.BlockCopy(Buffer, keepFrom, Buffer, 0, End - keepFrom);
        End -= keepFrom;
        if (End > (Buffer.Length - Padding) / 2)
        {
            var larger = new byte[((Buffer.Length - Padding) * 2) + Padding];
            System.Buffer.BlockCopy(Buffer, 0, larger, 0, End);
            Buffer = larger;
        }

        if (UnitBytes == 1)
        {
            Read();
        }
        else
        {
            ReadWide();
        }
    }

    /// <summary>The next part begins here; what lies between parts belongs to none.</summary>
    public void BeginPart(int at)
    {
        hashedTo = at;
        partOffset = RawOf(at);
        inPart = true;
    }

    /// <summary>Ends the part here.</summary>
    public (long Offset, long Length, string Sha256) EndPart(int at)
    {
        Hash(at);
        inPart = false;

        // Bytes too few for a unit at the end of the file pass as one unit.
        var length = Math.Min(RawOf(at), readTo) - partOffset;
        return (partOffset, length, UnitBytes == 1 ? Convert.ToHexStringLower(hash.GetHashAndReset()) : HashRange(partOffset, length));
    }

    /// <summary>Bytes of the file as they are, for a look ahead.</summary>
    public byte[] Peek(long offset, int length)
    {
        var bytes = new byte[length];
        return bytes[..RandomAccess.Read(handle, bytes, offset)];
    }

    public void Dispose()
    {
        handle.Dispose();
        hash.Dispose();
    }

    void Hash(int to)
    {
        if (inPart && to > hashedTo && UnitBytes == 1)
        {
            hash.AppendData(Buffer.AsSpan(hashedTo, to - hashedTo));
        }

        hashedTo = Math.Max(hashedTo, to);
    }

    void Read()
    {
        var read = RandomAccess.Read(handle, Buffer.AsSpan(End, Buffer.Length - Padding - End), readTo);
        AtEnd = read == 0;
        if (FirstHighByte < 0 && !Ascii.IsValid(Buffer.AsSpan(End, read)))
        {
            FirstHighByte = readTo + Buffer.AsSpan(End, read).IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        }

        readTo += read;
        End += read;
    }

    void ReadWide()
    {
        // UTF-16 grows by half at most on its way to UTF-8.
        var raw = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        var read = RandomAccess.Read(handle, raw.AsSpan(0, ChunkBytes), readTo);
        var whole = RandomAccess.GetLength(handle) <= readTo + read;
        var utf8 = new ArrayBufferWriter<byte>(ChunkBytes);
        readTo += TextEncodings.ToUtf8(raw.AsSpan(0, read), encoding, whole, utf8);
        ArrayPool<byte>.Shared.Return(raw);
        AtEnd = read == 0;
        if (End + utf8.WrittenCount > Buffer.Length - Padding)
        {
            var larger = new byte[Math.Max(Buffer.Length * 2, End + utf8.WrittenCount + Padding)];
            System.Buffer.BlockCopy(Buffer, 0, larger, 0, End);
            Buffer = larger;
        }

        utf8.WrittenSpan.CopyTo(Buffer.AsSpan(End));
        End += utf8.WrittenCount;
    }

    string HashRange(long offset, long length)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        while (length > 0 && RandomAccess.Read(handle, chunk.AsSpan(0, (int)Math.Min(length, ChunkBytes)), offset) is var read and > 0)
        {
            hash.AppendData(chunk.AsSpan(0, read));
            offset += read;
            length -= read;
        }

        ArrayPool<byte>.Shared.Return(chunk);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
