namespace Sluice.Core.Tests.Connectors;

/// <summary>Public test data that lies beside some checkouts, in a folder shared/data; it is no part of the repository.</summary>
static class SharedData
{
    /// <summary>The folder, or null where there is none.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(found))
            {
                return found;
            }
        }

        return null;
    }
}

/// <summary>A test that needs shared data, and is left out by name where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string folder)
    {
        if (SharedData.Find(folder) is null)
        {
            Skip = $"The folder shared/data/{folder} is not beside the repository.";
        }
    }
}
