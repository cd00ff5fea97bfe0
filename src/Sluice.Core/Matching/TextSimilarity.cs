namespace Sluice.Matching;

/// <summary>
/// How alike two words are, from 0 to 1, the same in both directions. Letters are bytes: one beyond ASCII counts as often as it has bytes, which makes
/// a slip in it weigh a little more.
/// </summary>
static class TextSimilarity
{
    /// <summary>Longer words are alike when they are equal, and otherwise by their common beginning.</summary>
    public const int MaxWord = 64;

    /// <summary>1 − (insertions, deletions, replacements and swaps of neighbours) / longer length: Damerau–Levenshtein, in the optimal string alignment.</summary>
    public static double Damerau(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var longer = Math.Max(left.Length, right.Length);
        if (longer == 0)
        {
            return 1;
        }

        if (longer > MaxWord)
        {
            return (double)left.CommonPrefixLength(right) / longer;
        }

        Span<byte> rows = stackalloc byte[3 * (MaxWord + 1)];
        var before = rows[..(MaxWord + 1)];
        var last = rows.Slice(MaxWord + 1, MaxWord + 1);
        var row = rows[(2 * (MaxWord + 1))..];
        for (var j = 0; j <= right.Length; j++)
        {
            last[j] = (byte)j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = (byte)i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                var best = Math.Min(Math.Min(last[j], row[j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    best = Math.Min(best, before[j - 2] + 1);
                }

                row[j] = (byte)best;
            }

            var spare = before;
            before = last;
            last = row;
            row = spare;
        }

        return 1 - ((double)last[right.Length] / longer);
    }

    /// <summary>Jaro–Winkler: letters in common near each other, with credit for a common beginning of up to four. Made for names.</summary>
    public static double JaroWinkler(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
        {
            return 1;
        }

        if (left.IsEmpty || right.IsEmpty || left.Length > MaxWord || right.Length > MaxWord)
        {
            return 0;
        }

        // The letters are paired greedily; without an order of its own the result could depend on which word comes first.
        if (left.Length > right.Length || (left.Length == right.Length && left.SequenceCompareTo(right) > 0))
        {
            var other = left;
            left = right;
            right = other;
        }

        var reach = Math.Max(0, (Math.Max(left.Length, right.Length) / 2) - 1);
        ulong inLeft = 0, inRight = 0;
        var common = 0;
        for (var i = 0; i < left.Length; i++)
        {
            for (var j = Math.Max(0, i - reach); j < Math.Min(right.Length, i + reach + 1); j++)
            {
                if (left[i] == right[j] && (inRight >> j & 1) == 0)
                {
                    inLeft |= 1UL << i;
                    inRight |= 1UL << j;
                    common++;
                    break;
                }
            }
        }

        if (common == 0)
        {
            return 0;
        }

        var (moved, at) = (0, 0);
        for (var i = 0; i < left.Length; i++)
        {
            if ((inLeft >> i & 1) == 0)
            {
                continue;
            }

            while ((inRight >> at & 1) == 0)
            {
                at++;
            }

            moved += left[i] == right[at++] ? 0 : 1;
        }

        var jaro = (((double)common / left.Length) + ((double)common / right.Length) + ((common - (moved / 2.0)) / common)) / 3;
        var prefix = Math.Min(4, left.CommonPrefixLength(right));
        return jaro + (prefix * 0.1 * (1 - jaro));
    }

    /// <summary>Two different words: slips, the first letters of a longer one, or an initial. 0 for words that are rather two words.</summary>
    public static double Words(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var shorter = left.Length <= right.Length ? left : right;
        var longer = left.Length <= right.Length ? right : left;
        var digits = shorter.ContainsAnyInRange((byte)'0', (byte)'9') || longer.ContainsAnyInRange((byte)'0', (byte)'9');
        if (digits)
        {
            // One digit more or less is another number, unless there are so many that it is rather a slip.
            return shorter.Length >= 6 && Damerau(left, right) is var near && near >= 0.8 ? near : 0;
        }

        if (longer.StartsWith(shorter))
        {
            return shorter.Length == 1 ? 0.6 : shorter.Length < 3 ? 0.75 : 0.85;
        }

        if (shorter.Length < 4)
        {
            return 0;
        }

        var similarity = Damerau(left, right);
        return similarity >= 0.75 ? similarity : JaroWinkler(left, right) is var winkler && winkler >= 0.92 ? winkler - 0.1 : 0;
    }
}
