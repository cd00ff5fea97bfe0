using System.Text;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>What every source that reads files by ranges does.</summary>
public abstract class SourceContract : IDisposable
{
    const int Records = 3000;

    readonly TemporaryFolder folder = new();

    protected TemporaryFolder Folder => folder;

    /// <summary>Name of the file, with the extension that fits.</summary>
    protected abstract string FileName { get; }

    protected abstract Source Make(string path);

    /// <summary>A whole file of these records, numbers in no order. A record depends on its number alone.</summary>
    protected abstract string Content(IEnumerable<int> records);

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Listing_twice_gives_equal_shards()
    {
        var source = Source(Records);

        var first = await source.ListAsync(folder.Inputs(), SourceReading.Cut(4096));
        var second = await source.ListAsync(folder.Inputs(), SourceReading.Cut(4096));

        Assert.True(first.Count > 5, $"only {first.Count} shards");
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Shards_cover_the_records_in_order_and_nothing_twice()
    {
        var shards = await Source(Records).ListAsync(folder.Inputs(), SourceReading.Cut(4096));

        var length = new FileInfo(Path.Combine(folder.Path, FileName)).Length;
        Assert.Equal(Records, shards.Sum(s => s.Records));
        Assert.All(shards.Zip(shards.Skip(1)), p => Assert.InRange(p.Second.Offset - p.First.Offset - p.First.Length, 0, 4));
        Assert.All(shards.Zip(shards.Skip(1)), p => Assert.True(p.Second.FirstLine > p.First.FirstLine));
        Assert.InRange(shards[^1].Offset + shards[^1].Length, length - 4, length);
        Assert.All(shards, s => Assert.InRange(s.Length, 1, 4096 * 5));
    }

    [Fact]
    public async Task Reading_a_shard_twice_gives_equal_batches()
    {
        var source = Source(Records);
        var shard = (await source.ListAsync(folder.Inputs(), SourceReading.Cut(4096)))[3];

        var first = await source.ReadAsync(folder.Inputs(), shard, null, default);
        var second = await source.ReadAsync(folder.Inputs(), shard, null, default);

        Assert.Equal(first.Batch.Schema, second.Batch.Schema);
        Assert.Equal(Texts(first), Texts(second));
        Assert.Equal(first.Rejected, second.Rejected);
        Assert.Equal(shard.Records, first.Batch.Rows + first.Rejected.Count);
    }

    [Theory]
    [InlineData(1 << 10)]
    [InlineData(4 << 10)]
    [InlineData(64 << 10)]
    public async Task Rows_and_schema_do_not_depend_on_the_cut(int targetBytes)
    {
        var source = Source(Records);

        var whole = await source.ReadAllAsync(folder.Inputs(), SourceReading.Cut(64 << 20));
        var cut = await source.ReadAllAsync(folder.Inputs(), SourceReading.Cut(targetBytes));

        Assert.Single(whole.Shards);
        Assert.True(cut.Shards.Count > 1);
        Assert.Equal(whole.Types, cut.Types);
        Assert.Equal(whole.Rows, cut.Rows);
        Assert.Equal(whole.Rejected, cut.Rejected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1500)]
    [InlineData(2999)]
    public async Task A_record_more_changes_at_most_a_few_shards(int at)
    {
        var source = Source(Records);
        var before = await source.ListAsync(folder.Inputs(), SourceReading.Cut(4096));
        var numbers = Enumerable.Range(0, Records).ToList();
        numbers.Insert(at, 777_777);
        folder.Put(FileName, Content(numbers));

        var after = await source.ListAsync(folder.Inputs(), SourceReading.Cut(4096));

        var known = before.Select(s => (s.Sha256, s.Detail)).ToHashSet();
        Assert.Equal(Records + 1, after.Sum(s => s.Records));
        Assert.InRange(after.Count(s => !known.Contains((s.Sha256, s.Detail))), 1, 4);
    }

    [Fact]
    public async Task Small_files_of_a_folder_share_shards_and_are_read_in_order()
    {
        var files = Enumerable.Range(0, 60).Select(i => (Name: $"many/{i:d3}-{FileName}", Numbers: Enumerable.Range(i * 5, 5))).ToList();
        files.ForEach(f => folder.Put(f.Name, Content(f.Numbers)));
        folder.Put(FileName, Content(Enumerable.Range(0, 300)));

        var together = await Make("many").ReadAllAsync(folder.Inputs(), SourceReading.Cut(8192));
        var cutSmall = await Make("many").ReadAllAsync(folder.Inputs(), SourceReading.Cut(1024));

        Assert.InRange(together.Shards.Count, 1, 30);
        Assert.Equal(together.Rows, cutSmall.Rows);
        Assert.Equal(together.Types, cutSmall.Types);
        Assert.Equal(together.Rejected.Select(r => r.Reason), cutSmall.Rejected.Select(r => r.Reason));
        Assert.Equal(300, together.Batch.Rows + together.Rejected.Count);
        await CheckFolderRows(together, await Make(FileName).ReadAllAsync(folder.Inputs()));
    }

    [Fact]
    public async Task Cancellation_is_honoured()
    {
        var source = Source(Records);
        var shard = (await source.ListAsync(folder.Inputs()))[0];
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in source.ListShardsAsync(folder.Inputs(), new ShardCut(), cancelled.Token))
            {
                Assert.Fail("A shard was listed.");
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(folder.Inputs(), shard, null, cancelled.Token));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("absent.txt").ListAsync(folder.Inputs()));

