using System.Security.Cryptography;
using System.Text;
using Sluice.Connectors;
using Sluice.Runs;

namespace Sluice.Embedding;

/// <summary>The image files of a folder, by the names that rows give them. Only files that the run listed and hashed are ever opened.</summary>
sealed class ImagePaths(string folder, InputFiles inputs, IReadOnlyList<InputDigest> digests)
{
    /// <summary>Bytes of a file's SHA-256 that say which content is meant.</summary>
    public const int ContentBytes = 16;

    readonly string root = Root(folder);

    /// <summary>What the folder holds, as a file_path.</summary>
    public static string All(string folder) => $"{Root(folder)}**";

    /// <summary>A file's name in the folder; null: the path leads out of it, or could.</summary>
    public static string? Name(ReadOnlySpan<byte> cell)
    {
        var path = Encoding.UTF8.GetString(cell).Replace('\\', '/');
        var segments = path.Split('/').Where(s => s is not ("" or ".")).ToArray();
        return path.StartsWith('/') || path.Contains(':') || path.Contains('\0') || segments.Length == 0 || segments.Contains("..") ? null : string.Join('/', segments);
    }

    /// <summary>The first bytes of the SHA-256 of every file, by its name in the folder.</summary>
    public Dictionary<string, byte[]> Contents() => digests.Where(d => d.File.Replace('\\', '/').StartsWith(root, StringComparison.Ordinal))
        .ToDictionary(d => d.File.Replace('\\', '/')[root.Length..], d => Convert.FromHexString(d.Sha256)[..ContentBytes], StringComparer.Ordinal);

    /// <summary>Size of a file.</summary>
    public long BytesOf(string name) => sizes.Value.GetValueOrDefault(root + name);

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="SourceException">They are not those that the run began with.</exception>
    public byte[] Read(string name, ReadOnlySpan<byte> content)
    {
        using var local = inputs.OpenAsync(root + name, CancellationToken.None).GetAwaiter().GetResult();
        var bytes = File.ReadAllBytes(local.Path);
        return SHA256.HashData(bytes).AsSpan(0, ContentBytes).SequenceEqual(content)
            ? bytes
            : throw new SourceException($"The file \"{root}{name}\" has changed since the run began. Expected the content that the version will name. Start the run again.");
    }

    readonly Lazy<Dictionary<string, long>> sizes = new(() => digests.DistinctBy(d => d.File).ToDictionary(d => d.File.Replace('\\', '/'), d => d.Bytes, StringComparer.Ordinal));

    // As the listing of a folder writes it: nothing for the base folder itself.
    static string Root(string folder)
    {
        var path = string.Join('/', folder.Replace('\\', '/').Split('/').Where((s, i) => s != "." && (s.Length > 0 || i == 0)));
        return path.Length == 0 && !folder.StartsWith('/') ? "" : path.TrimEnd('/') + "/";
    }
}
