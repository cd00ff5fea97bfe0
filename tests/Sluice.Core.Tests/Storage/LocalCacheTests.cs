using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class LocalCacheTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    int downloads;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_second_request_finds_the_file()
    {
        using var cache = new LocalCache(folder.Path, maxBytes: 100);

        using (var first = await GetAsync(cache, "a.parquet", 10))
        {
            Assert.Equal(".parquet", Path.GetExtension(first.Path));
            Assert.Equal(10, new FileInfo(first.Path).Length);
        }

        using var second = await GetAsync(cache, "a.parquet", 10);

        Assert.Equal(1, downloads);
        Assert.Equal(10, cache.TotalBytes);
    }

    [Fact]
    public async Task The_least_recently_used_goes_first_and_what_is_in_use_stays()
    {
        using var cache = new LocalCache(folder.Path, maxBytes: 30);
        using var held = await GetAsync(cache, "held", 10);
        var old = (await GetAsync(cache, "old", 10)).Release();
        var young = (await GetAsync(cache, "young", 10)).Release();

        (await GetAsync(cache, "new", 10)).Dispose();

        Assert.True(File.Exists(held.Path));
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.Equal(30, cache.TotalBytes);
    }

    [Fact]
    public async Task Refuses_only_above_the_limit()
    {
        using var cache = new LocalCache(folder.Path, maxBytes: 30);
        using var first = await GetAsync(cache, "a", 20);
        using var second = await GetAsync(cache, "b", 10);

        var error = await Assert.ThrowsAsync<StoreException>(() => GetAsync(cache, "c", 1));

        Assert.Equal(
            $"The cache folder \"{folder.File("0")}\" cannot take 1 bytes: 30 of at most 30 bytes are in use by open files. Raise its limit, or " +
            "run fewer steps at once.",
            error.Message);
        second.Dispose();
        (await GetAsync(cache, "c", 1)).Dispose();
    }

    [Fact]
    public async Task Concurrent_requests_share_one_download()
    {
        using var cache = new LocalCache(folder.Path);

        await Race.RunAsync(8, async _ =>
        {
            using var file = await GetAsync(cache, "a", 1000);
            Assert.Equal(1000, new FileInfo(file.Path).Length);
            return true;
        });

        Assert.Equal(1, downloads);
    }

    [Fact]
    public async Task When_the_one_that_downloads_is_cancelled_another_downloads()
    {
        using var cache = new LocalCache(folder.Path);
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var first = cache.GetAsync(
            "a",
            3,
            async (_, cancellation) =>
            {
                started.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellation);
            },
            source.Token);
        await started.Task;
        var second = GetAsync(cache, "a", 3);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        using var file = await second;
        Assert.Equal(3, new FileInfo(file.Path).Length);
    }

    [Fact]
    public async Task A_failed_download_leaves_nothing()
    {
        using var cache = new LocalCache(folder.Path);

        await Assert.ThrowsAsync<TransientException>(() => cache.GetAsync("a", 10, (_, _) => throw new TransientException("throttled"), default));
        var cut = await Assert.ThrowsAsync<TransientException>(
            () => cache.GetAsync("a", 10, (file, cancellation) => File.WriteAllTextAsync(file, "half", cancellation), default));

        Assert.EndsWith("ended after 4 of 10 bytes.", cut.Message, StringComparison.Ordinal);
        Assert.Equal(0, cache.TotalBytes);
        Assert.Equal(["lock"], Directory.EnumerateFiles(folder.File("0")).Select(Path.GetFileName));
        (await GetAsync(cache, "a", 10)).Dispose();
    }

    [Fact]
    public async Task A_restarted_cache_keeps_whole_files_and_removes_halves()
    {
        string kept;
        using (var before = new LocalCache(folder.Path))
        {
            kept = (await GetAsync(before, "a", 10)).Release();
            await File.WriteAllTextAsync(kept + "b.part", "half");
            await File.WriteAllTextAsync(before.NewScratchFile(".x"), "left");
        }

        using var cache = new LocalCache(folder.Path);
        (await GetAsync(cache, "a", 10)).Dispose();

        Assert.Equal(1, downloads);
        Assert.Equal(10, cache.TotalBytes);
        Assert.Equal(["lock", Path.GetFileName(kept)], Directory.EnumerateFiles(folder.File("0")).Select(Path.GetFileName).OrderDescending());
        Assert.Empty(Directory.EnumerateFiles(folder.File("0/scratch")));
    }

    [Fact]
    public async Task Two_caches_on_one_folder_keep_apart()
    {
        using var one = new LocalCache(folder.Path, maxBytes: 10);
        using var other = new LocalCache(folder.Path, maxBytes: 10);
        var file = (await GetAsync(one, "a", 10)).Release();

        (await GetAsync(other, "b", 10)).Dispose();

        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_file_that_a_cleaner_took_is_downloaded_again()
    {
        using var cache = new LocalCache(folder.Path);
        File.Delete((await GetAsync(cache, "a", 10)).Release());

        using var again = await GetAsync(cache, "a", 10);

        Assert.True(File.Exists(again.Path));
        Assert.Equal(10, cache.TotalBytes);
    }

    Task<LocalFile> GetAsync(LocalCache cache, string key, int bytes) => cache.GetAsync(
        key,
        bytes,
        (file, cancellation) =>
        {
            Interlocked.Increment(ref downloads);
            return File.WriteAllBytesAsync(file, new byte[bytes], cancellation);
        },
        default);
}

static class LocalFileRelease
{
    /// <summary>Disposes the file and answers where it was.</summary>
    public static string Release(this LocalFile file)
    {
        file.Dispose();
        return file.Path;
    }
}
