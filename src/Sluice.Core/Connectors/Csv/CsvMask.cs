using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sluice.Connectors;

/// <summary>Which of 64 bytes are special, one bit each.</summary>
readonly struct CsvMask(byte a, byte b, byte c)
{
    public const int Block = 64;

    /// <summary>The bytes given, and line feed and carriage return.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ref byte origin, int at)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = Vector512.LoadUnsafe(ref origin, (nuint)at);
            return (Vector512.Equals(bytes, Vector512.Create(a)) | Vector512.Equals(bytes, Vector512.Create(b)) | Vector512.Equals(bytes, Vector512.Create(c))
                | Vector512.Equals(bytes, Vector512.Create((byte)'\n')) | Vector512.Equals(bytes, Vector512.Create((byte)'\r'))).ExtractMostSignificantBits();
        }

        return Half(ref origin, at) | ((ulong)Half(ref origin, at + (Block / 2)) << (Block / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint Half(ref byte origin, int at)
    {
        var bytes = Vector256.LoadUnsafe(ref origin, (nuint)at);
        return (Vector256.Equals(bytes, Vector256.Create(a)) | Vector256.Equals(bytes, Vector256.Create(b)) | Vector256.Equals(bytes, Vector256.Create(c))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\n')) | Vector256.Equals(bytes, Vector256.Create((byte)'\r'))).ExtractMostSignificantBits();
    }
}
