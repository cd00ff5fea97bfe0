using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Calls one blob function, a few blobs at a time, and writes down what became of each.</summary>
sealed class BlobCalls(
    FunctionEntry function, FunctionRunner runner, BlobReceipts receipts, EmbeddedOptions options, HostJson host, SemaphoreSlim slots, ILogger logger)
    : IDisposable
{
    readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);
    volatile Exception? failure;

    /// <summary>True while the blob is being worked on, and when this version of it is done.</summary>
    internal bool Knows(string name, FileState state) => running.ContainsKey(name) || receipts.IsDone(name, state);

    internal void ThrowIfFailed()
    {
        if (failure is { } thrown)
        {
            throw new IOException($"What became of a blob of '{function.Name}' cannot be written down: {thrown.Message}", thrown);
        }
    }

    /// <summary>Calls <paramref name="ended"/> when this version of the blob is done with, so that a newer one is noticed soon.</summary>
    internal void Begin(BlobFile file, Dictionary<string, object?> parts, Action ended, CancellationToken stopping)
    {
        var done = new TaskCompletionSource();
        running[file.Name] = done.Task;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await RunAsync(file, parts, stopping);
                }
                catch (Exception e) when (stopping.IsCancellationRequested)
                {
                    logger.BlobLeft(file.Container, file.Name, e.Message);
                }
                // Only writing receipts can still fail here. The loop throws it, which ends the host.
                catch (Exception e)
                {
                    failure = e;
                }
                finally
                {
                    running.TryRemove(file.Name, out _);
                    done.SetResult();
                    ended();
                }
            },
            CancellationToken.None);
    }

    internal Task FinishAsync() => Task.WhenAll(running.Values);

    public void Dispose() => receipts.Dispose();

    async Task RunAsync(BlobFile file, Dictionary<string, object?> parts, CancellationToken stopping)
    {
        await slots.WaitAsync(stopping);
        try
        {
            if ((file.Known ?? await ReadEventAsync(file, stopping)) is { } blob)
            {
                await TryAsync(blob, new Call(blob, blob.BindingData(parts)), stopping);
            }
        }
        finally
        {
            slots.Release();
        }
    }

    // Null when it changed while it was read: then it had not come to rest after all.
    async Task<BlobEvent?> ReadEventAsync(BlobFile file, CancellationToken stopping)
    {
        try
        {
            await using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
            var hash = Convert.ToHexString((await SHA256.HashDataAsync(stream, stopping)).AsSpan(0, 8));
            var now = new FileInfo(file.Path);
            return now.Exists && new FileState(now.Length, now.LastWriteTimeUtc) == file.State ? Event(file, hash) : null;
        }
        catch (IOException e)
        {
            logger.BlobLeft(file.Container, file.Name, e.Message);
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            var unread = Event(file, "unread");
            Poison(unread, attempts: 0, e);
            receipts.Write(Receipt(unread, BlobOutcome.Poisoned, attempt: 0));
            return null;
        }
    }

    static BlobEvent Event(BlobFile file, string hash) => new(
        file.Container,
        file.Name,
        new Uri(file.Path),
        string.Create(CultureInfo.InvariantCulture, $"\"0x{file.State.Size:X}-{file.State.LastWriteUtc.Ticks:X}-{hash}\""),
        file.State.Size,
        file.State.LastWriteUtc,
        _ => Task.FromResult<Stream>(new FileStream(
            file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan)));

    static BlobReceipt Receipt(BlobEvent blob, BlobOutcome outcome, int attempt) =>
        new(blob.Name, blob.Size, blob.LastModifiedUtc.Ticks, blob.ETag, outcome, attempt);

    async Task TryAsync(BlobEvent blob, Call call, CancellationToken stopping)
    {
        for (var attempt = receipts.Attempts(blob.Name, blob.ETag) + 1; ; attempt++)
        {
            receipts.Write(Receipt(blob, BlobOutcome.Started, attempt));
            try
            {
                await runner.RunAsync(function, call, stopping);
                receipts.Write(Receipt(blob, BlobOutcome.Done, attempt));
                return;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // A stop is not the blob's fault: the attempt does not count.
                receipts.Write(Receipt(blob, BlobOutcome.Started, attempt - 1));
                throw;
            }
            // The boundary of a blob call: five failures of any kind make it poison, as in Azure.
            catch (Exception e)
            {
                logger.BlobFailed(blob.Container, blob.Name, function.Name, attempt, host.BlobAttempts, e);
                if (attempt >= host.BlobAttempts)
                {
                    Poison(blob, attempt, e);
                    receipts.Write(Receipt(blob, BlobOutcome.Poisoned, attempt));
                    return;
                }
            }
        }
    }

    // The content is that of the message that Azure puts into a queue of this name, with the error besides.
    void Poison(BlobEvent blob, int attempts, Exception error)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(blob.Name + blob.ETag)))[..16];
        var path = options.Folder("webjobs-blobtrigger-poison", $"{function.Name}-{id}.json");
        StoreFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new
        {
            Type = "BlobTrigger",
            FunctionId = function.Name,
            BlobType = "BlockBlob",
            ContainerName = blob.Container,
            BlobName = blob.Name,
            blob.ETag,
            Attempts = attempts,
            ErrorType = error.GetType().FullName,
            ErrorMessage = error.Message,
        }));
        logger.BlobPoisoned(blob.Container, blob.Name, function.Name, path);
    }
}
