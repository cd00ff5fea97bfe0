namespace Sluice.Labels.Masks;

/// <summary>
/// Masks without a model: the region of like colour around each click. It finds things that stand out from what is around them, and nothing that takes knowing what things look like; a
/// click outside cuts off what is not meant. The same clicks on the same image give the same mask.
/// </summary>
sealed class RegionSegmenter : Segmenter
{
    // Larger images are looked at in this size: a click is answered at once.
    const int Side = 1024;

    // Holes of less than this share of the mask are filled: shine and noise.
    const double SmallHole = 0.02;

    public override string Name => "regions-1";

    public override bool IsModel => false;

    private protected override (Mask Mask, double? Score) Find(Picture picture, IReadOnlyList<Click> clicks, CancellationToken cancellation)
    {
        var (width, height) = picture.Within(Side, enlarge: false);
        var colours = Oklab.Of(picture.Rgb(width, height));
        var places = clicks.Select(c => (X: (int)((long)c.X * width / picture.Width), Y: (int)((long)c.Y * height / picture.Height), c.Inside)).ToList();
        var grown = new List<RegionGrowth>();
        foreach (var (x, y, _) in places)
        {
            cancellation.ThrowIfCancellationRequested();
            grown.Add(new RegionGrowth(colours, width, height, x, y));
        }

        var seeds = places.Zip(grown).Select(p => new Seed(p.First.X, p.First.Y, p.First.Inside, (p.First.Y * width) + p.First.X, p.Second)).ToList();
        var mask = new Mask(width, height, new byte[width * height]);
        foreach (var seed in seeds.Where(s => s.Inside))
        {
            Add(mask, seed, [.. seeds.Where(s => !s.Inside)]);
        }

        Tidy(mask, seeds);
        return ((width, height) == (picture.Width, picture.Height) ? mask : mask.Resized(picture.Width, picture.Height), null);
    }

    static void Add(Mask mask, Seed seed, Seed[] outside)
    {
        // What colour can tell apart, the tolerance does; a click outside in the same region is answered by who is nearer.
        var below = outside.Select(o => seed.Growth[o.Pixel]).Where(level => level > RegionGrowth.JustVisible).DefaultIfEmpty(RegionGrowth.Levels).Min();
        var tolerance = seed.Growth.StableTolerance(below);
        for (var pixel = 0; pixel < mask.Pixels.Length; pixel++)
        {
            if (seed.Growth[pixel] <= tolerance && Array.TrueForAll(outside, o => seed.IsCloser(o, pixel, mask.Width)))
            {
                mask.Pixels[pixel] = 1;
            }
        }
    }

    static void Tidy(Mask mask, List<Seed> seeds)
    {
        var parts = new Components(mask, 1);
        var kept = seeds.Where(s => s.Inside).Select(s => parts[s.Pixel]).ToHashSet();
        for (var pixel = 0; pixel < mask.Pixels.Length; pixel++)
        {
            mask.Pixels[pixel] &= (byte)(kept.Contains(parts[pixel]) ? 1 : 0);
        }

        var (rest, most) = (new Components(mask, 0), SmallHole * mask.Area);
        var wanted = seeds.Where(s => !s.Inside).Select(s => rest[s.Pixel]).ToHashSet();
        for (var pixel = 0; pixel < mask.Pixels.Length; pixel++)
        {
            if (rest[pixel] is > 0 and var part && rest.Of(part) is { IsAtBorder: false } hole && hole.Area <= most && !wanted.Contains(part))
            {
                mask.Pixels[pixel] = 1;
            }
        }
    }

    /// <summary>A click in the size that is looked at.</summary>
    sealed record Seed(int X, int Y, bool Inside, int Pixel, RegionGrowth Growth)
    {
        /// <summary>Whether a pixel is closer to this click than to the other: by colour, and where no eye can tell the colours apart, by place.</summary>
        public bool IsCloser(Seed other, int pixel, int width)
        {
            var (own, others) = (Math.Max(Growth[pixel], RegionGrowth.JustVisible), Math.Max(other.Growth[pixel], RegionGrowth.JustVisible));
            return own < others || (own == others && SquaredDistance(pixel, width) < other.SquaredDistance(pixel, width));
        }

        long SquaredDistance(int pixel, int width)
        {
            var (x, y) = (X - (pixel % width), Y - (pixel / width));
            return ((long)x * x) + ((long)y * y);
        }
    }
}
