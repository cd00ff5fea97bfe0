using Sluice.Tests.Storage;

namespace Sluice.Core.Tests;

static class FolderWriting
{
    /// <summary>Writes a file, making its folders; returns its path.</summary>
    public static string Write(this TemporaryFolder folder, string name, string content = "x")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllText(folder.File(name), content);
        return folder.File(name);
    }

    /// <summary>Every file beneath, relative, in ordinal order.</summary>
    public static string[] Names(this TemporaryFolder folder) =>
        [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Path, file)).Order(StringComparer.Ordinal)];
}
