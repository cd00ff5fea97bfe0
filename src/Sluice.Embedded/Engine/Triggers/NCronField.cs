using System.Globalization;
using System.Numerics;

namespace Sluice.Embedded;

/// <summary>One field of a schedule as a set of bits: lists of values, ranges and <c>*</c>, each with an optional step.</summary>
readonly struct NCronField
{
    readonly ulong bits;
    readonly int max;

    internal NCronField(string name, string text, int min, int max, string[]? names = null)
    {
        this.max = max;
        foreach (var part in text.Split(','))
        {
            bits |= Bits(part);
        }

        ulong Bits(string part)
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? part : part[..slash];
            var step = slash < 0 ? 1 : Number(part[(slash + 1)..], 1, max, null);
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var (first, last) = range == "*" ? (min, max)
                : dash > 0 ? (Number(range[..dash], min, max, names), Number(range[(dash + 1)..], min, max, names))
                : (Number(range, min, max, names), slash < 0 ? -1 : max);
            last = last < 0 ? first : last;
            if (last < first)
            {
                throw new FormatException($"the range '{range}' of field '{name}' runs backwards; write it as two ranges divided by a comma.");
            }

            var found = 0UL;
            for (var value = first; value <= last; value += step)
            {
                found |= 1UL << value;
            }

            return found;
        }

        int Number(string value, int lowest, int highest, string[]? words)
        {
            var word = words is null ? -1 : Array.FindIndex(words, w => string.Equals(w, value, StringComparison.OrdinalIgnoreCase));
            return word >= 0 ? word + min
                : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest ? number
                : throw new FormatException(
                    $"'{value}' in field '{name}' (found '{text}'); expected {lowest} to {highest}{(words is null ? "" : $" or {words[0]} to {words[^1]}")}.");
        }
    }

    internal int Count => BitOperations.PopCount(bits);

    internal bool Has(int value) => (bits >> value & 1) == 1;

    /// <summary>The first allowed value that is not below <paramref name="value"/>; null when there is none.</summary>
    internal int? From(int value)
    {
        var rest = value > max ? 0 : bits >> value;
        return rest == 0 ? null : value + BitOperations.TrailingZeroCount(rest);
    }
}
