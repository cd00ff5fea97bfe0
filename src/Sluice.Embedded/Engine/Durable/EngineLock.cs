namespace Sluice.Embedded.Durable;

/// <summary>
/// Proves that this process alone uses the store. The kernel releases it when the process ends, however it ends, so the next start may take over
/// every lease at once.
/// </summary>
sealed class EngineLock : IDisposable
{
    readonly FileStream file;

    EngineLock(FileStream file) => this.file = file;

    public static EngineLock Acquire(string folder)
    {
        var path = Path.Combine(folder, "engine.lock");
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (File.Exists(path) && error is not FileNotFoundException)
        {
            throw new InvalidOperationException(
                $"The durable store '{folder}' is in use: another process (or another engine in this one) holds '{path}'. "
                + "Expected to be the only one. Stop the other one, or give this one its own folder.",
                error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InvalidOperationException(
                $"The durable store '{folder}' cannot be used: '{path}' is not writable. Expected write permission for the folder: grant it, or "
                    + "use another folder.", error);
        }
    }

    public void Dispose() => file.Dispose();
}
