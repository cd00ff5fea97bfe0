namespace Sluice.Labels.Masks;

/// <summary>Colours as eyes tell them apart: Oklab (Ottosson 2020), where equal distances look equally far.</summary>
static class Oklab
{
    static readonly float[] linear = [.. Enumerable.Range(0, 256).Select(v => (float)(v <= 10 ? v / 255.0 / 12.92 : Math.Pow(((v / 255.0) + 0.055) / 1.055, 2.4)))];

    /// <summary>Lightness (0 to 1), green to red and blue to yellow of each pixel.</summary>
    /// <param name="rgb">sRGB, three bytes a pixel.</param>
    public static float[] Of(ReadOnlySpan<byte> rgb)
    {
        var colours = new float[rgb.Length];
        for (var i = 0; i < rgb.Length; i += 3)
        {
            var (red, green, blue) = (linear[rgb[i]], linear[rgb[i + 1]], linear[rgb[i + 2]]);
            var l = MathF.Cbrt((0.4122214708f * red) + (0.5363325363f * green) + (0.0514459929f * blue));
            var m = MathF.Cbrt((0.2119034982f * red) + (0.6806995451f * green) + (0.1073969566f * blue));
            var s = MathF.Cbrt((0.0883024619f * red) + (0.2817188376f * green) + (0.6299787005f * blue));
            colours[i] = (0.2104542553f * l) + (0.7936177850f * m) - (0.0040720468f * s);
            colours[i + 1] = (1.9779984951f * l) - (2.4285922050f * m) + (0.4505937099f * s);
            colours[i + 2] = (0.0259040371f * l) + (0.7827717662f * m) - (0.8086757660f * s);
        }

        return colours;
    }
}
