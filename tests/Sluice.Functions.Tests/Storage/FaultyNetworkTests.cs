using System.Security.Cryptography;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Xunit.Abstractions;

namespace Sluice.Functions.Tests.Storage;

/// <summary>
/// Blobs and Tables behind a network that drops, cuts and delays answers. A call then gives the right result or a <see cref="TransientException"/>, on
/// which it is made again, as the retry policy of activities does; nothing is lost, doubled or mixed.
/// </summary>
[Collection(AzuriteTests.Name)]
public sealed class FaultyNetworkTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    const double Share = 0.15;
    const int Writers = 8;

    readonly TemporaryFolder folder = new();
    readonly string name = "faulty" + Guid.CreateVersion7().ToString("N");
    LocalCache cache = null!;
    FaultyProxy blobProxy = null!;
    FaultyProxy tableProxy = null!;
    Azurite direct = null!;
    Azurite behind = null!;

    public async Task InitializeAsync()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        direct = await Azurite.SharedAsync();
        blobProxy = new FaultyProxy(direct.Blobs, seed, Share);
        tableProxy = new FaultyProxy(direct.Tables, seed + 1, Share);
        behind = direct.Behind(blobProxy.Address, tableProxy.Address);
        cache = new LocalCache(folder.Path);
        await Direct().CreateIfMissingAsync(default);
        await new TableLedger(direct.Table(name)).CreateIfMissingAsync(default);
    }

    public async Task DisposeAsync()
    {
        await blobProxy.DisposeAsync();
        await tableProxy.DisposeAsync();
    }

    public void Dispose()
    {
        cache.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Objects_are_written_once_and_read_whole()
    {
        var store = Behind();
        var paths = Enumerable.Range(0, 60).Select(i => $"memo/{i:000}").ToList();

        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (path, stop) =>
        {
            await AgainAsync(() => store.CreateAsync(path, Content(path), stop));
            Assert.Equal(Content(path), await AgainAsync(() => store.ReadAsync(path, stop)));
        });

        Assert.Equal(paths, (await AgainAsync(() => store.ListAsync("memo/", default).ToListAsync().AsTask())).Select(found => found.Path));
        foreach (var path in paths)
        {
            Assert.Equal(Content(path), await Direct().ReadAsync(path, default));
        }

        AssertFaults(blobProxy);
    }

    [Fact]
    public async Task Of_eight_writers_of_one_large_object_one_wins_whole()
    {
        var contents = Enumerable.Range(0, Writers).Select(writer => Content("writer " + writer, (3 << 20) + writer)).ToList();

        await Task.WhenAll(contents.Select(async content =>
        {
            var store = Behind();
            var file = store.NewScratchFile(".bin");
            await File.WriteAllBytesAsync(file, content);

            // A file is consumed with the answer, whichever it is; until then it is tried again.
            await AgainAsync(() => store.PublishAsync("big", file, default));
            Assert.False(File.Exists(file));
        }));

        var published = await Direct().ReadAsync("big", default);
        Assert.Contains(contents, content => content.AsSpan().SequenceEqual(published));
        using var local = await AgainAsync(() => Behind().LocalAsync("big", default));
        Assert.Equal(published, await File.ReadAllBytesAsync(local.Path));
        AssertFaults(blobProxy);
    }

    [Fact]
    public async Task Eight_writers_of_one_row_lose_nothing()
    {
        const int Each = 4;
        var ledger = new TableLedger(behind.Table(name));
        await AgainAsync(() => ledger.InsertAsync("p", "set", "", default));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; i < Each; i++)
            {
                await AddAsync(ledger, $"{writer}.{i}");
            }
        }));

        var row = await new TableLedger(direct.Table(name)).GetAsync("p", "set", default);
        var members = row!.Json.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Writers * Each, members.Length);
        Assert.Equal(Enumerable.Range(0, Writers).SelectMany(w => Enumerable.Range(0, Each).Select(i => $"{w}.{i}")), members.Order(StringComparer.Ordinal));
        AssertFaults(tableProxy);
    }

    // After a lost answer only the row itself tells whether the member is in it.
    static async Task AddAsync(TableLedger ledger, string member)
    {
        while (true)
        {
            var row = await AgainAsync(() => ledger.GetAsync("p", "set", default));
            if (row!.Json.Split(' ').Contains(member) || await AgainAsync(() => ledger.ReplaceAsync(row, $"{row.Json} {member}", default)) is not null)
            {
                return;
            }
        }
    }

    static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        const int Tries = 100;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TransientException) when (attempt < Tries)
            {
            }
        }
    }

    static byte[] Content(string of, int length = 50_000)
    {
        var content = new byte[length];
        new Random(BitConverter.ToInt32(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(of)))).NextBytes(content);
        return content;
    }

    void AssertFaults(FaultyProxy proxy)
    {
        var counts = Enum.GetValues<FaultyProxy.Fault>().Select(fault => (Fault: fault, Count: proxy.Count(fault))).ToList();
        output.WriteLine(string.Join(", ", counts));
        Assert.NotEqual(0, counts.Where(count => count.Fault != FaultyProxy.Fault.None).Sum(count => count.Count));
    }

    BlobStore Direct() => new(direct.Container(name), cache);

    BlobStore Behind() => new(behind.Container(name), cache, new BlobStore.Options { BlockBytes = 256 << 10, Concurrency = 2 });
}
