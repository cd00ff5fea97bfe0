using Sluice.Connectors;

namespace Sluice.Embedding;

/// <summary>
/// Which models may be named. On a laptop any; in an app that others send pipelines to, what is bundled, addresses with a checksum, and folders beneath those that
/// its owner lists: naming any other folder would tell whether it exists.
/// </summary>
public sealed class AllowedModels
{
    readonly (string Named, string Real)[]? roots;

    AllowedModels((string, string)[]? roots) => this.roots = roots;

    /// <summary>Every model, for whoever owns the machine.</summary>
    public static AllowedModels Any { get; } = new(null);

    /// <summary>Bundled models, addresses, and folders beneath these, which are resolved now, links followed.</summary>
    public static AllowedModels Beneath(IEnumerable<string> folders) => new([.. folders.Select(folder => (Full(folder), RealPath.Of(Full(folder))))]);

    /// <summary>Why a model may not be used; null: it may. Nothing is looked for outside of the folders, so the answer is the same whether a folder exists or not.</summary>
    public string? Problem(string model)
    {
        var isAllowed = roots is null || TextEmbedders.IsBundled(model)
            || (ModelDownload.IsAddress(model) ? model.StartsWith(Uri.UriSchemeHttps + "://", StringComparison.OrdinalIgnoreCase) : IsBeneath(model));
        return isAllowed ? null
            : $"The model '{model}' may not be used here. Expected '{EmbeddingModel.Default}', 'hashing-512', 'https://…/NAME.zip#sha256=HEX', or a folder beneath those of the setting "
                + "Embedding:ModelFolders. Name one of them, or have the owner of the app add the folder.";
    }

    bool IsBeneath(string folder)
    {
        if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0'))
        {
            return false;
        }

        try
        {
            // As written first: where the text already leads elsewhere, no link outside is followed, whose target or absence could show.
            var full = Full(folder);
            return Array.Exists(roots!, root => RealPath.IsBeneath(full, root.Named) || RealPath.IsBeneath(full, root.Real))
                && RealPath.Of(full) is var real && Array.Exists(roots!, root => RealPath.IsBeneath(real, root.Real));
        }
        catch (IOException)
        {
            // Links in a circle.
            return false;
        }
    }

    static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
