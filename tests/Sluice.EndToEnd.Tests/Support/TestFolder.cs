namespace Sluice.EndToEnd;

/// <summary>A folder that is gone when the test is over.</summary>
public sealed class TestFolder : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-e2e-");

    public string Path => folder.FullName;

    public string this[string name] => System.IO.Path.Combine(folder.FullName, name);

    /// <summary>Writes a file, with its folders; gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string name, byte[] bytes)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
