using System.Globalization;
using Xunit.Abstractions;

namespace Sluice.EndToEnd.Tests;

/// <summary>How a run is cut and how much of it runs at once never shows in what it gives.</summary>
public sealed class SameBytesTests(ITestOutputHelper output)
{
    const int Rows = 20_000;
    static readonly int[] batchBytes = [50_000, 150_000, 400_000, 1 << 20, 1 << 26];
    static readonly int[] parallelism = [1, 4];

    [Fact]
    public async Task Every_batch_size_and_degree_of_parallelism_gives_the_same_version_and_files()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var folder = new TestFolder();
        var images = new List<(string Name, RunImage Image)>();
        foreach (var (bytes, parallel) in batchBytes.SelectMany(b => parallelism.Select(p => (b, p))))
        {
            var name = $"{bytes} bytes, {parallel} at once";
            var pipeline = DirtyTable.Write(folder[name], Rows, seed);
            await File.AppendAllTextAsync(pipeline, $"\noptimization: {{ parallelism: {parallel} }}\n");

            var run = await SluiceProcess.RunAsync(
                folder[name], "run", "pipeline.yaml", "--store", "store", "--json", "--batch-bytes", bytes.ToString(CultureInfo.InvariantCulture));

            Assert.True(run.ExitCode == 0, run.ToString());
            images.Add((name, RunImage.Read(folder[$"{name}/store"], "dirty", folder[$"{name}/out"])));
            output.WriteLine($"{name}: {run.Json["seconds"]} s, {images[^1].Image.Version}");
        }

        var (_, expected) = images[0];
        Assert.Equal(batchBytes.Length * parallelism.Length, images.Count);
        Assert.All(images, run => Assert.Empty(run.Image.Differences(expected)));
        Assert.True(expected.RowsRead > Rows && expected.Rejected > 0, "The table is dirty: it has broken records, and rows are rejected.");
    }
}
