namespace Sluice.Labels.Masks;

/// <summary>Finds what a person points at in an image. A mask is a function of the image, the clicks and the segmenter's name, so asking twice gives it twice.</summary>
public abstract class Segmenter
{
    /// <summary>Clicks on one image at most.</summary>
    public const int MaxClicks = 64;

    /// <summary>Pixels that an image may have: width times height. Models give several numbers for each of them.</summary>
    public const int MaxPixels = 1 << 24;

    /// <summary>Names all that a mask depends on besides the image and the clicks.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a trained model finds the mask; false: colours alone do.</summary>
    public abstract bool IsModel { get; }

    /// <summary>The mask of what is clicked at.</summary>
    /// <param name="file">An image file.</param>
    /// <param name="clicks">Clicks in the order in which they were made; at least one inside.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="DataException">It is no image, too large, or a click is none.</exception>
    public MaskAnswer Segment(ReadOnlyMemory<byte> file, IReadOnlyList<Click> clicks, CancellationToken cancellation)
    {
        var picture = new Picture(file, MaxPixels);
        Check(picture, clicks);
        var (mask, score) = Find(picture, clicks, cancellation);
        return new MaskAnswer(RunLengths.Of(mask), clicks, Name, picture.Sha256) { Score = score };
    }

    /// <summary>The mask in the size of the image, and how good the segmenter thinks it is.</summary>
    private protected abstract (Mask Mask, double? Score) Find(Picture picture, IReadOnlyList<Click> clicks, CancellationToken cancellation);

    static void Check(Picture picture, IReadOnlyList<Click> clicks)
    {
        if (clicks.Count is 0 or > MaxClicks || clicks.Any(c => c is null) || !clicks.Any(c => c.Inside))
        {
            throw new DataException($"Found {clicks.Count} clicks, {clicks.Count(c => c?.Inside == true)} of them inside; expected 1 to {MaxClicks} with one inside at least. Click at what is to be marked.");
        }

        if (clicks.FirstOrDefault(c => c.X < 0 || c.Y < 0 || c.X >= picture.Width || c.Y >= picture.Height) is { } lost)
        {
            throw new DataException($"The click at ({lost.X}, {lost.Y}) is outside of the image of {picture.Width} × {picture.Height} pixels. Give pixels of the image, from (0, 0).");
        }
    }
}
