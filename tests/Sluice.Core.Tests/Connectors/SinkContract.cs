using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Batches;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Rows in memory.</summary>
sealed class SomeRows(Schema schema, params Batch[] batches) : DatasetRows
{
    public override Schema Schema => schema;

    public override long Rows => batches.Sum(batch => (long)batch.Rows);

    /// <summary>Called before each batch.</summary>
    public Action? Next { get; init; }

    public static SomeRows Of(Batch batch, int rowsEach, Action? next = null) =>
        new(batch.Schema, [.. Enumerable.Range(0, (batch.Rows + rowsEach - 1) / rowsEach).Select(i => batch.Slice(i * rowsEach, Math.Min(batch.Rows, (i + 1) * rowsEach)))]) { Next = next };

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var batch in batches)
        {
            Next?.Invoke();
            await Task.Yield();
            yield return batch;
        }
    }
}

/// <summary>What every sink that writes files owes. A new one adds itself with a test class of a few lines.</summary>
public abstract class SinkContract : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    protected abstract string Extension { get; }

    protected abstract Sink Make(string filePath, bool overwrite = true, string? splitBy = null);

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Bytes_do_not_depend_on_how_the_rows_are_batched()
    {
        const int Seed = 21;
        var batch = RandomBatches.Of(20_000, Seed);
        var seen = new HashSet<string>();
        foreach (var size in new[] { 7, 1000, 2048, 4999, 20_000 })
        {
            var written = await Write(Make($"{size}{Extension}"), SomeRows.Of(batch, size));

            Assert.Equal([$"{size}{Extension}"], written);
            seen.Add(Convert.ToBase64String(File.ReadAllBytes(Folder.File(written[0]))));
        }

        Assert.True(seen.Count == 1, $"{seen.Count} different files, seed {Seed}");
    }

    [Fact]
    public async Task Bytes_of_many_rows_do_not_depend_on_how_they_are_batched()
    {
        const int Seed = 22;
        var batch = RandomBatches.Of(300_000, Seed).Select(new HashSet<string> { "id", "price", "text" });
        var seen = new HashSet<string>();
        foreach (var size in new[] { 999, 122_880, 130_001, 300_000 })
        {
            var written = await Write(Make($"{size}{Extension}"), SomeRows.Of(batch, size));

            seen.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Folder.File(written[0])))));
        }

        Assert.True(seen.Count == 1, $"{seen.Count} different files, seed {Seed}");
    }

    [Fact]
    public async Task A_second_delivery_gives_the_same_bytes_even_when_overwriting_is_off()
    {
        var rows = SomeRows.Of(RandomBatches.Of(500, 23), 100);
        await Write(Make("a" + Extension, overwrite: false), rows);
        var before = File.ReadAllBytes(Folder.File("a" + Extension));

        await Write(Make("a" + Extension, overwrite: false), rows);

        Assert.Equal(before, File.ReadAllBytes(Folder.File("a" + Extension)));
        Assert.Equal(["a" + Extension], Folder.Names());
    }

    [Fact]
    public async Task Another_file_is_replaced_or_refused()
    {
        Folder.Write("a" + Extension, "old");

        var refused = await Assert.ThrowsAsync<SinkException>(() => Write(Make("a" + Extension, overwrite: false), SomeRows.Of(RandomBatches.Of(5, 24), 5)));

        Assert.Equal(
            $"The output \"a{Extension}\" exists already with other content, and overwrite is false. Delete or rename it, change file_path, or set overwrite to true.",
            refused.Message);
        Assert.Equal("old", File.ReadAllText(Folder.File("a" + Extension)));
        await Write(Make("a" + Extension), SomeRows.Of(RandomBatches.Of(5, 24), 5));
        Assert.NotEqual("old", File.ReadAllText(Folder.File("a" + Extension)));
        Assert.Equal(["a" + Extension], Folder.Names());
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        Folder.Write("b" + Extension, "old");
        using var stop = new CancellationTokenSource();
        var batches = 0;
        var rows = SomeRows.Of(RandomBatches.Of(500, 25), 100, () =>
        {
            if (++batches == 3)
            {
                stop.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Make("b" + Extension).WriteAsync(rows, new FolderOutputs(Folder.Path), stop.Token));

        Assert.Equal(["b" + Extension], Folder.Names());
        Assert.Equal("old", File.ReadAllText(Folder.File("b" + Extension)));
    }

    [Fact]
    public async Task What_a_killed_writer_left_is_removed_and_what_another_one_writes_is_not()
    {
        var abandoned = new[] { $".rows{Extension}.{Guid.NewGuid():N}.tmp", $".rows-a{Extension}.{Guid.NewGuid():N}.tmp" };
        var kept = new[] { $".rows{Extension}.mine.tmp", $".others{Extension}.{Guid.NewGuid():N}.tmp" };
        foreach (var name in abandoned.Concat(kept))
        {
            File.WriteAllText(Folder.File(name), "some of it");
        }

        using var alive = new TemporaryFile(Folder.File($"rows{Extension}"));

        await Write(Make($"rows{Extension}"), SomeRows.Of(RandomBatches.Of(100, seed: 3), 10));

        Assert.Equal(
            kept.Append(Path.GetFileName(alive.Name)).Append($"rows{Extension}").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing()
    {
        var rows = SomeRows.Of(RandomBatches.Of(500, 25), 100, () => throw new DataException("broken"));

        await Assert.ThrowsAsync<DataException>(() => Write(Make("b" + Extension), rows));

        Assert.Empty(Folder.Names());
    }

    [Fact]
    public async Task No_rows_make_a_file_too()
    {
        var written = await Write(Make("sub/deep/a" + Extension), new SomeRows(RandomBatches.Schema));

        Assert.Equal(["sub/deep/a" + Extension], written);
        Assert.Equal(["sub/deep/a" + Extension], Folder.Names().Select(name => name.Replace('\\', '/')));
    }

    [Fact]
    public async Task A_column_splits_the_rows_into_files()
    {
        var batch = new Batch(new Schema([new("split", ColumnType.Text), new("n", ColumnType.Int64)]),
            [TextColumn.Of("train", "test", "train", "dev.1"), new ValueColumn<long>(ColumnType.Int64, [1, 2, 3, 4])], 4);

        var written = await Write(Make("a" + Extension, splitBy: "split"), SomeRows.Of(batch, 3));

        Assert.Equal([$"a-dev.1{Extension}", $"a-test{Extension}", $"a-train{Extension}"], written);
        Assert.Equal(written, Folder.Names());
        await Write(Make("alone" + Extension), SomeRows.Of(batch.Take([0, 2]), 10));
        Assert.Equal(File.ReadAllBytes(Folder.File("alone" + Extension)), File.ReadAllBytes(Folder.File("a-train" + Extension)));
    }

    [Theory]
    [InlineData("../up", "found '../up'")]
    [InlineData("a b", "found 'a b'")]
    [InlineData("", "found ''")]
    [InlineData(".hidden", "found '.hidden'")]
    [InlineData(null, "found a missing value")]
    public async Task A_value_that_cannot_name_a_file_is_refused(string? value, string found)
    {
        var batch = new Batch(new Schema([new("split", ColumnType.Text)]), [TextColumn.Of("fine", value)], 2);

        var refused = await Assert.ThrowsAsync<SinkException>(() => Write(Make("a" + Extension, splitBy: "split"), SomeRows.Of(batch, 1)));

        Assert.StartsWith($"Column 'split' of split_by cannot name a file: {found}. Expected 1 to 64 characters from A-Z", refused.Message);
        Assert.Empty(Folder.Names());
    }

    [Fact]
    public async Task Values_that_differ_in_case_and_columns_that_are_not_there_are_refused()
    {
        var batch = new Batch(new Schema([new("split", ColumnType.Text)]), [TextColumn.Of("Test", "test")], 2);

        var clash = await Assert.ThrowsAsync<SinkException>(() => Write(Make("a" + Extension, splitBy: "split"), SomeRows.Of(batch, 1)));
        var missing = await Assert.ThrowsAsync<SinkException>(() => Write(Make("a" + Extension, splitBy: "nobody"), SomeRows.Of(batch, 1)));

        Assert.StartsWith("Column 'split' of split_by has the values 'Test' and 'test'", clash.Message);
        Assert.Equal("Column 'nobody' of split_by does not exist. It has: split.", missing.Message);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/tmp/a")]
    [InlineData("sub/../../a")]
    [InlineData("link/a")]
    public async Task Nothing_outside_the_folder_is_written(string path)
    {
        using var outside = new TemporaryFolder();
        Directory.CreateDirectory(Folder.File("in"));
        Directory.CreateSymbolicLink(Folder.File("in/link"), outside.Path);

        var refused = await Assert.ThrowsAsync<SinkException>(
            () => Make(path + Extension).WriteAsync(SomeRows.Of(RandomBatches.Of(1, 1), 1), new FolderOutputs(Folder.File("in")), default));

        Assert.Equal(
            $"The output \"{path}{Extension}\" may not be written: it leads outside \"{Folder.File("in")}\". Expected a path inside that folder. "
            + "Change file_path, or start the run with another output folder.",
            refused.Message);
        Assert.Empty(outside.Names());
    }

    [Fact]
    public async Task A_folder_or_nothing_is_not_a_file()
    {
        Directory.CreateDirectory(Folder.File("sub"));

        Assert.Contains("is a folder; expected a file", (await Refused("sub")).Message);
        Assert.Contains("is not a file. Expected a name such as", (await Refused("")).Message);
        Folder.Write("file", "x");
        Assert.Contains("cannot be written", (await Refused("file/a" + Extension)).Message);

        Task<SinkException> Refused(string path) => Assert.ThrowsAsync<SinkException>(() => Write(Make(path), SomeRows.Of(RandomBatches.Of(1, 1), 1)));
    }

    [UnprivilegedFact, UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_cannot_be_written_is_said()
    {
        Directory.CreateDirectory(Folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var refused = await Assert.ThrowsAsync<SinkException>(() => Write(Make("closed/a" + Extension), SomeRows.Of(RandomBatches.Of(1, 1), 1)));

        Assert.StartsWith($"The output \"closed/a{Extension}\" cannot be written: permission denied in \"", refused.Message);
    }

    protected Task<IReadOnlyList<string>> Write(Sink sink, DatasetRows rows) => sink.WriteAsync(rows, new FolderOutputs(Folder.Path), default);

    protected async Task<string> TextOf(Sink sink, Batch batch) => File.ReadAllText(Folder.File((await Write(sink, SomeRows.Of(batch, 3)))[0]));
}
