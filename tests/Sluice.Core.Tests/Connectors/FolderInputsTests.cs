using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class FolderInputsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("b.csv", "b.csv")]
    [InlineData("./b.csv", "b.csv")]
    [InlineData(".", "a.csv B.csv b.csv notes.txt")]
    [InlineData("*.csv", "B.csv a.csv b.csv")]
    [InlineData("?.csv", "B.csv a.csv b.csv")]
    [InlineData("sub", "sub/c.csv")]
    [InlineData("sub/*", "sub/c.csv")]
    [InlineData("**/*.csv", "B.csv a.csv b.csv sub/c.csv sub/deep/d.csv")]
    [InlineData("sub/**", "sub/c.csv sub/deep/d.csv")]
    [InlineData("**/deep/*.csv", "sub/deep/d.csv")]
    [InlineData("s*/*/d*", "sub/deep/d.csv")]
    [InlineData("**/**/d.csv", "sub/deep/d.csv")]
    [InlineData("*o*e*s*.txt", "notes.txt")]
    public async Task A_path_means_a_file_a_folder_or_a_pattern_in_ordinal_order(string path, string expected)
    {
        foreach (var name in new[] { "b.csv", "a.csv", "B.csv", "notes.txt", ".hidden.csv", "sub/c.csv", "sub/deep/d.csv", ".git/e.csv", "sub/.f.csv" })
        {
            folder.Write(name);
        }

        var found = await Inputs().ListAsync(path, default);

        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), found.Select(file => file.Path));
    }

    [Theory]
    [InlineData("a.csv", "a.csv", true)]
    [InlineData("./x/../a.csv", "a.csv", true)]
    [InlineData("a.csv", "b.csv", false)]
    [InlineData("*.csv", "new.csv", true)]
    [InlineData("*.csv", "new.json", false)]
    [InlineData("*.csv", ".hidden.csv", false)]
    [InlineData("*.csv", "out/new.csv", false)]
    [InlineData("**/*.csv", "new.csv", true)]
    [InlineData("**/*.csv", "out/deep/new.csv", true)]
    [InlineData("o*/**", "out/deep/new.csv", true)]
    [InlineData("o*/**", "in/deep/new.csv", false)]
    [InlineData(".", "new.csv", true)]
    [InlineData(".", "out/new.csv", false)]
    public void An_output_that_would_be_input_is_told(string path, string output, bool expected) =>
        Assert.Equal(expected, new FolderInputs([folder.Path], folder.Path).Means(path, Path.GetFullPath(output, folder.Path)));

    [Fact]
    public async Task A_hidden_file_that_is_named_is_read()
    {
        folder.Write(".hidden.csv");

        Assert.Equal(".hidden.csv", Assert.Single(await Inputs().ListAsync(".hidden.csv", default)).Path);
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_pattern_is_that_file()
    {
        folder.Write("what?.csv");
        folder.Write("whats.csv");

        Assert.Equal("what?.csv", Assert.Single(await Inputs().ListAsync("what?.csv", default)).Path);
    }

    [Fact]
    public async Task An_absolute_path_inside_the_base_is_shown_relative_and_one_outside_as_it_is()
    {
        using var other = new TemporaryFolder();
        folder.Write("in/a.csv");
        other.Write("b.csv");
        var inputs = new FolderInputs([folder.Path, other.Path], folder.Path);

        Assert.Equal("in/a.csv", Assert.Single(await inputs.ListAsync(folder.File("in/a.csv"), default)).Path);
        Assert.Equal(other.File("b.csv"), Assert.Single(await inputs.ListAsync(other.File("*.csv"), default)).Path);
        using var open = await inputs.OpenAsync(other.File("b.csv"), default);
        Assert.Equal("x", await File.ReadAllTextAsync(open.Path));
    }

    [Fact]
    public async Task The_stamp_and_the_size_change_with_the_content()
    {
        var path = folder.Write("a.csv", "one");
        var before = Assert.Single(await Inputs().ListAsync("a.csv", default));

        File.WriteAllText(path, "three");
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var after = Assert.Single(await Inputs().ListAsync("a.csv", default));
        Assert.Equal((3, 5), (before.Bytes, after.Bytes));
        Assert.NotEqual(before.Stamp, after.Stamp);
    }

    [Theory]
    [InlineData("../outside.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../outside.csv")]
    [InlineData("../*")]
    [InlineData("/etc/*")]
    [InlineData("link.csv")]
    [InlineData("linked/secret.csv")]
    [InlineData("l*.csv")]
    [InlineData("l*/secret.csv")]
    [InlineData("chain.csv")]
    public async Task Nothing_outside_the_roots_is_read(string path)
    {
        using var outside = new TemporaryFolder();
        outside.Write("secret.csv");
        folder.Write("inner/a.csv");
        var inner = folder.File("inner");
        File.CreateSymbolicLink(Path.Combine(inner, "link.csv"), outside.File("secret.csv"));
        File.CreateSymbolicLink(Path.Combine(inner, "chain.csv"), "link.csv");
        Directory.CreateSymbolicLink(Path.Combine(inner, "linked"), outside.Path);

        var inputs = new FolderInputs([inner], inner);

        var refused = await Assert.ThrowsAsync<SourceException>(() => inputs.ListAsync(path, default));
        Assert.StartsWith($"The input \"{path}\" may not be read: \"", refused.Message);
        Assert.Contains($"outside the allowed folders. Expected a path inside: \"{inner}\". Move the file there", refused.Message);
        if (!path.Contains('*'))
        {
            await Assert.ThrowsAsync<SourceException>(() => inputs.OpenAsync(path, default));
        }
    }

    [Fact]
    public async Task A_root_whose_name_begins_like_an_allowed_one_is_outside()
    {
        folder.Write("data-private/a.csv");
        folder.Write("data/a.csv");

        var inputs = new FolderInputs([folder.File("data")], folder.Path);

        Assert.Equal("data/a.csv", Assert.Single(await inputs.ListAsync("data", default)).Path);
        await Assert.ThrowsAsync<SourceException>(() => inputs.ListAsync("data-private/a.csv", default));
    }

    [Fact]
    public async Task Links_within_the_roots_are_followed_and_loops_are_not()
    {
        folder.Write("real/a.csv");
        File.CreateSymbolicLink(folder.File("a-link.csv"), "real/a.csv");
        Directory.CreateSymbolicLink(folder.File("real/loop"), folder.Path);

        Assert.Equal(["a-link.csv", "real/a.csv"], (await Inputs().ListAsync("**", default)).Select(file => file.Path));
        File.CreateSymbolicLink(folder.File("ring"), "ring");
        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync("ring", default));
        Assert.Contains("More than 40 links follow one another", refused.Message);
    }

    [Fact]
    public async Task A_link_to_nothing_is_reported()
    {
        File.CreateSymbolicLink(folder.File("gone.csv"), "nowhere.csv");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync("*.csv", default));

        Assert.Equal("The input \"*.csv\" includes \"gone.csv\", a link to nothing. Remove the link or restore the file.", refused.Message);
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
        folder.Write("a.csv");
        folder.Write("empty/.keep");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync(path, default));

        Assert.Contains(expected, refused.Message);
    }

    [Fact]
    public async Task Opening_a_folder_or_nothing_is_refused()
    {
        folder.Write("sub/a.csv");

        Assert.Equal(
            "The input \"sub\" is a folder; expected a file. Name one of its files.",
            (await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync("sub", default))).Message);
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync("b.csv", default))).Message);
    }

    [UnprivilegedFact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Missing_permission_is_said()
    {
        File.SetUnixFileMode(folder.Write("a.csv"), UnixFileMode.None);
        folder.Write("closed/b.csv");
        File.SetUnixFileMode(folder.File("closed"), UnixFileMode.None);

        var file = await Assert.ThrowsAsync<SourceException>(() => Inputs().OpenAsync("a.csv", default));
        var closed = await Assert.ThrowsAsync<SourceException>(() => Inputs().ListAsync("closed", default));

        File.SetUnixFileMode(folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains("The input \"a.csv\" cannot be read: permission denied", file.Message);
        Assert.Contains("The input \"closed\" cannot be read: permission denied", closed.Message);
    }

    [Fact]
    public async Task Too_many_files_are_refused()
    {
        folder.Write("a.csv");
        folder.Write("b.csv");

        var refused = await Assert.ThrowsAsync<SourceException>(() => new FolderInputs([folder.Path], folder.Path) { MaxFiles = 1 }.ListAsync(".", default));

        Assert.Equal("The input \".\" means more than 1 files, the limit. Name a narrower folder or pattern.", refused.Message);
    }

    [Fact]
    public async Task Listing_can_be_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Inputs().ListAsync(".", new CancellationToken(canceled: true)));

    FolderInputs Inputs() => new([folder.Path], folder.Path);
}
