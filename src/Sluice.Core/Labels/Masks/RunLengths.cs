using System.Text;

namespace Sluice.Labels.Masks;

/// <summary>
/// A mask as COCO stores it: lengths of runs down the columns, of 0 and 1 by turns, the first of 0, packed into text by six bits a character (maskApi.c, rleToString). Tools that read COCO
/// read it as it is.
/// </summary>
/// <param name="Size">Height and width, in this order.</param>
/// <param name="Counts">The packed lengths.</param>
public sealed record RunLengths(IReadOnlyList<int> Size, string Counts)
{
    const int Bits = 5, Low = (1 << Bits) - 1, Sign = 1 << (Bits - 1), More = 1 << Bits, First = '0';

    public static RunLengths Of(Mask mask)
    {
        var (lengths, last, run) = (new List<int>(), (byte)0, 0);
        for (var x = 0; x < mask.Width; x++)
        {
            for (var y = 0; y < mask.Height; y++)
            {
                var pixel = mask.Pixels[(y * mask.Width) + x];
                if (pixel != last)
                {
                    lengths.Add(run);
                    (last, run) = (pixel, 0);
                }

                run++;
            }
        }

        lengths.Add(run);
        return new RunLengths([mask.Height, mask.Width], Pack(lengths));
    }

    /// <exception cref="DataException">The lengths are not those of an image of this size.</exception>
    public Mask ToMask()
    {
        if (Size is not [> 0 and var height, > 0 and var width])
        {
            throw new DataException($"A mask has the size [{string.Join(", ", Size)}]; expected [height, width].");
        }

        var (pixels, at, value) = (new byte[height * width], 0, (byte)0);
        foreach (var length in Unpack(Counts))
        {
            if (length < 0 || length > pixels.Length - at)
            {
                throw Damaged();
            }

            for (var end = at + length; at < end; at++)
            {
                pixels[(at % height * width) + (at / height)] = value;
            }

            value ^= 1;
        }

        return at == pixels.Length ? new Mask(width, height, pixels) : throw Damaged();
    }

    DataException Damaged() => new($"The run lengths of a mask do not fill {Size[1]} × {Size[0]} pixels. The text was cut or changed; take it again from where it came from.");

    // From the fourth on, each length is kept as its difference to the one two before: runs of neighbouring columns are alike.
    internal static string Pack(IReadOnlyList<int> lengths)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lengths.Count; i++)
        {
            var left = i > 2 ? lengths[i] - lengths[i - 2] : lengths[i];
            bool more;
            do
            {
                var bits = left & Low;
                left >>= Bits;
                more = left != ((bits & Sign) != 0 ? -1 : 0);
                text.Append((char)(First + (bits | (more ? More : 0))));
            }
            while (more);
        }

        return text.ToString();
    }

    internal static List<int> Unpack(string text)
    {
        var lengths = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            var (value, shift, more) = (0, 0, true);
            while (more)
            {
                var bits = at < text.Length && shift < 32 ? text[at++] - First : -1;
                if (bits is < 0 or >= 2 * More)
                {
                    throw new DataException("The run lengths of a mask have a character that is none of theirs, or end too early. Take the text again from where it came from.");
                }

                value |= (bits & Low) << shift;
                shift += Bits;
                more = (bits & More) != 0;
                value |= !more && (bits & Sign) != 0 && shift < 32 ? -1 << shift : 0;
            }

            lengths.Add(lengths.Count > 2 ? value + lengths[^2] : value);
        }

        return lengths;
    }
}
