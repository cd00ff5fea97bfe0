using System.Runtime.InteropServices;
using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Functions.Storage;

namespace Sluice.EmbedJob;

/// <summary>
/// The embedding job: does what one manifest says and ends. Given by arguments (<c>--store … --manifest …</c>) or, in a container, by the
/// environment (<c>Store</c>, <c>Manifest</c>).
/// </summary>
static class Program
{
    // As sluice's own: 2 what was asked for cannot be, 4 data or store, 5 try again.
    const int Success = 0, WrongArguments = 2, Failed = 4, Transient = 5, Cancelled = 130;

    static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        // A container that is stopped gets SIGTERM and half a minute.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));

        var (location, manifest) = (Given("store", args), Given("manifest", args));
        if (location is null || manifest is null)
        {
            await Console.Error.WriteLineAsync(
                "Usage: Sluice.EmbedJob --store FOLDER|https://ACCOUNT.blob.core.windows.net/CONTAINER --manifest KEY\n"
                + $"Found store '{location}' and manifest '{manifest}'. The environment variables Store and Manifest do as well.");
            return WrongArguments;
        }

        return await RunAsync(location, manifest, stop.Token);
    }

    static async Task<int> RunAsync(string location, string manifest, CancellationToken cancellation)
    {
        try
        {
            await using var store = BlobStoreAddress.Open(location);
            var work = new EmbeddingWork(store, new BatchFiles(store));
            var receipt = await work.RunAsync(manifest, (done, of) => Console.WriteLine($"{done} of {of} files"), cancellation);
            Console.WriteLine($"{receipt.Rows} rows in {receipt.Files.Count} files, {receipt.Dimensions} numbers each, by {receipt.Model}.");
            return Success;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped. Files that are done stay; start the same manifest again to go on.");
            return Cancelled;
        }
        catch (Exception e) when (e is DataException or StoreException or TransientException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e is TransientException ? Transient : Failed;
        }
    }

    static string? Given(string name, string[] args)
    {
        var at = Array.IndexOf(args, "--" + name);
        var value = at >= 0 && at + 1 < args.Length ? args[at + 1] : Environment.GetEnvironmentVariable(char.ToUpperInvariant(name[0]) + name[1..]);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
