using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>N. Seriot's JSONTestSuite: y_ files are JSON, n_ files are not, i_ files may be either but must not break anything.</summary>
public sealed class JsonTestSuiteTests
{
    const string Suite = "json/JSONTestSuite/test_parsing";

    [SharedDataFact(Suite)]
    public async Task What_is_JSON_is_read_and_what_is_not_is_refused()
    {
        using var folder = new TemporaryFolder();
        var wrong = new List<string>();
        var files = Directory.GetFiles(SharedData.At(Suite)!, "*.json");
        foreach (var path in files)
        {
            var name = folder.Put("test.json", await File.ReadAllBytesAsync(path));
            foreach (var target in new[] { 1, 1 << 20 })
            {
                var accepted = await IsAcceptedAsync(folder, name, target);
                var kind = Path.GetFileName(path)[0];
                if ((kind == 'y' && !accepted) || (kind == 'n' && accepted))
                {
                    wrong.Add($"{Path.GetFileName(path)} ({target})");
                }
            }
        }

        Assert.True(files.Length > 100, $"{files.Length} files");
        Assert.Empty(wrong);
    }

    static async Task<bool> IsAcceptedAsync(TemporaryFolder folder, string name, int target)
    {
        try
        {
            var found = await new JsonSource(new JsonSource.Options { FilePath = name }).ReadAllAsync(folder.Inputs(), SourceReading.Cut(target));
            return found.Rejected.Count == 0;
        }
        catch (SourceException failed)
        {
            Assert.Contains(name, failed.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
