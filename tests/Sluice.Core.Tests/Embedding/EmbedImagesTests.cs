using System.Text.Json;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Embedding;
using Sluice.Steps;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Embedding;

/// <summary>Images in cells and in files as a step of a pipeline.</summary>
public sealed class EmbedImagesTests : StepContract
{
    protected override Step Create() => new EmbedImages(new() { Column = "image", Encoding = ImageEncoding.Base64, Target = "key" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new EmbedImages(new() { Column = "nowhere", Encoding = ImageEncoding.Base64 }), "column");

    protected override Batch Sample() => Table([.. Enumerable.Range(0, 30).Select(i => i % 7 == 3 ? null : i % 7 == 4 ? "not an image" : Base64(TestImage.Png(i % 5)))]);

    const string Yaml = TestRuns.Source + """
          - { id: see, type: embed_images, config: { column: image, folder: pictures, target: key, max_bytes: 2000, max_pixels: 10000 } }

        """;

    [Fact]
    public void Cells_hold_base64_with_and_without_a_prefix()
    {
        var vectors = StepRunner.Run(
            new EmbedImages(new() { Column = "image", Encoding = ImageEncoding.Base64, Target = "v", Output = EmbedOutput.Vector }),
            Table(Base64(TestImage.Png(1)), "data:image/png;base64," + Base64(TestImage.Png(1)), Base64(TestImage.Png(2)), null)).All.Text("v");

        using var embedder = new ImageEmbedder();
        Assert.Equal(embedder.Embed([TestImage.Png(1)], CancellationToken.None)[0].Vector, JsonSerializer.Deserialize<float[]>(vectors[0]));
        Assert.Equal(vectors.Display(0), vectors.Display(1));
        Assert.NotEqual(vectors.Display(0), vectors.Display(2));
        Assert.True(vectors.IsNull(3));
    }

    [Fact]
    public void A_bad_image_is_a_verdict_on_its_row_alone()
    {
        var step = new EmbedImages(new() { Column = "image", Encoding = ImageEncoding.Base64, Target = "k", MaxBytes = 600, MaxPixels = 5_000 });
        var large = Base64(TestImage.Png(1, 4_000, 2));

        var run = StepRunner.Run(step, Table(Base64(TestImage.Png(1)), null, "", "%%%", Base64("plain text"u8.ToArray()), large, Base64([.. TestImage.Png(1), .. new byte[600]])));

        Assert.Equal(
            ["image_too_large:5", "image_too_large:6", "image_unreadable:3", "image_unreadable:4", "no_image:1", "no_image:2"],
            run.Verdicts.SelectMany(v => v.Rules.SelectMany((rule, i) => v.Failing(i).Select(row => $"{rule.Reason}:{row}"))).Order(StringComparer.Ordinal));
        Assert.Equal([false, true, true, true, true, true, true], Enumerable.Range(0, 7).Select(row => run.All["k"].IsNull(row)));
    }

    [Fact]
    public async Task Files_of_a_folder_are_inputs_by_content_and_paths_cannot_leave_it()
    {
        await using var runs = new TestRuns();
        Directory.CreateDirectory(Path.Combine(runs.Folder, "pictures", "more"));
        Write(runs, "pictures/a.png", TestImage.Png(1));
        Write(runs, "pictures/more/b.png", TestImage.Png(1));
        Write(runs, "pictures/c.png", TestImage.Png(2));
        Write(runs, "pictures/broken.jpg", "no picture"u8.ToArray());
        Write(runs, "pictures/long.png", [.. TestImage.Png(1), .. new byte[3_000]]);
        Write(runs, "secret.png", TestImage.Png(3));
        string[] paths = ["a.png", "./more/b.png", "c.png", "broken.jpg", "long.png", "none.png", "../secret.png", "more/../../secret.png", Path.Combine(runs.Folder, "secret.png"), ""];
        runs.Write("data.csv", "id,image\n" + string.Concat(paths.Select((path, i) => $"{i},{path}\n")));

        var run = await runs.RunAsync(Yaml);

        var rows = await runs.RowsAsync(run.Version);
        Assert.Equal(Key(0), Key(1));
        Assert.NotEqual(Key(0), Key(2));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(32, Key(i).Length));
        Assert.All(Enumerable.Range(3, 7), i => Assert.Equal("", Key(i)));
        var failures = (await runs.RecordAsync(run.Outcome)).Steps.Single(s => s.Step == "see").Failures;
        Assert.Equal(
            [("image_not_found:image", 1L), ("image_path_refused:image", 3L), ("image_too_large:image", 1L), ("image_unreadable:image", 1L), ("no_image:image", 1L)],
            failures.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value)));

        string Key(int i) => rows[i].Split('|')[2];
    }

    [Fact]
    public async Task The_version_changes_when_an_image_does_and_for_no_batch_size()
    {
        var found = new HashSet<string>();
        foreach (var (bytes, picture) in new[] { (40L, 4), (100_000L, 4), (100_000L, 5) })
        {
            await using var runs = new TestRuns();
            Directory.CreateDirectory(Path.Combine(runs.Folder, "pictures"));
            for (var i = 0; i < 6; i++)
            {
                Write(runs, $"pictures/{i}.png", TestImage.Png(i == 3 ? picture : i));
            }

            runs.Write("data.csv", "id,image\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{i},{i % 6}.png\n")));

            found.Add((await runs.RunAsync(Yaml, batchBytes: bytes)).Version);
        }

        Assert.Equal(2, found.Count);
    }

    [Fact]
    public void Says_what_is_wrong_before_the_run()
    {
        string[] Invalid(EmbedImages.Options options) => [.. options.Validate(new(options)).Select(r => r.ErrorMessage!)];

        Assert.StartsWith("'folder' says where the files of encoding: path are", Assert.Single(Invalid(new() { Column = "image" })));
        Assert.Single(Invalid(new() { Column = "image", Encoding = ImageEncoding.Base64, Folder = "x" }));
        Assert.StartsWith("target: The target would take the place", Assert.Single(StepRunner.Problems(new EmbedImages(new() { Column = "image", Folder = "x", Target = "image" }), Table("a").Schema)));
    }

    static Batch Table(params string?[] images) => new(new Schema([new("image", ColumnType.Text)]), [TextColumn.Of(images)], images.Length);

    static void Write(TestRuns runs, string name, byte[] image) => File.WriteAllBytes(Path.Combine(runs.Folder, name), image);

    static string Base64(byte[] file) => Convert.ToBase64String(file);
}
