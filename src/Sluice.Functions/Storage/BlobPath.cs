namespace Sluice.Functions.Storage;

/// <summary>Paths of pipelines as names of blobs: '/' between names, <c>.</c> and <c>..</c> mean what they mean in folders.</summary>
static class BlobPath
{
    /// <summary>Most characters of a blob's name.</summary>
    public const int MaxLength = 1024;

    /// <summary>The names on the way from the container to what a path means; null when it leads out of the container.</summary>
    /// <param name="folder">Names of the folder that relative paths start from.</param>
    /// <param name="path">A relative path.</param>
    public static string[]? Resolve(IEnumerable<string> folder, string path)
    {
        if (path.StartsWith('/') || Path.IsPathRooted(path))
        {
            return null;
        }

        var names = folder.ToList();
        foreach (var name in path.Split('/').Where(name => name is not ("" or ".")))
        {
            if (name != "..")
            {
                names.Add(name);
            }
            else if (names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return [.. names];
    }

    /// <summary>The way from a folder to a blob, as <see cref="Resolve"/> takes it.</summary>
    public static string Relative(string[] folder, string[] blob)
    {
        var common = folder.Zip(blob).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Join('/', folder.Skip(common).Select(_ => "..").Concat(blob.Skip(common)));
    }
}
