using Azure.Storage.Blobs;

namespace Sluice.Functions.Storage;

/// <summary>Opens containers of the data account.</summary>
static class BlobContainer
{
    public static BlobContainerClient At(DataConnection connection, string container)
    {
        try
        {
            var account = connection.ConnectionString is { } text ? new BlobServiceClient(text) : new BlobServiceClient(connection.Blobs, connection.Credential);
            return account.GetBlobContainerClient(container);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw DataConnection.Unreadable(e);
        }
    }

    /// <summary>In Azure the deployment does; this is for emulators and first runs.</summary>
    public static Task CreateIfMissingAsync(BlobContainerClient container, CancellationToken cancellation) => ServiceFaults.GuardAsync(
        $"container \"{container.Uri}\"", async () => await container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation);
}
