using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Sluice.Storage;
using Sluice.Tests.Storage;

/// <summary>
/// The runtime calls this in a process that names this assembly in DOTNET_STARTUP_HOOKS, before its Main: so the tests can start real processes,
/// and kill them, without a project of their own.
/// </summary>
// CA1050: the runtime looks for the type by this name, outside any namespace.
#pragma warning disable CA1050
public static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(StorageProcess.WorkVariable) is { } work)
        {
            StorageProcess.WorkAsync(work.Split('|')).GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }
}

namespace Sluice.Tests.Storage
{
    /// <summary>A process of its own that works on a store: it says a line for every piece of work that is done.</summary>
    public sealed class StorageProcess : IDisposable
    {
        public const string WorkVariable = "SLUICE_TEST_STORAGE_WORK";
        static readonly TimeSpan limit = TimeSpan.FromSeconds(60);

        readonly Process process;

        StorageProcess(Process process) => this.process = process;

        /// <summary>Starts a process; it waits for <see cref="Go"/>.</summary>
        public static StorageProcess Start(string kind, string folder, string name)
        {
            var assembly = typeof(StorageProcess).Assembly.Location;
            var start = new ProcessStartInfo("dotnet", ["exec", assembly]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
            start.Environment[WorkVariable] = $"{kind}|{folder}|{name}";
            return new StorageProcess(Process.Start(start)!);
        }

        public void Go()
        {
            process.StandardInput.WriteLine();
            process.StandardInput.Flush();
        }

        /// <summary>The next line that it says; null when it has ended.</summary>
        public async Task<string?> HearAsync()
        {
            using var source = new CancellationTokenSource(limit);
            return await process.StandardOutput.ReadLineAsync(source.Token);
        }

        /// <summary>SIGKILL: nothing in the process runs any more.</summary>
        public async Task KillAsync()
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(limit);
        }

        public async Task<List<string>> ToEndAsync()
        {
            var said = new List<string>();
            while (await HearAsync() is { } line)
            {
                said.Add(line);
            }

            await process.WaitForExitAsync().WaitAsync(limit);
            Assert.Equal(0, process.ExitCode);
            return said;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        /// <summary>An object that shows whether it is whole: it begins with the hash of the rest.</summary>
        public static byte[] Sealed(int seed)
        {
            var random = new Random(seed);
            var content = new byte[random.Next(50_000, 1_500_000)];
            random.NextBytes(content);
            SHA256.HashData(content.AsSpan(32), content);
            return content;
        }

        public static bool IsWhole(byte[] content) =>
            content.Length > 32 && SHA256.HashData(content.AsSpan(32)).AsSpan().SequenceEqual(content.AsSpan(0, 32));

        internal static async Task WorkAsync(string[] work)
        {
            var (kind, folder, name) = (work[0], work[1], work[2]);
            await using var store = new FolderStore(folder);
            await using var ledger = new SqliteLedger(Path.Combine(folder, "ledger.db"));
            Console.WriteLine("ready");
            Console.ReadLine();
            for (var i = 0; kind == "publish" || i < 100; i++)
            {
                var said = kind switch
                {
                    "publish" => await PublishAsync(store, ledger, name, i),
                    "claim" => await store.CreateAsync($"race/{i}", Encoding.UTF8.GetBytes(name), default) ? $"{i}" : "lost",
                    "increment" => await IncrementAsync(store, ledger),
                    _ => throw new InvalidOperationException($"Unknown work \"{kind}\"."),
                };
                Console.WriteLine(said);
            }
        }

        static async Task<string> PublishAsync(FolderStore store, SqliteLedger ledger, string name, int i)
        {
            var content = Sealed(i);
            await store.CreateAsync($"created/{name}/{i:d4}", content, default);
            var file = store.NewScratchFile(".bin");
            await File.WriteAllBytesAsync(file, content);
            await store.PublishAsync($"published/{name}/{i:d4}", file, default);
            await ledger.InsertAsync("published", $"{name} {i:d4}", "{}", default);
            return $"{i}";
        }

        static async Task<string> IncrementAsync(FolderStore store, SqliteLedger ledger)
        {
            while (await store.StatAsync("counter", default) is { } found)
            {
                var value = int.Parse(Encoding.UTF8.GetString(await store.ReadAsync("counter", default)));
                if (await store.ReplaceAsync("counter", Encoding.UTF8.GetBytes($"{value + 1}"), found.ETag, default))
                {
                    break;
                }
            }

            LedgerRow row;
            do
            {
                row = (await ledger.GetAsync("p", "counter", default))!;
            }
            while (await ledger.ReplaceAsync(row, $"{int.Parse(row.Json) + 1}", default) is null);

            return "done";
        }
    }
}
