using System.Collections.Concurrent;
using Sluice.Embedding;

namespace Sluice.Labels.Masks;

/// <summary>The segmenters there are, by the name of their model. One that is open is shared.</summary>
public static class Segmenters
{
    /// <summary>Regions of like colour: what is there without a model.</summary>
    public const string Regions = "regions";

    static readonly RegionSegmenter regions = new();
    static readonly ModelDownload downloads = new(new HttpClient { Timeout = TimeSpan.FromMinutes(30) }, ModelDownload.DefaultCache());
    static readonly ConcurrentDictionary<string, Lazy<Task<Segmenter>>> open = new(StringComparer.Ordinal);

    /// <summary>Why a model may not be used in this app, or cannot be one; null: it may be opened.</summary>
    public static string? Problem(string model, AllowedModels allowed) => model == Regions ? null
        : allowed.Problem(model)
        ?? (ModelDownload.IsAddress(model) ? ModelDownload.Problem(model)
            : Directory.Exists(model) ? null
            : $"The model '{model}' is not known. Expected '{Regions}', a folder with *encoder*.onnx and *decoder*.onnx, or 'https://…/NAME.zip#sha256=HEX' of one.");

    /// <summary>Opens a model: <see cref="Regions"/>, a folder, or an address with a checksum.</summary>
    /// <exception cref="DataException">There is no such model, or it is not exported as Segment Anything is.</exception>
    /// <exception cref="TransientException">It has to be fetched and the server does not answer.</exception>
    public static async Task<Segmenter> OpenAsync(string model, CancellationToken cancellation)
    {
        if (model == Regions)
        {
            return regions;
        }

        if (Problem(model, AllowedModels.Any) is { } problem)
        {
            throw new DataException(problem);
        }

        var folder = ModelDownload.IsAddress(model) ? await downloads.FolderAsync(model, cancellation) : Path.GetFullPath(model);
        var key = $"{folder} {TextEmbedders.Stamp(folder)}";
        var opening = open.GetOrAdd(key, _ => new Lazy<Task<Segmenter>>(() => Task.Run<Segmenter>(() => new PromptableModel(folder), CancellationToken.None)));
        try
        {
            return await opening.Value.WaitAsync(cancellation);
        }
        catch (DataException)
        {
            open.TryRemove(key, out _);
            throw;
        }
    }
}
