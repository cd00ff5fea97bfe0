using System.Globalization;
using System.Text.Json;

namespace Sluice.Embedded;

/// <summary>One version of one blob: a file that has come to rest.</summary>
sealed record BlobEvent(string Container, string Name, string File, long Size, DateTime LastModifiedUtc, string Hash)
{
    /// <summary>Changes whenever size, time or content does.</summary>
    internal string ETag => string.Create(CultureInfo.InvariantCulture, $"\"0x{Size:X}-{LastModifiedUtc.Ticks:X}-{Hash}\"");

    /// <summary>What Azure's trigger says about a blob, and the named parts of its path.</summary>
    internal Dictionary<string, object?> BindingData(Dictionary<string, object?> parts) => new(parts, StringComparer.OrdinalIgnoreCase)
    {
        ["BlobTrigger"] = $"{Container}/{Name}",
        ["Uri"] = new Uri(File).AbsoluteUri,
        ["Properties"] = JsonSerializer.Serialize(new
        {
            ETag,
            ContentLength = Size,
            LastModified = new DateTimeOffset(LastModifiedUtc),
            ContentType = "application/octet-stream",
        }),
        ["Metadata"] = "{}",
    };

    internal FileStream OpenRead() =>
        new(File, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
