using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Watches one folder per container, or the containers of the app's account, and calls blob functions once per version of a blob.</summary>
sealed class BlobTriggers(
    FunctionTable functions, FunctionRunner runner, EmbeddedOptions options, HostJson host, TimeProvider clock, ILoggerFactory loggers,
    BlobSource? source = null)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var logger = loggers.CreateLogger("Sluice.Embedded.Blobs");
        using var slots = new SemaphoreSlim(host.BlobParallelism);
        var loops = functions.With<BlobBinding>().Select(b =>
        {
            var receipts = new BlobReceipts(options.Folder("receipts", b.Function.Name + ".jsonl"));
            var calls = new BlobCalls(b.Function, runner, receipts, options, host, slots, logger);
            return source is null
                ? new BlobLoop(b.Binding.Pattern, options, calls, clock, logger).RunAsync(stoppingToken)
                : new BlobSourceLoop(b.Binding.Pattern, source, options, calls, clock, logger).RunAsync(stoppingToken);
        }).ToArray();
        await foreach (var ended in Task.WhenEach(loops))
        {
            // Ends the host when a loop fails, for example because no receipt can be written: blobs must not pile up in silence.
            await ended;
        }
    }
}
