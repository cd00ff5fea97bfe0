using Sluice.Labels.Masks;

namespace Sluice.Core.Tests.Labels.Masks;

public sealed class MaskTests
{
    [Fact]
    public void Run_lengths_are_packed_as_COCO_packs_them()
    {
        // The example of COCO's own tests, of 9 × 10 pixels.
        int[] lengths = [6, 1, 40, 4, 5, 4, 5, 4, 21];

        Assert.Equal("61X13mN000`0", RunLengths.Pack(lengths));
        Assert.Equal(lengths, RunLengths.Unpack("61X13mN000`0"));
        Assert.Equal(13, new RunLengths([9, 10], "61X13mN000`0").ToMask().Area);
    }

    [Fact]
    public void Run_lengths_go_down_the_columns_and_begin_with_what_is_outside()
    {
        var mask = new Mask(3, 2, [1, 0, 0, 1, 1, 0]);

        Assert.Equal([0, 2, 1, 1, 2], RunLengths.Unpack(RunLengths.Of(mask).Counts));
        Assert.Equal([2, 3], RunLengths.Of(mask).Size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_mask_is_what_its_run_lengths_and_its_outline_say(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            var (width, height, share) = (random.Next(1, 24), random.Next(1, 24), random.NextDouble());
            var mask = Scene.Of(width, height, (_, _) => random.NextDouble() < share);

            Assert.Equal(mask.Pixels, RunLengths.Of(mask).ToMask().Pixels);
            Assert.Equal(mask.Pixels, Filled(Outline.Of(mask), width, height));
            // Twice the signed area of all rings: holes run the other way and take theirs off.
            Assert.Equal(2 * mask.Area, Outline.Of(mask).Sum(TwiceArea));
        }
    }

    [Fact]
    public void An_outline_has_a_ring_for_each_part_and_each_hole()
    {
        var mask = Scene.Of(6, 5, (x, y) => (x < 4 && y < 4 && !(x is 1 or 2 && y is 1 or 2)) || (x, y) == (5, 4));

        Assert.Equal([[4, 0, 4, 4, 0, 4, 0, 0], [3, 3, 3, 1, 1, 1, 1, 3], [6, 4, 6, 5, 5, 5, 5, 4]], Outline.Of(mask).Select(r => r.ToArray()));
        Assert.Equal([0, 0, 6, 5], mask.Box());
    }

    [Theory]
    [InlineData("6", "do not fill")]
    [InlineData("61X1", "do not fill")]
    [InlineData("X", "end too early")]
    [InlineData("é", "none of theirs")]
    public void Run_lengths_that_are_damaged_are_refused(string counts, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataException>(() => new RunLengths([3, 3], counts).ToMask()).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_several_masks_the_one_most_like_the_others_counts()
    {
        static MaskAnswer Answer(int to) => new(RunLengths.Of(Scene.Of(10, 1, (x, _) => x < to)), [new Click(0, 0)], "m", "i");

        var (number, overlap) = MaskAnswer.Most([Answer(2), Answer(6), Answer(7)]);

        Assert.Equal((1, ((2 / 6.0) + (6 / 7.0)) / 2), (number, overlap));
        Assert.Equal((0, 1), MaskAnswer.Most([Answer(3)]));
        Assert.Throws<DataException>(() => new Mask(1, 1, [1]).Overlap(new Mask(2, 1, [1, 1])));
    }

    static int TwiceArea(IReadOnlyList<int> ring)
    {
        var sum = 0;
        for (var i = 0; i < ring.Count; i += 2)
        {
            var next = (i + 2) % ring.Count;
            sum += (ring[i] * ring[next + 1]) - (ring[next] * ring[i + 1]);
        }

        return sum;
    }

    // Even-odd: the sides that lie left of a pixel's middle.
    static byte[] Filled(IReadOnlyList<IReadOnlyList<int>> rings, int width, int height)
    {
        var pixels = new byte[width * height];
        foreach (var ring in rings)
        {
            for (var i = 0; i < ring.Count; i += 2)
            {
                var (x, from, to) = (ring[i], ring[i + 1], ring[(i + 3) % ring.Count]);
                for (var y = Math.Min(from, to); y < Math.Max(from, to); y++)
                {
                    for (var column = x; column < width; column++)
                    {
                        pixels[(y * width) + column] ^= 1;
                    }
                }
            }
        }

        return pixels;
    }
}
