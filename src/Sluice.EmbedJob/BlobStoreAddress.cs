using Azure.Storage.Blobs;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>The store that an address names: a folder, or a blob container that this identity may read and write.</summary>
static class BlobStoreAddress
{
    public static ObjectStore Open(string location)
    {
        if (!location.Contains("://", StringComparison.Ordinal))
        {
            return new FolderStore(location);
        }

        if (!Uri.TryCreate(location, UriKind.Absolute, out var container) || container.Scheme != Uri.UriSchemeHttps)
        {
            throw new StoreException($"The store '{location}' cannot be used. Expected a folder, or a container such as 'https://myaccount.blob.core.windows.net/sluice'.");
        }

        // Of a user-assigned identity, which a container cannot find by itself.
        var clientId = Environment.GetEnvironmentVariable("AZURE_CLIENT_ID");
        return new BlobStore(new BlobContainerClient(container, AzureCredential.Of(clientId, isManagedIdentity: false)), new LocalCache(Path.Combine(Path.GetTempPath(), "sluice-embed")));
    }
}
