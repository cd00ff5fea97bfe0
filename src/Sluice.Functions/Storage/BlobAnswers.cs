using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Sluice.Functions.Storage;

/// <summary>What answers of the Blob service mean.</summary>
static class BlobAnswers
{
    // A lease, or a container that goes away, says nothing about what another writer did.
    public static bool IsConflict(RequestFailedException e) =>
        e.Status is 409 or 412 && e.ErrorCode != BlobErrorCode.ContainerBeingDeleted && e.ErrorCode != BlobErrorCode.LeaseIdMissing;

    // A missing container is another matter: it is the store that is wrong, not the path.
    public static bool IsAbsent(RequestFailedException e) => e.Status == 404 && e.ErrorCode != BlobErrorCode.ContainerNotFound;

    /// <summary>Null: there is no such blob.</summary>
    public static async Task<BlobProperties?> PropertiesAsync(BlobBaseClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (IsAbsent(e))
        {
            return null;
        }
    }

    // Listings give ETags without quotation marks, headers with.
    public static string Bare(ETag etag) => etag.ToString().Trim('"');

    public static ETag Quoted(string etag) => new($"\"{etag}\"");
}