        Assert.Contains("absent.txt", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_named()
    {
        folder.Put(FileName, "");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make(FileName).ListAsync(folder.Inputs()));

        Assert.StartsWith($"The file \"{FileName}\" is empty. Expected", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_changed_after_it_was_listed_is_refused()
    {
        var source = Source(Records);
        var shard = (await source.ListAsync(folder.Inputs()))[^1];
        var path = Path.Combine(folder.Path, FileName);
        var content = await File.ReadAllBytesAsync(path);
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(path, content);

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ReadAsync(folder.Inputs(), shard, null, default));

        Assert.Contains($"\"{FileName}\" changed while the run was reading it", failed.Message, StringComparison.Ordinal);
        Assert.Contains("run again", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_became_shorter_is_refused()
    {
        var source = Source(Records);
        var shard = (await source.ListAsync(folder.Inputs()))[^1];
        folder.Put(FileName, Content([1]));

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ReadAsync(folder.Inputs(), shard, null, default));

        Assert.Contains("changed while the run was reading it", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_named()
    {
        var failed = await Assert.ThrowsAsync<SourceException>(() => Make(FileName).ListAsync(new LockedInputs(FileName)));

        Assert.Equal($"The file \"{FileName}\" cannot be read: permission denied. Give this user read permission for it.", failed.Message);
    }

    [Fact]
    public async Task UTF_16_with_a_byte_order_mark_gives_the_same_rows()
    {
        var source = Source(Records);
        var expected = await source.ReadAllAsync(folder.Inputs(), SourceReading.Cut(4096));
        var text = Content(Enumerable.Range(0, Records));

        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            folder.Put(FileName, [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
            var found = await source.ReadAllAsync(folder.Inputs(), SourceReading.Cut(4096));

            Assert.Equal(expected.Types, found.Types);
            Assert.Equal(expected.Rows, found.Rows);
            Assert.Equal(expected.Shards.Select(s => (s.Records, s.FirstLine)), found.Shards.Select(s => (s.Records, s.FirstLine)));
        }
    }

    /// <summary>Whether the rows of many files are those of one file with all the records.</summary>
    internal virtual Task CheckFolderRows(Everything folder, Everything file)
    {
        Assert.Equal(file.Rows, folder.Rows);
        return Task.CompletedTask;
    }

    Source Source(int records)
    {
        folder.Put(FileName, Content(Enumerable.Range(0, records)));
        return Make(FileName);
    }

    static List<string> Texts(ShardRows rows) => [.. rows.Batch.Columns.SelectMany(c => Enumerable.Range(0, c.Rows).Select(r => c.IsNull(r) ? "∅" : c.Display(r)))];

    sealed class LockedInputs(string path) : InputFiles
    {
        public override Task<IReadOnlyList<InputFile>> ListAsync(string wanted, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<InputFile>>([new InputFile(path, 10, "")]);

        public override bool Means(string wanted, string file) => false;

        public override Task<Sluice.Storage.LocalFile> OpenAsync(string wanted, CancellationToken cancellation) =>
            throw new UnauthorizedAccessException("Access denied.");
    }
}
