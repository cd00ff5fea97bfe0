using Sluice.Connectors;

namespace Sluice.Tests.Connectors;

/// <summary>What every place of input files owes.</summary>
public abstract class InputFilesContract : IAsyncLifetime
{
    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    protected abstract Task WriteAsync(string name, string content = "x");

    /// <summary>The place, with relative paths that start at a folder of it.</summary>
    protected abstract InputFiles Inputs(string folder = "", int maxFiles = 1000);

    [Theory]
    [InlineData("b.csv", "b.csv")]
    [InlineData("./b.csv", "b.csv")]
    [InlineData("sub/../b.csv", "b.csv")]
    [InlineData(".", "a.csv B.csv b.csv notes.txt")]
    [InlineData("*.csv", "B.csv a.csv b.csv")]
    [InlineData("?.csv", "B.csv a.csv b.csv")]
    [InlineData("sub", "sub/c.csv")]
    [InlineData("sub/", "sub/c.csv")]
    [InlineData("sub/*", "sub/c.csv")]
    [InlineData("**/*.csv", "B.csv a.csv b.csv sub/c.csv sub/deep/d.csv")]
    [InlineData("sub/**", "sub/c.csv sub/deep/d.csv")]
    [InlineData("**/deep/*.csv", "sub/deep/d.csv")]
    [InlineData("s*/*/d*", "sub/deep/d.csv")]
    [InlineData("**/**/d.csv", "sub/deep/d.csv")]
    [InlineData("*o*e*s*.txt", "notes.txt")]
    [InlineData(".git/*.csv", ".git/e.csv")]
    public async Task A_path_means_a_file_a_folder_or_a_pattern_in_ordinal_order(string path, string expected)
    {
        foreach (var name in new[] { "b.csv", "a.csv", "B.csv", "notes.txt", ".hidden.csv", "sub/c.csv", "sub/deep/d.csv", ".git/e.csv", "sub/.f.csv" })
        {
            await WriteAsync(name);
        }

        var found = await Inputs().ListAsync(path, default);

        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), found.Select(file => file.Path));
        foreach (var file in found)
        {
            using var open = await Inputs().OpenAsync(file.Path, default);
            Assert.Equal("x", await File.ReadAllTextAsync(open.Path));
        }
    }

    [Fact]
    public async Task Paths_start_at_the_folder_and_may_leave_it_but_not_the_place()
    {
        await WriteAsync("films/in/a.csv");
        await WriteAsync("shared/b.csv", "shared");

        Assert.Equal("in/a.csv", Assert.Single(await Inputs("films").ListAsync("in/*", default)).Path);
        Assert.Equal("../shared/b.csv", Assert.Single(await Inputs("films").ListAsync("../shared/b.csv", default)).Path);
        Assert.Equal("../shared/b.csv", Assert.Single(await Inputs("films").ListAsync("../shared/*", default)).Path);
        using var open = await Inputs("films").OpenAsync("../shared/b.csv", default);
        Assert.Equal("shared", await File.ReadAllTextAsync(open.Path));
        await Assert.ThrowsAsync<SourceException>(() => Inputs("films").ListAsync("../../shared/b.csv", default));
    }

    [Fact]
    public async Task A_hidden_file_that_is_named_is_read()
    {
        await WriteAsync(".hidden.csv");

        Assert.Equal(".hidden.csv", Assert.Single(await Inputs().ListAsync(".hidden.csv", default)).Path);
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_pattern_is_that_file()
    {
        await WriteAsync("what?.csv", "which");
        await WriteAsync("whats.csv");

        Assert.Equal("what?.csv", Assert.Single(await Inputs().ListAsync("what?.csv", default)).Path);
        using var open = await Inputs().OpenAsync("what?.csv", default);
        Assert.Equal("which", await File.ReadAllTextAsync(open.Path));
    }

    [Fact]
    public async Task Names_may_have_any_letters()
    {
        const string name = "été 100% #1 + [x]&y.csv";
        await WriteAsync(name, "any");

        var file = Assert.Single(await Inputs().ListAsync("*.csv", default));
        using var open = await Inputs().OpenAsync(file.Path, default);

        Assert.Equal(name, file.Path);
        Assert.Equal("any", await File.ReadAllTextAsync(open.Path));
    }

    [Fact]
    public async Task The_stamp_and_the_size_change_with_the_content_and_what_is_opened_is_the_newest()
    {
        await WriteAsync("a.csv", "one");
        var before = Assert.Single(await Inputs().ListAsync("a.csv", default));
        (await Inputs().OpenAsync("a.csv", default)).Dispose();

        await WriteAsync("a.csv", "three");

        var after = Assert.Single(await Inputs().ListAsync("a.csv", default));
        using var open = await Inputs().OpenAsync("a.csv", default);
        Assert.Equal((3, 5), (before.Bytes, after.Bytes));
        Assert.NotEqual(before.Stamp, after.Stamp);
        Assert.Equal(after.Stamp, Assert.Single(await Inputs().ListAsync(".", default)).Stamp);
        Assert.Equal("three", await File.ReadAllTextAsync(open.Path));
    }

    [Theory]
    [InlineData("../outside.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../outside.csv")]
    [InlineData("../*")]
    [InlineData("/etc/*")]
    public async Task Nothing_outside_is_read(string path)
    {
        await WriteAsync("a.csv");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync(path, default));

        Assert.StartsWith($"The input \"{path}\" may not be read: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("outside the allowed folders. Expected a path inside: ", refused.Message, StringComparison.Ordinal);
        if (!path.Contains('*'))
        {
            await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync(path, default));
        }
    }

    [Theory]
    [InlineData("x.csv", "does not exist: there is no file or folder")]
    [InlineData("no/x.csv", "does not exist: there is no file or folder")]
    [InlineData("no/*.csv", "matches nothing: there is no folder")]
    [InlineData("*.json", "matches no file in")]
    [InlineData("empty", "has no files in it (looked in")]
    [InlineData("", "is not a path. Expected a file, a folder or a pattern")]
    [InlineData("a\0b", "\"a\\0b\" is not a path")]
    public async Task What_means_nothing_is_one_clear_error(string path, string expected)
    {
        await WriteAsync("a.csv");
        await WriteAsync("empty/.keep");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync(path, default));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_a_folder_or_nothing_is_refused()
    {
        await WriteAsync("sub/a.csv");

        Assert.Equal(
            "The input \"sub\" is a folder; expected a file. Name one of its files.",
            (await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync("sub", default))).Message);
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync("b.csv", default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("*.csv")]
    public async Task Too_many_files_are_refused(string path)
    {
        await WriteAsync("a.csv");
        await WriteAsync("b.csv");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs(maxFiles: 1).ListAsync(path, default));

        Assert.Equal($"The input \"{path}\" means more than 1 files, the limit. Name a narrower folder or pattern.", refused.Message);
    }

    [Fact]
    public async Task Listing_can_be_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Inputs().ListAsync(".", new CancellationToken(canceled: true)));
}
