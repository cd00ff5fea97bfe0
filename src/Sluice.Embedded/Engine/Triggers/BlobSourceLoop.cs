using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Looks into a container of an account now and then. A blob appears there whole, so one look is enough.</summary>
sealed class BlobSourceLoop(BlobPattern pattern, BlobSource source, EmbeddedOptions options, BlobCalls calls, TimeProvider clock, ILogger logger)
{
    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(options.BlobRescan, clock);
            do
            {
                calls.ThrowIfFailed();
                await LookAgainAsync(stopping);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await calls.FinishAsync();
            calls.Dispose();
        }
    }

    async Task LookAgainAsync(CancellationToken stopping)
    {
        try
        {
            await LookAsync(stopping);
        }
        // Only the app knows what its account throws. An account that does not answer now may do so at the next look.
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            logger.CannotLook($"container {pattern.Container}", e);
        }
    }

    async Task LookAsync(CancellationToken stopping)
    {
        await foreach (var blob in source.ListAsync(pattern.Container, stopping))
        {
            var state = new FileState(blob.Bytes, blob.LastModified.UtcDateTime, Quoted(blob.ETag));
            if (pattern.Match(blob.Name) is { } parts && !calls.Knows(blob.Name, state))
            {
                var known = new BlobEvent(
                    pattern.Container, blob.Name, blob.Uri, state.ETag!, blob.Bytes, state.LastWriteUtc,
                    cancellation => source.OpenReadAsync(pattern.Container, blob, cancellation));
                calls.Begin(new BlobFile(pattern.Container, blob.Name, blob.Uri.AbsoluteUri, state, known), parts, static () => { }, stopping);
            }
        }
    }

    static string Quoted(string etag) => etag.StartsWith('"') ? etag : $"\"{etag}\"";
}
