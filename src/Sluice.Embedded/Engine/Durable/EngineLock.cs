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
            Directory.CreateDirectory(folder);
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (File.Exists(path) && error is not FileNotFoundException)
        {
            throw new EngineStoreException(
                $"The durable store '{folder}' is in use: another process (or another engine in this one) holds '{path}'. "
                + "Expected to be the only one. Stop the other one, or give this one its own folder.",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineStoreException(
                $"The durable store '{folder}' cannot be used: {error.Message} Expected a folder that may be written: make it so, or use another folder.", error);
        }
    }

    public void Dispose() => file.Dispose();
}
