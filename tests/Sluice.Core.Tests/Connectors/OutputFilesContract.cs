using Sluice.Connectors;

namespace Sluice.Tests.Connectors;

/// <summary>What every place of output files owes.</summary>
public abstract class OutputFilesContract : IAsyncLifetime
{
    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    protected abstract OutputFiles Outputs { get; }

    /// <summary>Text of the file that an output is; null: there is none.</summary>
    protected abstract Task<string?> TextAsync(string path);

    [Theory]
    [InlineData("a.csv", "a.csv")]
    [InlineData("out/a.csv", "out/a.csv")]
    [InlineData("./out//deep/../a.csv", "out/a.csv")]
    [InlineData("out dir/été.csv", "out dir/été.csv")]
    public async Task A_file_appears_whole_at_its_place(string path, string expected)
    {
        var placed = Outputs.Place(path);
        Outputs.Prepare(placed);
        using var file = Outputs.Start(placed);
        Assert.Equal(0, new FileInfo(file.Scratch).Length);

        await File.WriteAllTextAsync(file.Scratch, "rows");
        var before = (await TextAsync(placed), await Outputs.BytesAsync(placed, default));
        await file.PublishAsync(overwrite: true, default);

        Assert.Equal(expected, placed);
        Assert.Equal(placed, Outputs.Place(placed));
        Assert.Equal((null, null), before);
        Assert.Equal(("rows", 4), (await TextAsync(placed), await Outputs.BytesAsync(placed, default)));
    }

    [Fact]
    public async Task What_is_not_published_leaves_nothing()
    {
        string scratch;
        using (var file = Start("a.csv"))
        {
            scratch = file.Scratch;
            await File.WriteAllTextAsync(scratch, "half");
        }

        Assert.False(File.Exists(scratch));
        Assert.Null(await TextAsync("a.csv"));
        Assert.Null(await Outputs.BytesAsync("a.csv", default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_delivery_is_harmless(bool overwrite)
    {
        await WriteAsync("out/a.csv", "same", overwrite);

        await WriteAsync("out/a.csv", "same", overwrite);

        Assert.Equal("same", await TextAsync("out/a.csv"));
    }

    [Theory]
    [InlineData("new")]
    [InlineData("longer than the other")]
    public async Task Other_content_is_replaced_or_refused(string content)
    {
        await WriteAsync("a.csv", "old", overwrite: true);

        var refused = await Assert.ThrowsAsync<SinkException>(() => WriteAsync("a.csv", content, overwrite: false));

        Assert.Equal("The output \"a.csv\" exists already with other content, and overwrite is false. Delete or rename it, change file_path, or set overwrite to true.", refused.Message);
        Assert.Equal("old", await TextAsync("a.csv"));
        await WriteAsync("a.csv", content, overwrite: true);
        Assert.Equal(content, await TextAsync("a.csv"));
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        await WriteAsync("empty.csv", "", overwrite: false);

        Assert.Equal(("", 0), (await TextAsync("empty.csv"), await Outputs.BytesAsync("empty.csv", default)));
    }

    [Theory]
    [InlineData("../a.csv")]
    [InlineData("/tmp/a.csv")]
    [InlineData("sub/../../a.csv")]
    public void Nothing_outside_is_written(string path)
    {
        var refused = Assert.Throws<SinkException>(() => Outputs.Place(path));

        Assert.StartsWith($"The output \"{path}\" may not be written: it leads outside \"", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("Expected a path inside that folder. Change file_path, or start the run with another output folder.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The output \"\" is not a file. Expected a name such as \"out/rows.csv\". Set file_path.")]
    [InlineData("out/", "The output \"out/\" is not a file. Expected a name such as \"out/rows.csv\". Set file_path.")]
    [InlineData("a\0", "The output \"a\\0\" is not a file. Expected a name such as \"out/rows.csv\". Set file_path.")]
    [InlineData(".", "The output \".\" is a folder; expected a file. Add a file name to file_path.")]
    public void What_is_no_file_is_refused(string path, string expected) =>
        Assert.Equal(expected, Assert.Throws<SinkException>(() => Outputs.Place(path)).Message);

    [Fact]
    public async Task A_large_file_arrives_whole()
    {
        var content = string.Concat(Enumerable.Range(0, 700_000).Select(i => (char)('a' + (i % 26))));

        await WriteAsync("large.csv", content, overwrite: true);
        await WriteAsync("large.csv", content + "b", overwrite: true);

        Assert.Equal(content + "b", await TextAsync("large.csv"));
        await WriteAsync("large.csv", content + "b", overwrite: false);
        await Assert.ThrowsAsync<SinkException>(() => WriteAsync("large.csv", content + "c", overwrite: false));
    }

    protected OutputFile Start(string path)
    {
        Outputs.Prepare(path);
        return Outputs.Start(path);
    }

    protected async Task WriteAsync(string path, string content, bool overwrite)
    {
        using var file = Start(path);
        await File.WriteAllTextAsync(file.Scratch, content);
        await file.PublishAsync(overwrite, default);
    }
}
