namespace Sluice.Storage;

/// <summary>One writer at a time among threads and processes. The system lets go of it when a process is killed.</summary>
sealed class StoreLock(string file, string location, TimeSpan timeout, TimeProvider time) : IDisposable
{
    static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan longestPause = TimeSpan.FromMilliseconds(50);

    // Threads queue here, so that only one a process asks the file.
    readonly SemaphoreSlim turn = new(1, 1);

    /// <exception cref="StoreException">Another process held it for the whole time-out.</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        if (!await turn.WaitAsync(timeout, cancellation))
        {
            throw Locked();
        }

        try
        {
            for (var pause = firstPause; ; pause = pause * 2 < longestPause ? pause * 2 : longestPause)
            {
                if (TryOpen(file) is { } stream)
                {
                    return new Held(stream, turn);
                }

                if (time.GetElapsedTime(start) >= timeout)
                {
                    throw Locked();
                }

                await Task.Delay(pause, time, cancellation);
            }
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Opens the file for this process alone; null when another has it.</summary>
    public static FileStream? TryOpen(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    // EAGAIN on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    StoreException Locked() => new(
        $"The store in {location} is locked: another process has held \"{file}\" for {timeout.TotalSeconds:0.#} seconds. Wait for it to finish, or " +
        "stop it, and run again.");

    sealed class Held(FileStream stream, SemaphoreSlim turn) : IDisposable
    {
        bool released;

        public void Dispose()
        {
            if (!released)
            {
                released = true;
                stream.Dispose();
                turn.Release();
            }
        }
    }
}
