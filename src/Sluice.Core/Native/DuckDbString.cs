using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>
/// duckdb_string_t: 4 bytes of length, then either up to 12 bytes of content, or 4 bytes of prefix and a pointer.
/// Valid only as long as the chunk it was read from.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
readonly unsafe struct DuckDbString
{
    /// <summary>Content of up to this many bytes lies in the struct itself.</summary>
    internal const int MaxInlined = 12;

    [FieldOffset(0)] readonly uint length;
    [FieldOffset(4)] readonly byte inlined;
    [FieldOffset(4)] readonly uint prefix;
    [FieldOffset(8)] readonly byte* pointer;

    /// <summary>Makes a string of at most 12 bytes. Unused bytes are zero, because DuckDB compares them as well.</summary>
    internal DuckDbString(ReadOnlySpan<byte> content)
    {
        length = (uint)content.Length;
        var target = MemoryMarshal.CreateSpan(ref inlined, MaxInlined);
        target.Clear();
        content.CopyTo(target);
    }

    DuckDbString(byte* content, int length)
    {
        this.length = (uint)length;
        prefix = Unsafe.ReadUnaligned<uint>(content);
        pointer = content;
    }

    /// <summary>A string that lies there: memory that stays in place while DuckDB may look at it.</summary>
    internal static DuckDbString At(byte* content, int length) =>
        length <= MaxInlined ? new DuckDbString(new ReadOnlySpan<byte>(content, length)) : new DuckDbString(content, length);

    /// <summary>Bytes, not characters.</summary>
    public int Length => checked((int)length);

    /// <summary>The content, in place. UTF-8 for VARCHAR.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => length <= MaxInlined
        ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in inlined), (int)length)
        : new ReadOnlySpan<byte>(pointer, Length);
}
