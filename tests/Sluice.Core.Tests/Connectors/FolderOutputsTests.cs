using Sluice.Connectors;
using Sluice.Tests.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class FolderOutputsTests : OutputFilesContract, IDisposable
{
    readonly TemporaryFolder folder = new();

    protected override OutputFiles Outputs => new FolderOutputs(folder.Path);

    public void Dispose() => folder.Dispose();

    protected override async Task<string?> TextAsync(string path) => File.Exists(folder.File(path)) ? await File.ReadAllTextAsync(folder.File(path)) : null;

    [Fact]
    public void An_output_is_a_local_file() => Assert.Equal(folder.File("out/a.csv"), Outputs.LocalPath(Outputs.Place("out/a.csv")));
}
