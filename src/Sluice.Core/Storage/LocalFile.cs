namespace Sluice.Storage;

/// <summary>An object as a file that native libraries can open. Dispose it when the file is closed; the path is not to be used afterwards.</summary>
public sealed class LocalFile(string path, Action? release) : IDisposable
{
    Action? release = release;

    public string Path { get; } = path;

    public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
}
