using System.Globalization;
using Sluice.Runs;

namespace Sluice.Embedding;

/// <summary>What an embedding job is to do. It names files by content, so the same manifest always means the same vectors.</summary>
public sealed record EmbeddingManifest
{
    /// <summary>Form of this document; a job refuses any other.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Files to embed, in order; one file of vectors for each.</summary>
    public required IReadOnlyList<BatchRef> Inputs { get; init; }

    /// <summary>Text column.</summary>
    public required string Column { get; init; }

    /// <summary>Model, as <see cref="EmbeddingModel.Name"/>.</summary>
    public required string Model { get; init; }

    /// <summary>Layer, as <see cref="EmbeddingModel.Layer"/>.</summary>
    public string? Layer { get; init; }

    /// <summary>Pooling, as <see cref="EmbeddingModel.Pooling"/>.</summary>
    public string? Pooling { get; init; }

    /// <summary>Hash of all of it.</summary>
    public string Key()
    {
        var key = new MemoKey("embed-manifest").Add(Version.ToString(CultureInfo.InvariantCulture)).Add(Column).Add(Model).Add(Layer ?? "").Add(Pooling ?? "");
        return Inputs.Aggregate(key, (k, input) => k.Add(input.Sha256)).Value();
    }

    /// <summary>Where the vectors of one file are: by all that they depend on, so that another manifest, or a resumed job, finds them.</summary>
    public string VectorsPath(BatchRef input, TextEmbedder embedder)
    {
        var key = new MemoKey("embed-vectors").Add(input.Sha256).Add(Column).Add(embedder.Key).Value();
        return $"embed/vectors/{key[..2]}/{key}.npy";
    }

    /// <summary>Opens the embedder that is asked for.</summary>
    /// <exception cref="DataException">There is no such model, or it has no such layer or pooling.</exception>
    public Task<TextEmbedder> OpenAsync(CancellationToken cancellation) =>
        TextEmbedders.OpenAsync(new EmbeddingModel { Name = Model, Layer = Layer, Pooling = Pooling }, cancellation);

    public static string PathOf(string key) => $"embed/jobs/{key}/manifest.json";

    public static string ReceiptPathOf(string key) => $"embed/jobs/{key}/_SUCCESS";
}

/// <summary>What an embedding job has done. No time and no machine in it: a CPU writes the same as a GPU's host would for this model.</summary>
/// <param name="Manifest">Key of the manifest.</param>
/// <param name="Model">Model.</param>
/// <param name="Dimensions">Numbers of one vector.</param>
/// <param name="Rows">Rows of all files.</param>
/// <param name="Files">Files of vectors, as the manifest's inputs.</param>
public sealed record EmbeddingReceipt(string Manifest, string Model, int Dimensions, long Rows, IReadOnlyList<VectorFile> Files);

/// <summary>Vectors of one file.</summary>
/// <param name="Input">SHA-256 of the file that was embedded.</param>
/// <param name="Path">NumPy file of float32, rows × dimensions.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Hash of the file.</param>
public sealed record VectorFile(string Input, string Path, int Rows, long Bytes, string Sha256);
