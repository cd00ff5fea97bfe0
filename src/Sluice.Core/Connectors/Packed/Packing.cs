using System.IO.Compression;
using Sluice.Native;

namespace Sluice.Connectors;

/// <summary>How the bytes of a file are compressed.</summary>
enum Packing
{
    None,
    Gzip,
    Zstandard,
}

/// <summary>Tells compressed files by their first bytes, whatever they are called, and opens them.</summary>
static class Packings
{
    static readonly string[] extensions = [".gz", ".gzip", ".zst", ".zstd"];

    public static Packing Of(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        head = head[..RandomAccess.Read(handle, head, 0)];
        return head.StartsWith<byte>([0x1F, 0x8B, 0x08]) ? Packing.Gzip
            : head.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) ? Packing.Zstandard
            : Packing.None;
    }

    /// <summary>What it holds, as a stream. Its errors are <see cref="InvalidDataException"/>.</summary>
    public static Stream Open(string path, Packing packing)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 17, FileOptions.SequentialScan);
        return packing switch
        {
            Packing.Gzip => new GZipStream(file, CompressionMode.Decompress),
            Packing.Zstandard => new ZstdStream(file),
            _ => file,
        };
    }

    /// <summary>The path without the ending of a compressed file: <c>a.csv.gz</c> is a <c>.csv</c>.</summary>
    public static string WithoutExtension(string path) =>
        extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? path[..^Path.GetExtension(path).Length] : path;
}
