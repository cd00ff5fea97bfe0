using Sluice.Labels.Masks;

namespace Sluice.Core.Tests.Labels.Masks;

/// <summary>Masks without a model, on drawn things whose right masks are known.</summary>
public sealed class RegionSegmenterTests
{
    const int Width = 200, Height = 150;

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(30)]
    public void One_click_marks_a_thing_on_another_colour_whatever_the_noise(int noise) =>
        AssertFound((x, y) => InDisc(x, y) ? (200, 60, 60) : (60, 120, 60), InDisc, [new Click(95, 70)], 0.97, noise);

    [Fact]
    public void A_weak_contrast_is_enough_beside_a_strong_one() =>
        AssertFound((x, y) => x > 160 ? (255, 255, 255) : InDisc(x, y) ? (132, 132, 132) : (112, 112, 112), InDisc, [new Click(80, 60)], 0.99);

    [Fact]
    public void A_background_that_changes_slowly_is_no_hindrance() =>
        AssertFound((x, y) => InDisc(x, y) ? (40, 60, 180) : (80 + (x / 3), 90 + (x / 3), 70), InDisc, [new Click(90, 70)], 0.97, noise: 6);

    [Fact]
    public void A_soft_edge_is_cut_half_way() =>
        AssertFound(
            (x, y) => Scene.Softly(x, y, 90, 70, 40, 8) is var share ? ((int)(40 + (180 * share)), (int)(60 + (120 * share)), 90) : default, InDisc, [new Click(90, 70)], 0.93);

    [Fact]
    public void A_click_beside_things_marks_what_is_around_them() =>
        AssertFound((x, y) => InDisc(x, y) ? (200, 60, 60) : (60, 120, 60), (x, y) => !InDisc(x, y), [new Click(10, 10)], 0.99, noise: 8);

    [Fact]
    public void A_hole_stays_a_hole()
    {
        static bool InRing(int x, int y) => InDisc(x, y) && !Scene.IsInDisc(x, y, 90, 70, 20);

        AssertFound((x, y) => InRing(x, y) ? (200, 180, 40) : (60, 60, 60), InRing, [new Click(60, 70)], 0.98, noise: 8);
    }

    [Fact]
    public void Clicks_in_two_places_mark_both()
    {
        static bool InSecond(int x, int y) => x is > 150 and < 190 && y is > 20 and < 60;

        AssertFound(
            (x, y) => InDisc(x, y) ? (200, 60, 60) : InSecond(x, y) ? (40, 60, 220) : (60, 120, 60), (x, y) => InDisc(x, y) || InSecond(x, y), [new Click(90, 70), new Click(170, 40)], 0.97, noise: 8);
    }

    [Fact]
    public void A_click_outside_cuts_off_what_colour_cannot_tell_apart()
    {
        static bool InSecond(int x, int y) => Scene.IsInDisc(x, y, 160, 70, 35);

        var mask = Found((x, y) => InDisc(x, y) || InSecond(x, y) ? (200, 60, 60) : (60, 120, 60), [new Click(80, 70), new Click(170, 70, Inside: false)], noise: 8);

        Assert.InRange(mask.Overlap(Scene.Of(Width, Height, InDisc)), 0.9, 1);
        Assert.Equal(0, mask.Pixels[(70 * Width) + 170]);
    }

    [Fact]
    public void A_click_outside_in_another_colour_lowers_the_tolerance()
    {
        // Two shades that one click takes for one thing.
        static (int, int, int) Colour(int x, int y) => InDisc(x, y) ? (x < 90 ? (150, 150, 160) : (158, 158, 160)) : (20, 20, 20);

        var both = Found(Colour, [new Click(75, 70)]);
        var one = Found(Colour, [new Click(75, 70), new Click(105, 70, Inside: false)]);

        Assert.InRange(both.Overlap(Scene.Of(Width, Height, InDisc)), 0.99, 1);
        Assert.InRange(one.Overlap(Scene.Of(Width, Height, (x, y) => InDisc(x, y) && x < 90)), 0.99, 1);
    }

    [Fact]
    public void An_image_of_one_colour_is_one_region() => Assert.Equal(Width * Height, Found((_, _) => (90, 90, 90), [new Click(5, 5)]).Area);

    [Fact]
    public void The_same_clicks_give_the_same_mask_in_any_order_of_what_is_inside()
    {
        var image = Scene.Png(Width, Height, (x, y) => InDisc(x, y) ? (200, 60, 60) : (60, 120, 60), noise: 20);
        Click[] clicks = [new(90, 70), new(100, 90), new(20, 20, Inside: false)];

        var first = Segment(image, clicks);

        Assert.True(first.IsSame(Segment(image, clicks)));
        Assert.True(first.IsSame(Segment(image, [clicks[1], clicks[0], clicks[2]])));
        Assert.Equal(("regions-1", null), (first.Model, first.Score));
    }

    [Fact]
    public void A_large_image_is_looked_at_smaller_and_its_mask_is_as_large_as_it_is()
    {
        const int scale = 16;
        var image = Scene.Png(Width * scale, Height * scale, (x, y) => InDisc(x / scale, y / scale) ? (200, 60, 60) : (60, 120, 60));

        var mask = Segment(image, [new Click(90 * scale, 70 * scale)]).Mask.ToMask();

        Assert.Equal((Width * scale, Height * scale), (mask.Width, mask.Height));
        Assert.InRange(mask.Overlap(Scene.Of(Width * scale, Height * scale, (x, y) => InDisc(x / scale, y / scale))), 0.98, 1);
    }

    [Theory]
    [InlineData(200, 10, "(200, 10) is outside of the image of 200 × 150 pixels")]
    [InlineData(-1, 10, "is outside of the image")]
    public void A_click_beside_the_image_is_refused(int x, int y, string expected) => Assert.Contains(expected, Refusal(Scene.Png(Width, Height, (_, _) => (9, 9, 9)), [new Click(x, y)]), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_image_too_large_or_without_a_click_inside_is_refused()
    {
        var image = Scene.Png(20, 20, (_, _) => (9, 9, 9));

        Assert.Contains("The image cannot be read", Refusal("no image"u8.ToArray(), [new Click(0, 0)]), StringComparison.Ordinal);
        Assert.Contains("5,000 × 4,000 pixels; masks are drawn on at most 16,777,216", Refusal(PngFile.Of(new byte[3 * 5_000 * 4_000], 5_000, 4_000), [new Click(0, 0)]), StringComparison.Ordinal);
        Assert.Contains("Found 0 clicks", Refusal(image, []), StringComparison.Ordinal);
        Assert.Contains("Found 1 clicks, 0 of them inside", Refusal(image, [new Click(0, 0, Inside: false)]), StringComparison.Ordinal);
        Assert.Contains("Found 65 clicks", Refusal(image, [.. Enumerable.Repeat(new Click(0, 0), 65)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_nobody_waits_for_is_stopped() =>
        Assert.ThrowsAny<OperationCanceledException>(() => new RegionSegmenter().Segment(Scene.Png(20, 20, (_, _) => (9, 9, 9)), [new Click(0, 0)], new CancellationToken(canceled: true)));

    static bool InDisc(int x, int y) => Scene.IsInDisc(x, y, 90, 70, 40);

    static void AssertFound(Func<int, int, (int, int, int)> colour, Func<int, int, bool> isInside, Click[] clicks, double overlap, int noise = 0) =>
        Assert.InRange(Found(colour, clicks, noise).Overlap(Scene.Of(Width, Height, isInside)), overlap, 1);

    static Mask Found(Func<int, int, (int, int, int)> colour, Click[] clicks, int noise = 0) => Segment(Scene.Png(Width, Height, colour, noise), clicks).Mask.ToMask();

    static MaskAnswer Segment(byte[] image, Click[] clicks) => new RegionSegmenter().Segment(image, clicks, CancellationToken.None);

    static string Refusal(byte[] image, Click[] clicks) => Assert.Throws<DataException>(() => Segment(image, clicks)).Message;
}
