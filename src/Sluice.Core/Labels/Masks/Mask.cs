namespace Sluice.Labels.Masks;

/// <summary>A pixel that a person pointed at, from the upper left corner of the image.</summary>
/// <param name="X">Column, from 0.</param>
/// <param name="Y">Row, from 0.</param>
/// <param name="Inside">Whether it belongs to what is marked; false: it does not.</param>
public sealed record Click(int X, int Y, bool Inside = true);

/// <summary>Which pixels of an image belong to a thing: one byte each, row by row, 1 for those that do.</summary>
public sealed class Mask
{
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">0 or 1, row by row.</param>
    public Mask(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, width * height);
        (Width, Height, Pixels) = (width, height, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    /// <summary>Pixels that belong to it.</summary>
    public int Area => Pixels.AsSpan().Count((byte)1);

    /// <summary>The smallest box around it, as COCO has it: x, y, width, height. All 0 where it is empty.</summary>
    public IReadOnlyList<int> Box()
    {
        var (left, top, right, bottom) = (Width, Height, -1, -1);
        for (var y = 0; y < Height; y++)
        {
            var row = Pixels.AsSpan(y * Width, Width);
            if (row.IndexOf((byte)1) is >= 0 and var first)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOf((byte)1)));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
    }

    /// <summary>Pixels of both over pixels of either, 0 to 1; two empty masks are equal.</summary>
    public double Overlap(Mask other)
    {
        if ((other.Width, other.Height) != (Width, Height))
        {
            throw new DataException($"A mask of {other.Width} × {other.Height} pixels is compared with one of {Width} × {Height}. Expected masks of one image.");
        }

        var (both, either) = (0, 0);
        for (var i = 0; i < Pixels.Length; i++)
        {
            both += Pixels[i] & other.Pixels[i];
            either += Pixels[i] | other.Pixels[i];
        }

        return either == 0 ? 1 : (double)both / either;
    }

    /// <summary>The mask in another size: each pixel is that of the nearest place.</summary>
    public Mask Resized(int width, int height)
    {
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            var from = (int)(((2L * y) + 1) * Height / (2 * height)) * Width;
            for (var x = 0; x < width; x++)
            {
                pixels[(y * width) + x] = Pixels[from + (int)(((2L * x) + 1) * Width / (2 * width))];
            }
        }

        return new Mask(width, height, pixels);
    }
}
