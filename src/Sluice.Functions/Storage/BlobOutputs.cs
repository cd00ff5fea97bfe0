using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Sluice.Connectors;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>Outputs below a folder of a container: written on this machine, uploaded when they are whole.</summary>
/// <param name="container">Where to.</param>
/// <param name="folder">Names with '/' between them; nothing is written outside of it.</param>
/// <param name="cache">Has room for files that are being written.</param>
/// <param name="options">How blobs are transferred.</param>
public sealed class BlobOutputs(BlobContainerClient container, string folder, LocalCache cache, BlobStore.Options? options = null) : OutputFiles
{
    readonly BlobUpload upload = new(options ?? new BlobStore.Options());

    string Location => $"{container.Uri}/{folder}";

    public override string Place(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0') || path.EndsWith('/'))
        {
            throw NotAFile(path);
        }

        var names = BlobPath.Resolve([], path) ?? throw Outside(path, Location);
        if (names.Length == 0)
        {
            throw new SinkException($"The output \"{path}\" is a folder; expected a file. Add a file name to file_path.");
        }

        // Two of the service's rules: libraries turn '\' into '/', and a dot at the end of a name is lost.
        var placed = string.Join('/', names);
        return placed.Length + folder.Length < BlobPath.MaxLength && !names.Any(name => name.Contains('\\') || name.EndsWith('.') || name.Any(char.IsControl))
            ? placed
            : throw new SinkException(
                $"The output \"{path}\" cannot be the name of a blob. Expected at most {BlobPath.MaxLength - folder.Length - 1} characters, without '\\' and control characters, "
                + "and no name that ends with a dot. Change file_path.");
    }

    public override string? LocalPath(string path) => null;

    public override string FolderOf(string path) => Path.GetDirectoryName(cache.NewScratchFile(""))!;

    /// <summary>Nothing: containers have no folders, and what a killed writer uploaded was never seen and is thrown away by the service.</summary>
    public override void Prepare(string path)
    {
    }

    public override OutputFile Start(string path) => new Output(path, Blob(path), Location, upload, cache.NewScratchFile(""));

    public override Task<long?> BytesAsync(string path, CancellationToken cancellation) => ServiceFaults.GuardAsync(
        $"container \"{container.Uri}\"", async () => (await BlobAnswers.PropertiesAsync(Blob(path), cancellation))?.ContentLength, cancellation);

    BlockBlobClient Blob(string path) => container.GetBlockBlobClient($"{folder}/{path}");

    sealed class Output : OutputFile
    {
        readonly string path;
        readonly BlockBlobClient blob;
        readonly string location;
        readonly BlobUpload upload;

        public Output(string path, BlockBlobClient blob, string location, BlobUpload upload, string scratch)
        {
            (this.path, this.blob, this.location, this.upload) = (path, blob, location, upload);
            Scratch = scratch;
            File.Create(scratch).Dispose();
        }

        public override string Scratch { get; }

        public override Task PublishAsync(bool overwrite, CancellationToken cancellation) => ServiceFaults.GuardAsync(
            $"container \"{location}\"",
            async () =>
            {
                var conditions = overwrite ? null : new BlobRequestConditions { IfNoneMatch = ETag.All };
                return await upload.FileAsync(blob, Scratch, conditions, cancellation) || await IsThereAsync(cancellation) ? true : throw Taken(path);
            },
            cancellation);

        public override void Dispose() => File.Delete(Scratch);

        async Task<bool> IsThereAsync(CancellationToken cancellation)
        {
            await using var mine = File.OpenRead(Scratch);
            using var theirs = (await blob.DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            if (theirs.Details.ContentLength != mine.Length)
            {
                return false;
            }

            var expected = await SHA256.HashDataAsync(mine, cancellation);
            var found = await SHA256.HashDataAsync(theirs.Content, cancellation);
            return expected.AsSpan().SequenceEqual(found);
        }
    }
}
