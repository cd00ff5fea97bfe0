using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>Zstandard frames as a stream of what they hold, front to back.</summary>
sealed unsafe class ZstdStream : Stream
{
    readonly Stream packed;
    readonly byte[] input = new byte[128 << 10];
    nint decoder;
    int from;
    int end;
    bool inFrame;

    /// <exception cref="EntryPointNotFoundException">DuckDB's library does not export the decoder on this platform.</exception>
    public ZstdStream(Stream packed)
    {
        this.packed = packed;
        decoder = ZstdLibrary.Create();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">The frames are damaged or end too early.</exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(decoder == 0, this);
        while (!buffer.IsEmpty)
        {
            if (from == end)
            {
                (from, end) = (0, packed.Read(input));
                if (end == 0 && !inFrame)
                {
                    return 0;
                }
            }

            var written = Decompress(buffer);
            if (written > 0)
            {
                return written;
            }

            if (end == 0)
            {
                throw new InvalidDataException("the Zstandard data ends too early");
            }
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (decoder != 0)
        {
            ZstdLibrary.Free(decoder);
            decoder = 0;
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    int Decompress(Span<byte> buffer)
    {
        fixed (byte* source = input, target = buffer)
        {
            var given = new ZstdLibrary.Span { Start = (nint)source, Length = (nuint)end, Position = (nuint)from };
            var taken = new ZstdLibrary.Span { Start = (nint)target, Length = (nuint)buffer.Length };
            var code = ZstdLibrary.Decompress(decoder, ref taken, ref given);
            if (ZstdLibrary.IsError(code) != 0)
            {
                throw new InvalidDataException($"the Zstandard data is damaged ({Marshal.PtrToStringUTF8(ZstdLibrary.ErrorName(code))})");
            }

            from = (int)given.Position;
            inFrame = code != 0;
            return (int)taken.Position;
        }
    }
}
