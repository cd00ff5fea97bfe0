using System.Security.Cryptography;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Xunit.Abstractions;

namespace Sluice.Functions.Tests.Storage;

/// <summary>Objects far larger than the memory that may be used for them.</summary>
[Collection(AzuriteTests.Name)]
public sealed class LargeBlobTests(ITestOutputHelper output) : IDisposable
{
    const string MegabytesSetting = "SLUICE_TEST_BLOB_MEGABYTES";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The environment variable SLUICE_TEST_BLOB_MEGABYTES makes it larger: 5120 for five gigabytes, which take as much disk three times.</summary>
    [Fact]
    public async Task A_hundred_megabytes_go_up_and_come_back_in_bounded_memory()
    {
        var megabytes = int.TryParse(Environment.GetEnvironmentVariable(MegabytesSetting), out var set) ? set : 100;
        using var cache = new LocalCache(folder.Path);
        var azurite = megabytes > 100 ? await Azurite.OnDiskAsync(folder.File("azurite")) : await Azurite.SharedAsync();
        await using var store = new BlobStore(azurite.Container("large-" + Guid.CreateVersion7().ToString("N")), cache);
        await store.CreateIfMissingAsync(default);
        var file = store.NewScratchFile(".bin");
        var hash = WriteRandom(file, megabytes);
        using var peak = new MemoryPeak();

        Assert.True(await store.PublishAsync("big", file, default));
        Assert.Equal((long)megabytes << 20, (await store.StatAsync("big", default))!.Bytes);
        await using (var stream = await store.OpenReadAsync("big", default))
        {
            Assert.Equal(hash, Convert.ToHexString(await SHA256.HashDataAsync(stream)));
        }

        using var local = await store.LocalAsync("big", default);
        await using var copy = File.OpenRead(local.Path);
        Assert.Equal(hash, Convert.ToHexString(await SHA256.HashDataAsync(copy)));

        output.WriteLine($"{megabytes} MiB, at most {peak.Bytes >> 10:N0} KiB of memory");

        // Four blocks of 4 MiB at once, each in the library's buffers too.
        Assert.InRange(peak.Bytes, 0, 80L << 20);
    }

    static string WriteRandom(string file, int megabytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = File.Create(file);
        var random = new Random(megabytes);
        var content = new byte[1 << 20];
        for (var i = 0; i < megabytes; i++)
        {
            random.NextBytes(content);
            hash.AppendData(content);
            stream.Write(content);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The most memory that lived after any collection, above what lived before.</summary>
    sealed class MemoryPeak : IDisposable
    {
        readonly long before = GC.GetTotalMemory(forceFullCollection: true);
        readonly CancellationTokenSource over = new();
        long most;

        public MemoryPeak() => AfterEachCollection.Call(() => Interlocked.Exchange(ref most, Math.Max(most, GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes)), over.Token);

        public long Bytes
        {
            get
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Math.Max(0, Interlocked.Read(ref most) - before);
            }
        }

        public void Dispose() => over.Cancel();
    }

    /// <summary>Its finalizer runs after a collection, and makes the next one.</summary>
    sealed class AfterEachCollection(Action action, CancellationToken until)
    {
        public static void Call(Action action, CancellationToken until) => _ = new AfterEachCollection(action, until);

        ~AfterEachCollection()
        {
            if (!until.IsCancellationRequested)
            {
                action();
                Call(action, until);
            }
        }
    }
}
