using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.Embedding;

namespace Sluice.Functions.Activities;

/// <summary>Writes the manifest of an embedding: the files of a dataset's version, in order.</summary>
public sealed class PrepareEmbedding(DatasetCatalogue catalogue, EmbeddingWork work)
{
    /// <returns>Key of the manifest.</returns>
    [Function(nameof(PrepareEmbedding))]
    public async Task<string> RunAsync([ActivityTrigger] EmbedRequest request, CancellationToken cancellation)
    {
        var (_, version) = await catalogue.ShowAsync(request.Dataset, request.Version, cancellation);
        var manifest = new EmbeddingManifest
        {
            Inputs = [.. version.Files.Select(f => f.File)],
            Column = request.Column,
            Model = request.Model,
            Layer = request.Layer,
            Pooling = request.Pooling,
        };
        return await work.PrepareAsync(manifest, cancellation);
    }
}

/// <summary>Vectors to be made of a text column of a version.</summary>
public sealed record EmbedRequest(string Dataset, string Version, string Column, string Model, string? Layer = null, string? Pooling = null);
