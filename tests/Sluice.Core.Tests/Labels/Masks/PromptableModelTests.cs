using Sluice.Embedding;
using Sluice.Labels.Masks;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Labels.Masks;

/// <summary>Models that are exported as Segment Anything is: what goes in, what comes out, and what is none.</summary>
public sealed class PromptableModelTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    // One colour, 40 × 20: in the model's 64 × 64 pixels the lower half is beside the image.
    static readonly byte[] image = Scene.Png(40, 20, (_, _) => (200, 100, 50));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_click_gives_the_best_of_the_masks_for_one_click_in_the_pixels_of_the_image()
    {
        var answer = await SegmentAsync([new Click(30, 7)]);

        // Above the click, with its row. What is beside the image is 0, and the rest normalised.
        Assert.Equal((320, "0,0,40,8"), (answer.Mask.ToMask().Area, string.Join(',', answer.Mask.ToMask().Box())));
        Assert.Equal((((200 - 123.675) / 58.395) + ((100 - 116.28) / 57.12) + ((50 - 103.53) / 57.375)) / 3 / 2, answer.Score!.Value, 1e-3);
        Assert.StartsWith("sam-1-", answer.Model, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_clicks_give_the_mask_for_several_and_a_point_that_is_none_follows_them()
    {
        var answer = await SegmentAsync([new Click(30, 7), new Click(2, 3, Inside: false), new Click(9, 9)]);

        // Left of the first click; labels 1, 0 and 1, and -1 of the point that is none.
        Assert.Equal((31 * 20, 1.0), (answer.Mask.ToMask().Area, answer.Score));
    }

    [Fact]
    public async Task An_encoder_that_prepares_the_pixels_itself_gets_them_as_they_are()
    {
        TinySegmenter.Lay(folder.Path, isPrepared: false);

        var answer = (await Segmenters.OpenAsync(folder.Path, CancellationToken.None)).Segment(image, [new Click(0, 19)], CancellationToken.None);

        // No padding, no mean taken off.
        Assert.Equal(800, answer.Mask.ToMask().Area);
        Assert.Equal(350 / 3.0, answer.Score!.Value, 1e-3);
    }

    [Fact]
    public async Task A_model_is_opened_once_and_its_name_tells_its_content()
    {
        TinySegmenter.Lay(folder.Path);
        var first = await Segmenters.OpenAsync(folder.Path, CancellationToken.None);
        var second = await Segmenters.OpenAsync(folder.Path, CancellationToken.None);

        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "tiny.decoder.onnx"), TinySegmenter.Decoder().Numbers("more", [1], 5).ToBytes());
        var other = await Segmenters.OpenAsync(folder.Path, CancellationToken.None);

        Assert.Same(first, second);
        Assert.NotEqual(first.Name, other.Name);
    }

    [Fact]
    public async Task What_is_no_such_model_is_refused_with_what_is_expected()
    {
        Assert.Contains("0 files named *encoder*.onnx", await RefusalAsync(), StringComparison.Ordinal);

        TinySegmenter.Lay(folder.Path);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "tiny.decoder.onnx"), TinySegmenter.Decoder("batched_point_coords").ToBytes());
        Assert.Contains("is not that of Segment Anything: found the inputs image_embeddings, batched_point_coords", await RefusalAsync(), StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "tiny.decoder.onnx"), TinySegmenter.Decoder(colours: 5).ToBytes());
        Assert.Contains("gives 1 × 3 × 4 × 4 numbers and the decoder", await RefusalAsync(), StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "tiny.encoder.onnx"), TinySegmenter.Encoder(colours: 4));
        Assert.Contains("The encoder", await RefusalAsync(), StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "tiny.encoder.onnx"), "version https://git-lfs.github.com/spec/v1"u8.ToArray());
        Assert.Contains("is no ONNX model", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "is not known. Expected 'regions'")]
    [InlineData("https://models.example/sam.zip", "cannot be fetched. Expected")]
    public async Task A_name_that_is_no_model_is_refused(string model, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<DataException>(() => Segmenters.OpenAsync(model, CancellationToken.None))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_that_others_may_not_name_is_refused_before_it_is_looked_at() =>
        Assert.Contains("may not be used here", Segmenters.Problem(folder.Path, AllowedModels.Beneath([])), StringComparison.Ordinal);

    async Task<MaskAnswer> SegmentAsync(IReadOnlyList<Click> clicks)
    {
        TinySegmenter.Lay(folder.Path);
        return (await Segmenters.OpenAsync(folder.Path, CancellationToken.None)).Segment(image, clicks, CancellationToken.None);
    }

    async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<DataException>(() => Segmenters.OpenAsync(folder.Path, CancellationToken.None))).Message;
}
