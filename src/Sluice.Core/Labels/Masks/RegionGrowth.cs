namespace Sluice.Labels.Masks;

/// <summary>
/// How far every pixel is in colour from a place: over the path that strays least from the colour there, its largest distance. Growing the tolerance grows the region that is reached.
/// </summary>
/// <remarks>Pixels are taken in order of their distance from a queue with a list for each level, as Dial's algorithm does: linear in the number of pixels.</remarks>
sealed class RegionGrowth
{
    /// <summary>Distances are whole numbers below this. Half of it is the distance from black to white: Oklab's lightness is 0 to 1.</summary>
    public const int Levels = 1024;

    // What an eye just sees (Oklab, about 0.02): smaller distances are all the same.
    public const int JustVisible = Levels / 100;

    // What has grown by more than this share, of the smaller of region and rest, is no longer the same region.
    const double Leak = 1.0 / 3;

    // A region that stays while the tolerance doubles is one that an eye sees, too.
    const int Stable = 2;

    readonly ushort[] levels;
    readonly int[] areas = new int[Levels];

    public RegionGrowth(float[] colours, int width, int height, int x, int y)
    {
        levels = new ushort[width * height];
        levels.AsSpan().Fill(ushort.MaxValue);
        var (lightness, red, yellow) = Around(colours, width, height, x, y);
        var (heads, next) = (new int[Levels], new int[levels.Length]);
        heads.AsSpan().Fill(-1);
        Push((y * width) + x, 0);
        for (var level = 0; level < Levels; level++)
        {
            while (heads[level] is >= 0 and var at)
            {
                heads[level] = next[at];
                areas[level]++;
                var column = at % width;
                Visit(column > 0, at - 1, level);
                Visit(column < width - 1, at + 1, level);
                Visit(at >= width, at - width, level);
                Visit(at < levels.Length - width, at + width, level);
            }
        }

        for (var level = 1; level < Levels; level++)
        {
            areas[level] += areas[level - 1];
        }

        void Visit(bool isThere, int pixel, int level)
        {
            if (isThere && levels[pixel] == ushort.MaxValue)
            {
                Push(pixel, level);
            }
        }

        void Push(int pixel, int level)
        {
            var (l, a, b) = (colours[3 * pixel] - lightness, colours[(3 * pixel) + 1] - red, colours[(3 * pixel) + 2] - yellow);
            var own = (int)MathF.Min(MathF.Sqrt((l * l) + (a * a) + (b * b)) * (Levels / 2), Levels - 1);
            level = Math.Max(level, own);
            levels[pixel] = (ushort)level;
            (next[pixel], heads[level]) = (heads[level], pixel);
        }
    }

    /// <summary>Distance of a pixel.</summary>
    public int this[int pixel] => levels[pixel];

    /// <summary>
    /// The smallest tolerance from which on the region stays the same while the tolerance grows, as maximally stable extremal regions are chosen (Matas and others, 2002), and then the middle of that
    /// stretch, which lies half way to what is around. Stretches are measured by the ratio of their ends, because small contrasts count as much as large ones. Where none is long enough, the longest counts.
    /// </summary>
    /// <param name="below">The tolerance stays below this one.</param>
    public int StableTolerance(int below)
    {
        var (total, best, chosen) = (areas[Levels - 1], 1.0, below - 1);
        var least = Math.Max(16, total / 10_000);
        for (var level = 0; level < below; level++)
        {
            var end = level + 1;
            while (end < below && areas[end] - areas[level] <= Leak * Math.Min(areas[level], total - areas[level]))
            {
                end++;
            }

            var ratio = (double)end / Math.Max(level, JustVisible);
            if (areas[level] >= least && end < Levels && ratio > best)
            {
                (best, chosen) = (ratio, (level + end) / 2);
            }

            if (best >= Stable)
            {
                break;
            }
        }

        return chosen;
    }

    // The mean of the pixels around, so that a speck under the pointer is not taken for the colour.
    static (float Lightness, float Red, float Yellow) Around(float[] colours, int width, int height, int x, int y)
    {
        var (lightness, red, yellow, count) = (0f, 0f, 0f, 0);
        for (var row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
            {
                var at = 3 * ((row * width) + column);
                (lightness, red, yellow, count) = (lightness + colours[at], red + colours[at + 1], yellow + colours[at + 2], count + 1);
            }
        }

        return (lightness / count, red / count, yellow / count);
    }
}
