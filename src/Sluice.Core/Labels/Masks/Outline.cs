namespace Sluice.Labels.Masks;

/// <summary>
/// The outline of a mask along the borders of its pixels, so that the polygons have exactly its area. Outer rings run clockwise on the screen, those of holes against it; filled by the
/// even-odd rule, they are the mask again.
/// </summary>
public static class Outline
{
    // East, south, west, north.
    static readonly (int X, int Y)[] directions = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    /// <summary>Rings of corners: x and y by turns, each ring without its first corner again.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(Mask mask)
    {
        var (rings, seen) = (new List<IReadOnlyList<int>>(), new bool[mask.Pixels.Length]);
        for (var y = 0; y < mask.Height; y++)
        {
            for (var x = 0; x < mask.Width; x++)
            {
                // Every ring goes east somewhere, above a pixel of the mask.
                if (Has(mask, x, y) && !Has(mask, x, y - 1) && !seen[(y * mask.Width) + x])
                {
                    rings.Add(Ring(mask, x, y, seen));
                }
            }
        }

        return rings;
    }

    static List<int> Ring(Mask mask, int startX, int startY, bool[] seen)
    {
        var (corners, x, y, direction) = (new List<int>(), startX, startY, 0);
        do
        {
            if (direction == 0)
            {
                seen[(y * mask.Width) + x] = true;
            }

            (x, y) = (x + directions[direction].X, y + directions[direction].Y);
            // Pixels that touch at a corner alone are apart: the way turns right there.
            var turn = !Ahead(mask, x, y, direction, right: true) ? 1 : Ahead(mask, x, y, direction, right: false) ? 3 : 0;
            if (turn != 0)
            {
                corners.AddRange([x, y]);
                direction = (direction + turn) % 4;
            }
        }
        while ((x, y, direction) != (startX, startY, 0));
        return corners;
    }

    // The pixel before the corner (x, y), right or left of the way.
    static bool Ahead(Mask mask, int x, int y, int direction, bool right) => direction switch
    {
        0 => Has(mask, x, right ? y : y - 1),
        1 => Has(mask, right ? x - 1 : x, y),
        2 => Has(mask, x - 1, right ? y - 1 : y),
        _ => Has(mask, right ? x : x - 1, y - 1),
    };

    static bool Has(Mask mask, int x, int y) => x >= 0 && y >= 0 && x < mask.Width && y < mask.Height && mask.Pixels[(y * mask.Width) + x] == 1;
}
