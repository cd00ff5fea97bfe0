using Sluice.Labels.Masks;

namespace Sluice.Core.Tests.Labels.Masks;

/// <summary>Drawn images whose right masks are known.</summary>
static class Scene
{
    public static byte[] Png(int width, int height, Func<int, int, (int Red, int Green, int Blue)> colour, int noise = 0, int seed = 1)
    {
        var (rgb, random) = (new byte[width * height * 3], new Random(seed));
        for (var i = 0; i < width * height; i++)
        {
            var (red, green, blue) = colour(i % width, i / width);
            foreach (var (at, value) in new[] { (0, red), (1, green), (2, blue) })
            {
                rgb[(3 * i) + at] = (byte)Math.Clamp(value + random.Next(-noise, noise + 1), 0, 255);
            }
        }

        return PngFile.Of(rgb, width, height);
    }

    public static Mask Of(int width, int height, Func<int, int, bool> isInside) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => (byte)(isInside(i % width, i / width) ? 1 : 0))]);

    public static bool IsInDisc(int x, int y, int centreX, int centreY, int radius) => Squared(x - centreX) + Squared(y - centreY) <= radius * radius;

    /// <summary>Share of a disc's colour that a pixel at its edge has, where edges are soft.</summary>
    public static double Softly(int x, int y, int centreX, int centreY, int radius, double width) =>
        Math.Clamp(0.5 + ((radius - Math.Sqrt(Squared(x - centreX) + Squared(y - centreY))) / width), 0, 1);

    static int Squared(int x) => x * x;
}
