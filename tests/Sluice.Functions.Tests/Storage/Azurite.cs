using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Sluice.Functions.Tests.Storage;

/// <summary>
/// Microsoft's storage emulator, from native/node_modules, once a test run. It lives as long as this process: it ends itself when the pipe to
/// its standard input closes, which the system does however this process dies.
/// </summary>
public sealed class Azurite
{
    const string Account = "sluice";
    const string EndWithParent = "process.stdin.on('close', () => process.exit()).resume(); require(process.argv[1]);";
    static readonly TimeSpan startTimeout = TimeSpan.FromSeconds(60);
    static readonly Lazy<Task<Azurite>> shared = new(() => StartAsync("--inMemoryPersistence"));

    /// <summary>Longer than any answer takes on a busy machine, and short enough to wait for an answer that never comes.</summary>
    public static readonly TimeSpan NetworkTimeout = TimeSpan.FromSeconds(10);

    readonly Process process;
    readonly string key;
    readonly string connection;

    Azurite(Process process, string key, Uri blobs, Uri tables)
    {
        this.process = process;
        this.key = key;
        (Blobs, Tables) = (blobs, tables);
        connection = $"AccountName={Account};AccountKey={key};BlobEndpoint={blobs}{Account};TableEndpoint={tables}{Account}";
    }

    public Uri Blobs { get; }

    public Uri Tables { get; }

    /// <summary>The same emulator at other addresses, those of a proxy.</summary>
    public Azurite Behind(Uri blobs, Uri tables) => new(process, key, blobs, tables);

    public static Task<Azurite> SharedAsync() => shared.Value;

    /// <summary>For a program that opens the account itself.</summary>
    public string ConnectionString => connection;

    public BlobContainerClient Container(string name, HttpMessageHandler? handler = null) =>
        new BlobServiceClient(connection, Impatient(new BlobClientOptions(), handler)).GetBlobContainerClient(name);

    public TableClient Table(string name, HttpMessageHandler? handler = null) =>
        new TableServiceClient(connection, Impatient(new TableClientOptions(), handler)).GetTableClient(name);

    public override string ToString() => $"Azurite, process {process.Id}";

    /// <summary>One of its own, for more than fits in memory.</summary>
    public static Task<Azurite> OnDiskAsync(string folder) => StartAsync("--location", folder);

    static async Task<Azurite> StartAsync(params string[] persistence)
    {
        var native = typeof(Azurite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "NativeFolder").Value!;
        var script = Path.Combine(native, "node_modules", "azurite", "dist", "src", "azurite.js");
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in new[]
        {
            "-e", EndWithParent, script, "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
            "--disableTelemetry", "--skipApiVersionCheck", "--silent",
        }.Concat(persistence))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{key}";
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start. Put node 20 or later on PATH.");
        var (blobs, tables) = await EndpointsAsync(process);
        return new Azurite(process, key, blobs, tables);
    }

    // The free ports that it took stand in its greeting; it listens once that is printed. Whatever it says later is read too, or its pipe fills.
    static async Task<(Uri Blobs, Uri Tables)> EndpointsAsync(Process process)
    {
        var said = new StringBuilder();
        var blobs = new TaskCompletionSource<Uri>();
        var tables = new TaskCompletionSource<Uri>();
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var both = Task.WhenAll(blobs.Task, tables.Task);
        await Task.WhenAny(both.WaitAsync(startTimeout), process.WaitForExitAsync());
        if (!both.IsCompletedSuccessfully)
        {
            lock (said)
            {
                throw new InvalidOperationException($"Azurite did not listen within {startTimeout}. It said:\n{said}");
            }
        }

        return (await blobs.Task, await tables.Task);

        void Hear(string? line)
        {
            lock (said)
            {
                said.AppendLine(line);
            }

            if (line?.Split(" is successfully listening at ") is [var service, var address])
            {
                var heard = service switch
                {
                    "Azurite Blob service" => blobs,
                    "Azurite Table service" => tables,
                    _ => null,
                };
                heard?.TrySetResult(new Uri(address + "/"));
            }
        }
    }

    static T Impatient<T>(T options, HttpMessageHandler? handler)
        where T : ClientOptions
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(5);
        options.Retry.MaxRetries = 2;
        options.Retry.NetworkTimeout = NetworkTimeout;
        if (handler is not null)
        {
            options.Transport = new Azure.Core.Pipeline.HttpClientTransport(handler);
        }

        return options;
    }
}

/// <summary>Alone, because the contract counts this process's allocations.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AzuriteTests
{
    public const string Name = "Azurite";
}
