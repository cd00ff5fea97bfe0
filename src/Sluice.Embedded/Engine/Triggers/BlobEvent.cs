using System.Text.Json;

namespace Sluice.Embedded;

/// <summary>One version of one blob.</summary>
/// <param name="Container">Its container.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Uri">Its address; of a file, the file's.</param>
/// <param name="ETag">Another one for every version.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModifiedUtc">When it was written.</param>
/// <param name="OpenReadAsync">Opens this version.</param>
sealed record BlobEvent(
    string Container, string Name, Uri Uri, string ETag, long Size, DateTime LastModifiedUtc, Func<CancellationToken, Task<Stream>> OpenReadAsync)
{
    /// <summary>What Azure's trigger says about a blob, and the named parts of its path.</summary>
    internal Dictionary<string, object?> BindingData(Dictionary<string, object?> parts) => new(parts, StringComparer.OrdinalIgnoreCase)
    {
        ["BlobTrigger"] = $"{Container}/{Name}",
        ["Uri"] = Uri.AbsoluteUri,
        ["Properties"] = JsonSerializer.Serialize(new
        {
            ETag,
            ContentLength = Size,
            LastModified = new DateTimeOffset(LastModifiedUtc),
            ContentType = "application/octet-stream",
        }),
        ["Metadata"] = "{}",
    };

    internal async Task<byte[]> ReadAllAsync(CancellationToken cancellation)
    {
        await using var stream = await OpenReadAsync(cancellation);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellation);
        return content.ToArray();
    }
}
