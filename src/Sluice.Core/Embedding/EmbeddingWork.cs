using System.Security.Cryptography;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>
/// Does what a manifest asks for: the whole of the embedding job, in its container, in a child process or in the app itself. Every file is
/// published create-if-absent under a name that is a function of the work, so the job can be killed, run twice at once and run again.
/// </summary>
public sealed class EmbeddingWork(ObjectStore store, BatchFiles batches)
{
    readonly VectorStore rows = new(store);

    /// <summary>Files at once. Each holds its texts in memory.</summary>
    public int Parallelism { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Writes the manifest unless it is there; returns its key.</summary>
    /// <exception cref="DataException">The manifest asks for what cannot be.</exception>
    public async Task<string> PrepareAsync(EmbeddingManifest manifest, CancellationToken cancellation)
    {
        await manifest.OpenAsync(cancellation);
        var key = manifest.Key();
        await store.CreateAsync(EmbeddingManifest.PathOf(key), DocumentJson.Bytes(manifest), cancellation);
        return key;
    }

    /// <summary>Embeds what is not yet embedded, then writes the receipt.</summary>
    /// <param name="key">Key of a manifest that was prepared.</param>
    /// <param name="done">Told after each file: files done, of how many.</param>
    /// <param name="cancellation">Stops between files; those that are done stay.</param>
    /// <exception cref="DataException">The manifest is missing or not for this version, or a file lacks the text column.</exception>
    public async Task<EmbeddingReceipt> RunAsync(string key, Action<int, int>? done, CancellationToken cancellation)
    {
        if (await ReceiptAsync(key, cancellation) is { } earlier)
        {
            return earlier;
        }

        var manifest = await ManifestAsync(key, cancellation);
        var embedder = await manifest.OpenAsync(cancellation);
        var files = new VectorFile[manifest.Inputs.Count];
        var finished = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation };
        await Parallel.ForAsync(0, files.Length, parallel, async (i, stop) =>
        {
            files[i] = await EmbedAsync(manifest, manifest.Inputs[i], embedder, stop);
            done?.Invoke(Interlocked.Increment(ref finished), files.Length);
        });

        var receipt = new EmbeddingReceipt(key, manifest.Model, embedder.Dimensions, files.Sum(f => (long)f.Rows), files);
        await store.CreateAsync(EmbeddingManifest.ReceiptPathOf(key), DocumentJson.Bytes(receipt), cancellation);
        return receipt;
    }

    /// <summary>The receipt, when the job is done and all that it names is there; null when it is not done.</summary>
    /// <exception cref="DataException">A file of vectors that the receipt names is gone or has another size.</exception>
    public async Task<EmbeddingReceipt?> ReceiptAsync(string key, CancellationToken cancellation)
    {
        var path = EmbeddingManifest.ReceiptPathOf(key);
        if (await store.StatAsync(path, cancellation) is null)
        {
            return null;
        }

        var receipt = DocumentJson.Parse<EmbeddingReceipt>(await store.ReadAsync(path, cancellation));
        foreach (var file in receipt.Files)
        {
            var found = await store.StatAsync(file.Path, cancellation);
            if (found?.Bytes != file.Bytes)
            {
                throw new DataException(
                    $"The vectors \"{file.Path}\" in {store.Location} {(found is null ? "are not there" : $"have {found.Bytes:N0} bytes")}; the receipt \"{path}\" says {file.Bytes:N0} bytes. " +
                    "Delete the receipt and embed again.");
            }
        }

        return receipt;
    }

    async Task<EmbeddingManifest> ManifestAsync(string key, CancellationToken cancellation)
    {
        var manifest = DocumentJson.Parse<EmbeddingManifest>(await store.ReadAsync(EmbeddingManifest.PathOf(key), cancellation));
        return manifest.Version == 1 && manifest.Key() == key
            ? manifest
            : throw new DataException(
                $"The manifest \"{EmbeddingManifest.PathOf(key)}\" in {store.Location} is not the one of its name: found version {manifest.Version} and key {manifest.Key()}. " +
                "It was changed, or written by another version of Sluice. Delete it and embed again.");
    }

    async Task<VectorFile> EmbedAsync(EmbeddingManifest manifest, BatchRef input, TextEmbedder embedder, CancellationToken cancellation)
    {
        var path = manifest.VectorsPath(input, embedder);
        if (await store.StatAsync(path, cancellation) is null)
        {
            var texts = await DatasetVectors.TextsAsync(batches, input, manifest.Column, cancellation);
            await PublishAsync(path, texts, embedder, cancellation);
        }

        // Of the file that is there, which another job may have published first.
        using var local = await store.LocalAsync(path, cancellation);
        await using var stream = File.OpenRead(local.Path);
        return new VectorFile(input.Sha256, path, input.Rows, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)));
    }

    async Task PublishAsync(string path, TextColumn texts, TextEmbedder embedder, CancellationToken cancellation)
    {
        var scratch = store.NewScratchFile(".npy");
        try
        {
            await using (var stream = new FileStream(scratch, FileMode.CreateNew, FileAccess.Write))
            {
                NpyFile.WriteHeader(stream, texts.Rows, embedder.Dimensions);
                for (var row = 0; row < texts.Rows; row += VectorStore.RowsAtOnce)
                {
                    var some = texts.Slice(row, Math.Min(VectorStore.RowsAtOnce, texts.Rows - row));
                    NpyFile.WriteRows(stream, (await rows.EmbedAsync(embedder, some, cancellation)).Values);
                }
            }

            await store.PublishAsync(path, scratch, cancellation);
        }
        catch (IOException cause)
        {
            throw StoreException.From(store.Location, cause);
        }
        finally
        {
            // Publishing consumes the file; anything else leaves it.
            File.Delete(scratch);
        }
    }
}
