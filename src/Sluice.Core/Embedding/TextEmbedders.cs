using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Embedding;

/// <summary>The embedders there are, by the name of their model.</summary>
public static class TextEmbedders
{
    const string Hashing = "hashing-";

    // A session takes a second to open and its weights' memory. One that is pushed out goes when nobody uses it any more.
    const int MaxOpen = 8;
    static readonly ModelDownload downloads = new(new HttpClient { Timeout = TimeSpan.FromMinutes(30) }, ModelDownload.DefaultCache());
    static readonly ConcurrentDictionary<string, Lazy<Task<TextEmbedder>>> open = new(StringComparer.Ordinal);
    static readonly ConcurrentDictionary<string, string> contents = new(StringComparer.Ordinal);

    /// <summary>Opens a model; one that is open already is shared, with its threads and memory.</summary>
    /// <exception cref="DataException">There is no such model, it is damaged, or it has no such layer or pooling.</exception>
    /// <exception cref="TransientException">It has to be fetched and the server does not answer.</exception>
    public static Task<TextEmbedder> OpenAsync(EmbeddingModel model, CancellationToken cancellation) => OpenAsync(model, downloads, cancellation);

    /// <summary>What is wrong with a model's name and options, as far as can be told without opening it; null: nothing.</summary>
    public static string? Problem(EmbeddingModel model)
    {
        try
        {
            if (model.Layer is not null)
            {
                LayerExpression.Parse(model.Layer);
            }

            if (model.Pooling is not null)
            {
                Poolings.Parse(model.Pooling);
            }

            if (IsHashing(model))
            {
                HashingOf(model);
            }
        }
        catch (DataException e)
        {
            return e.Message;
        }

        return IsBundled(model.Name) ? null
            : ModelDownload.IsAddress(model.Name) ? ModelDownload.Problem(model.Name)
            : Directory.Exists(model.Name) ? null
            : $"The model '{model.Name}' is not known. Expected '{EmbeddingModel.Default}', '{Hashing}512', a folder that exists, or 'https://…/NAME.zip#sha256=HEX'.";
    }

    /// <summary>What a model's vectors depend on besides its name and options: the content of a folder's files. A bundled or fetched model never changes under its name.</summary>
    public static string ContentOf(EmbeddingModel model)
    {
        if (IsBundled(model.Name) || ModelDownload.IsAddress(model.Name) || !Directory.Exists(model.Name))
        {
            return "";
        }

        var folder = Path.GetFullPath(model.Name);
        return contents.GetOrAdd($"{folder} {Stamp(folder)}", _ => HashOf(folder));
    }

    static string HashOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static async Task<TextEmbedder> OpenAsync(EmbeddingModel model, ModelDownload downloads, CancellationToken cancellation)
    {
        if (Problem(model) is { } problem)
        {
            throw new DataException(problem);
        }

        if (IsHashing(model))
        {
            return HashingOf(model);
        }

        var folder = model.Name == EmbeddingModel.Default ? null : ModelDownload.IsAddress(model.Name) ? await downloads.FolderAsync(model.Name, cancellation) : Path.GetFullPath(model.Name);
        var key = $"{model.Key()} {model.BatchSize} {folder} {Stamp(folder)}";
        // Opened off this thread: whoever waits may give up, and the next one finds it open.
        var opening = open.GetOrAdd(key, _ => new Lazy<Task<TextEmbedder>>(
            () => Task.Run<TextEmbedder>(() => new NeuralEmbedder(folder is null ? BundledModels.UseLite() : ModelFolder.Read(folder), model), CancellationToken.None)));
        while (open.Count > MaxOpen && open.Keys.FirstOrDefault(other => other != key) is { } pushed)
        {
            open.TryRemove(pushed, out _);
        }

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

    // A folder may get another model; its own tools then change the time of some file.
    internal static string Stamp(string? folder) => folder is null ? ""
        : string.Join(' ', new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Length}:{f.LastWriteTimeUtc.Ticks}")));

    /// <summary>Whether a model comes with Sluice, and needs neither a folder nor the web.</summary>
    internal static bool IsBundled(string name) => name == EmbeddingModel.Default || name.StartsWith(Hashing, StringComparison.Ordinal);

    static bool IsHashing(EmbeddingModel model) => model.Name.StartsWith(Hashing, StringComparison.Ordinal);

    static HashingEmbedder HashingOf(EmbeddingModel model)
    {
        if (!int.TryParse(model.Name.AsSpan(Hashing.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions)
            || dimensions is < HashingEmbedder.MinDimensions or > HashingEmbedder.MaxDimensions)
        {
            throw new DataException(
                $"The model '{model.Name}' is not known. Expected 'hashing-N' with N from {HashingEmbedder.MinDimensions} to {HashingEmbedder.MaxDimensions}, for instance 'hashing-512'.");
        }

        return model.Layer is null && model.Pooling is null
            ? new HashingEmbedder(dimensions)
            : throw new DataException(
                $"The model '{model.Name}' has no layers and no pooling: found layer '{model.Layer}' and pooling '{model.Pooling}'. Leave both out.");
    }
}
