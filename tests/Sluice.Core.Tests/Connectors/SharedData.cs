namespace Sluice.Core.Tests.Connectors;

/// <summary>Public test files that are too many for the repository: the folder <c>shared/data</c> in any folder above the tests.</summary>
static class SharedData
{
    public static string? Folder { get; } = Find();

    public static string At(string path) => Path.Combine(Folder!, path);

    static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "data") is var found && Directory.Exists(found))
            {
                return found;
            }
        }

        return null;
    }
}

/// <summary>A test over files of shared/data.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string path)
    {
        if (SharedData.Folder is null || !Directory.Exists(SharedData.At(path)))
        {
            Skip = $"There is no folder shared/data/{path} above the tests.";
        }
    }
}
