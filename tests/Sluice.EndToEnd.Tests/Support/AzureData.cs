using Azure.Storage.Blobs;
using Sluice.Functions.Tests.Storage;

namespace Sluice.EndToEnd;

/// <summary>Containers and a table of their own on Microsoft's emulator, and the settings that name them.</summary>
public sealed class AzureData
{
    readonly Azurite azurite;

    AzureData(Azurite azurite, string name, string cache)
    {
        this.azurite = azurite;
        Store = azurite.Container(name);
        Settings = new()
        {
            ["Sluice__Storage"] = "Azure",
            ["Data"] = azurite.ConnectionString,
            ["Sluice__Container"] = name,
            ["Sluice__Table"] = name.Replace("-", "", StringComparison.Ordinal),
            ["Sluice__Cache"] = cache,
        };
    }

    /// <summary>Container of the store.</summary>
    public BlobContainerClient Store { get; }

    public Dictionary<string, string> Settings { get; }

    public static async Task<AzureData> NewAsync(string cache) => new(await Azurite.SharedAsync(), "e2e-" + Guid.CreateVersion7().ToString("N"), cache);

    /// <summary>Uploads a file as a browser or azcopy would.</summary>
    public async Task UploadAsync(string pipeline, string file)
    {
        var incoming = azurite.Container("incoming");
        await incoming.CreateIfNotExistsAsync();
        await incoming.GetBlobClient($"{pipeline}/{Path.GetFileName(file)}").UploadAsync(file, overwrite: true);
    }

    /// <summary>The container as a folder, for those who read stores without the program.</summary>
    public async Task DownloadAsync(string target)
    {
        await foreach (var blob in Store.GetBlobsAsync())
        {
            var file = Path.Combine(target, blob.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await Store.GetBlobClient(blob.Name).DownloadToAsync(file);
        }
    }
}
