namespace Sluice.Labels.Masks;

/// <summary>The connected parts of the pixels with one value; pixels that touch at a corner alone are apart.</summary>
sealed class Components
{
    readonly int[] parts;
    readonly List<(int Area, bool IsAtBorder)> found = [(0, false)];

    /// <param name="mask">The mask.</param>
    /// <param name="value">1: parts of the mask; 0: parts of the rest.</param>
    public Components(Mask mask, byte value)
    {
        parts = new int[mask.Pixels.Length];
        var waiting = new Stack<int>();
        for (var start = 0; start < parts.Length; start++)
        {
            if (mask.Pixels[start] != value || parts[start] != 0)
            {
                continue;
            }

            var (part, area, border) = (found.Count, 0, false);
            parts[start] = part;
            waiting.Push(start);
            while (waiting.TryPop(out var at))
            {
                var (x, y) = (at % mask.Width, at / mask.Width);
                border |= x == 0 || y == 0 || x == mask.Width - 1 || y == mask.Height - 1;
                area++;
                Visit(x > 0, at - 1);
                Visit(x < mask.Width - 1, at + 1);
                Visit(y > 0, at - mask.Width);
                Visit(y < mask.Height - 1, at + mask.Width);
            }

            found.Add((area, border));

            void Visit(bool isThere, int next)
            {
                if (isThere && mask.Pixels[next] == value && parts[next] == 0)
                {
                    parts[next] = part;
                    waiting.Push(next);
                }
            }
        }
    }

    /// <summary>Number of a pixel's part, from 1; 0: it has the other value.</summary>
    public int this[int pixel] => parts[pixel];

    /// <summary>Pixels of a part, and whether it touches the border of the image.</summary>
    public (int Area, bool IsAtBorder) Of(int part) => found[part];
}
