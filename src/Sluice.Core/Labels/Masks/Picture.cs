using System.Security.Cryptography;
using Sluice.Embedding;

namespace Sluice.Labels.Masks;

/// <summary>An image file that masks are drawn on: its size as it is seen, turned as its EXIF data say, and its pixels in any size.</summary>
sealed class Picture
{
    readonly ReadOnlyMemory<byte> file;

    /// <exception cref="DataException">It is no image that can be read, or has too many pixels.</exception>
    public Picture(ReadOnlyMemory<byte> file, long maxPixels)
    {
        this.file = file;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Span));
        (Width, Height) = Libvips.SizeOf(file.Span);
        if ((long)Width * Height > maxPixels)
        {
            throw new DataException($"The image has {Width:N0} × {Height:N0} pixels; masks are drawn on at most {maxPixels:N0}. Make it smaller.");
        }
    }

    /// <summary>Of the file.</summary>
    public string Sha256 { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Its size when the longer side has so many pixels, rounded as Segment Anything does.</summary>
    /// <param name="side">Pixels of the longer side.</param>
    /// <param name="enlarge">Whether a small image is made larger.</param>
    public (int Width, int Height) Within(int side, bool enlarge)
    {
        var scale = (double)side / Math.Max(Width, Height);
        return scale >= 1 && !enlarge ? (Width, Height) : (Scaled(Width), Scaled(Height));

        int Scaled(int pixels) => Math.Max(1, (int)((pixels * scale) + 0.5));
    }

    /// <summary>Red, green and blue of every pixel in a size. Grey is all three; what shines through is laid on white.</summary>
    public byte[] Rgb(int width, int height)
    {
        var (bytes, bands) = Libvips.Thumbnail(file.Span, width, height);
        var rgb = new byte[width * height * 3];
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var from = bytes.AsSpan(pixel * bands, bands);
            var alpha = bands is 2 or 4 ? from[^1] : 255;
            for (var colour = 0; colour < 3; colour++)
            {
                rgb[(pixel * 3) + colour] = (byte)(((from[bands < 3 ? 0 : colour] * alpha) + (255 * (255 - alpha)) + 127) / 255);
            }
        }

        return rgb;
    }
}
