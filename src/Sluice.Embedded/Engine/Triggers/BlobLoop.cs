using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>
/// Looks for new files: when the file system says so, and now and then because it may not. A file counts as a blob once two looks
/// found the same size and time and nobody has it open for writing.
/// </summary>
sealed class BlobLoop : IDisposable
{
    // Links are not followed: a container must not reach outside of its folder.
    static readonly EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    readonly BlobPattern pattern;
    readonly string folder;
    readonly EmbeddedOptions options;
    readonly BlobCalls calls;
    readonly TimeProvider clock;
    readonly ILogger logger;
    readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly FileSystemWatcher? watcher;
    Dictionary<string, FileState> unsettled = [];

    internal BlobLoop(BlobPattern pattern, EmbeddedOptions options, BlobCalls calls, TimeProvider clock, ILogger logger)
    {
        (this.pattern, this.options, this.calls, this.clock, this.logger) = (pattern, options, calls, clock, logger);
        folder = Path.Combine(options.BlobFolder, pattern.Container);
        Directory.CreateDirectory(folder);
        watcher = Watch();
    }

    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                calls.ThrowIfFailed();
                LookAgain(stopping);
                await WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await calls.FinishAsync();
            Dispose();
        }
    }

    public void Dispose()
    {
        watcher?.Dispose();
        calls.Dispose();
    }

    void LookAgain(CancellationToken stopping)
    {
        try
        {
            Look(stopping);
        }
        // Files come and go while the folder is read, or the folder itself was removed. The next look sees what is there then.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.CannotLook(folder, e);
            Directory.CreateDirectory(folder);
        }
    }

    void Look(CancellationToken stopping)
    {
        var found = new Dictionary<string, FileState>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", everything))
        {
            var name = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');
            var state = new FileState(file.Length, file.LastWriteTimeUtc);
            // A name that begins with a dot is how writers mark what is not finished.
            if (name.Split('/').Any(part => part.StartsWith('.')) || pattern.Match(name) is not { } parts || calls.Knows(name, state))
            {
                continue;
            }

            if (unsettled.TryGetValue(name, out var before) && before == state && !IsOpen(file.FullName))
            {
                calls.Begin(new BlobFile(pattern.Container, name, file.FullName, state, Known: null), parts, () => wake.Writer.TryWrite(true), stopping);
            }
            else
            {
                found[name] = state;
            }
        }

        unsettled = found;
    }

    async Task WaitAsync(CancellationToken stopping)
    {
        // Between two looks lies at least the time in which a writer would have moved on.
        await Task.Delay(options.BlobSettle, clock, stopping);
        if (unsettled.Count > 0)
        {
            return;
        }

        using var timer = clock.CreateTimer(_ => wake.Writer.TryWrite(true), null, options.BlobRescan, Timeout.InfiniteTimeSpan);
        await wake.Reader.ReadAsync(stopping);
    }

    FileSystemWatcher? Watch()
    {
        try
        {
            var watching = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            watching.Created += (_, _) => wake.Writer.TryWrite(true);
            watching.Changed += (_, _) => wake.Writer.TryWrite(true);
            watching.Renamed += (_, _) => wake.Writer.TryWrite(true);
            watching.Error += (_, _) => wake.Writer.TryWrite(true);
            watching.EnableRaisingEvents = true;
            return watching;
        }
        // Linux allows each user a number of watches; without one the scans alone find everything, later.
        catch (IOException e)
        {
            logger.CannotWatch(folder, options.BlobRescan, e);
            return null;
        }
    }

    static bool IsOpen(string path)
    {
        try
        {
            using var _ = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        // Not to be read at all: it goes on, and becomes poison with this as the reason.
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>What tells two versions of a blob apart at a glance. Files have no ETag before they are read.</summary>
readonly record struct FileState(long Size, DateTime LastWriteUtc, string? ETag = null);

/// <summary>A file that has come to rest, or a blob of which everything is known.</summary>
sealed record BlobFile(string Container, string Name, string Path, FileState State, BlobEvent? Known);
