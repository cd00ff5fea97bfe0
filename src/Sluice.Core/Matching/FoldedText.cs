using System.Text;

namespace Sluice.Matching;

/// <summary>
/// A cell as it is compared: words of lower-case letters and digits with one space between, accents of Latin letters off. A decimal number stays one word
/// without trailing zeros, so that 16.0 and 16 are equal. What has neither letters nor digits is empty, that is missing.
/// </summary>
static class FoldedText
{
    /// <summary>A longer cell is compared by what comes before.</summary>
    public const int MaxBytes = 4096;

    // Base letters of U+00C0 to U+017F; a blank is no letter.
    const string Latin = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnn nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    /// <summary>Writes the folded cell and returns its length, at most <see cref="MaxBytes"/>.</summary>
    public static int Fold(ReadOnlySpan<byte> cell, Span<byte> into)
    {
        cell = cell[..Math.Min(cell.Length, MaxBytes)];
        var (length, at) = (0, 0);
        while (at < cell.Length && length < MaxBytes - 4)
        {
            var value = cell[at];
            if (value == '&' && Entity(cell[at..]) is var entity && entity > 0)
            {
                at += entity;
                length = Gap(into, length);
            }
            else if (IsPossessive(cell, at))
            {
                // fisherman's, and fisherman 's as tokenizers write it, are fishermans.
                at++;
                length -= length > 0 && into[length - 1] == ' ' ? 1 : 0;
            }
            else if (value < 0x80)
            {
                at++;
                length = IsLetter(value) || IsDigit(value) ? Put(into, length, (byte)(IsLetter(value) ? value | 0x20 : value))
                    : IsPoint(cell, at - 1) ? Put(into, length, value)
                    : value == ',' && IsThousands(cell, at - 1) ? length
                    : Gap(into, length);
            }
            else
            {
                Rune.DecodeFromUtf8(cell[at..], out var rune, out var used);
                at += used;
                length = Put(into, length, rune);
            }
        }

        length = length > 0 && into[length - 1] == ' ' ? length - 1 : length;
        return WithoutTrailingZeros(into, length);
    }

    static int Put(Span<byte> into, int length, byte value)
    {
        into[length] = value;
        return length + 1;
    }

    static int Put(Span<byte> into, int length, Rune rune)
    {
        if (rune.Value is >= 0x300 and <= 0x36F)
        {
            return length;
        }

        if (rune.Value is >= 0xC0 and < 0x180)
        {
            return Latin[rune.Value - 0xC0] is var letter && letter != ' ' ? Put(into, length, (byte)letter) : Gap(into, length);
        }

        return Rune.IsLetterOrDigit(rune) ? length + Rune.ToLowerInvariant(rune).EncodeToUtf8(into[length..]) : Gap(into, length);
    }

    static int Gap(Span<byte> into, int length) => length == 0 || into[length - 1] == ' ' ? length : Put(into, length, (byte)' ');

    // One point between digits, and at most two digits after it, is that of a decimal; more points are those of addresses, phones and versions.
    static bool IsPoint(ReadOnlySpan<byte> cell, int at)
    {
        if (cell[at] != '.' || at == 0 || !IsDigit(cell[at - 1]) || at + 1 >= cell.Length || !IsDigit(cell[at + 1]))
        {
            return false;
        }

        var end = at + 1;
        while (end < cell.Length && IsDigit(cell[end]))
        {
            end++;
        }

        var start = at - 1;
        while (start > 0 && IsDigit(cell[start - 1]))
        {
            start--;
        }

        return end - at <= 3 && (end == cell.Length || cell[end] != '.') && (start == 0 || cell[start - 1] != '.');
    }

    static bool IsPossessive(ReadOnlySpan<byte> cell, int at) =>
        cell[at] == '\'' && at + 1 < cell.Length && (cell[at + 1] | 0x20) == 's' && (at + 2 == cell.Length || !(IsLetter(cell[at + 2]) || IsDigit(cell[at + 2])));

    static bool IsThousands(ReadOnlySpan<byte> cell, int at) =>
        at > 0 && IsDigit(cell[at - 1]) && at + 3 < cell.Length && IsDigit(cell[at + 1]) && IsDigit(cell[at + 2]) && IsDigit(cell[at + 3])
        && (at + 4 == cell.Length || !IsDigit(cell[at + 4]));

    // A numeric character reference, as web pages leave them behind: &#40; is a bracket and no number.
    static int Entity(ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, 8)].IndexOf((byte)';');
        return end > 2 && text[1] == '#' && !text[2..end].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? end + 1 : 0;
    }

    static int WithoutTrailingZeros(Span<byte> text, int length)
    {
        var kept = 0;
        for (var at = 0; at < length; at++)
        {
            text[kept++] = text[at];
            if ((at + 1 == length || text[at + 1] == ' ') && text[..kept].LastIndexOf((byte)' ') is var space && text[(space + 1)..kept].Contains((byte)'.'))
            {
                while (text[kept - 1] == '0')
                {
                    kept--;
                }

                kept -= text[kept - 1] == '.' ? 1 : 0;
            }
        }

        return kept;
    }

    static bool IsLetter(byte value) => (uint)((value | 0x20) - 'a') < 26;

    static bool IsDigit(byte value) => (uint)(value - '0') < 10;
}
