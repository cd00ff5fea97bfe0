using Azure;
using Azure.Storage.Blobs.Models;

namespace Sluice.Functions.Storage;

/// <content>Writing. Of two writers the service decides.</content>
public sealed partial class BlobStore
{
    public override Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(() => BlobUpload.BytesAsync(blob, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellation), cancellation);
    }

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation)
    {
        if (etag is null)
        {
            return CreateAsync(path, content, cancellation);
        }

        var blob = Blob(path);
        var conditions = new BlobRequestConditions { IfMatch = BlobAnswers.Quoted(etag) };
        return GuardAsync(() => BlobUpload.BytesAsync(blob, content, conditions, cancellation), cancellation);
    }

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation)
    {
        var blob = Blob(path);
        return GuardAsync(
            async () =>
            {
                try
                {
                    var published = await BlobAnswers.PropertiesAsync(blob, cancellation) is null && await upload.FileAsync(
                        blob,
                        File.Exists(localFile) ? localFile : throw NoLocalFile(path, localFile),
                        new BlobRequestConditions { IfNoneMatch = ETag.All },
                        cancellation);
                    File.Delete(localFile);
                    return published;
                }
                catch (Exception e) when (ServiceFaults.IsOfDisk(e))
                {
                    throw StoreException.From($"folder \"{Path.GetDirectoryName(localFile)}\"", e);
                }
            },
            cancellation);
    }
}
