using Sluice.Connectors;
using Sluice.Tests.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class FolderInputsTests : InputFilesContract, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override Task WriteAsync(string name, string content = "x") => Task.FromResult(folder.Write(name, content));

    protected override InputFiles Inputs(string folder = "", int maxFiles = 1000) =>
        new FolderInputs([this.folder.Path], Path.Combine(this.folder.Path, folder)) { MaxFiles = maxFiles };

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
    [InlineData("**/*.csv", "out/.hidden/new.csv", false)]
    public void An_output_that_would_be_input_is_told(string path, string output, bool expected) =>
        Assert.Equal(expected, new FolderInputs([folder.Path], folder.Path).Means(path, Path.GetFullPath(output, folder.Path)));

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

    [Theory]
    [InlineData("link.csv")]
    [InlineData("linked/secret.csv")]
    [InlineData("l*.csv")]
    [InlineData("l*/secret.csv")]
    [InlineData("chain.csv")]
    public async Task Links_out_of_the_roots_are_not_followed(string path)
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
}
