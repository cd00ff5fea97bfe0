using System.Buffers;
using Sluice.Cleaning;

namespace Sluice.Quality;

/// <summary>
/// What a value looks like, so that equal formats give equal shapes: <c>2024-01-31</c> is 9999-9-9, <c>(555) 123-4567</c> is (999) 999-9999, <c>AB-12</c> is
/// A-9, <c>ann@x.org</c> is an e-mail address. Runs of letters become A (all capitals) or a, with the words between them one; of digits, up to two become
/// 9 (days and months are written with one digit or two) and more keep their number. A number is 9 whatever its size.
/// </summary>
static class Shape
{
    /// <summary>Longest value that has a shape; a longer one is prose.</summary>
    public const int MaxBytes = 64;

    static readonly SearchValues<byte> numberBytes = SearchValues.Create("0123456789.,+-eE"u8), neverInEmail = SearchValues.Create(" ,;<>()\""u8);

    public static ReadOnlySpan<byte> Email => "e-mail"u8;

    public static ReadOnlySpan<byte> Url => "url"u8;

    public static ReadOnlySpan<byte> Prose => "a"u8;

    /// <summary>Writes the shape of a value; gives its bytes, 0 for a value without one (blank, or a word that means missing).</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> value, CellKinds kinds, Span<byte> buffer)
    {
        value = Utf8Text.Trim(value);
        if (value.IsEmpty || (value.Length <= 4 && kinds.IsToken(value)))
        {
            return [];
        }

        return value.Length > MaxBytes * 4 ? Prose
            : IsUrl(value) ? Url
            : IsEmail(value) ? Email
            : value.Length > MaxBytes ? Prose
            : !value.ContainsAnyExcept(numberBytes) && kinds.Of(value) is CellKind.Bit or CellKind.Integer or CellKind.LongInteger or CellKind.Decimal ? "9"u8
            : Runs(value, buffer);
    }

    /// <summary>Whether a shape says something about how a value is written: it has digits, or is an address. Names and prose are of any shape.</summary>
    public static bool IsCoded(ReadOnlySpan<byte> shape) => shape.SequenceEqual(Email) || shape.SequenceEqual(Url) || (shape.Contains((byte)'9') && shape.Length > 1);

    /// <summary>Whether it has words as well: an address or a title, which may well be written in several ways.</summary>
    public static bool HasWords(ReadOnlySpan<byte> shape) => shape.Contains((byte)'a') && shape.Contains((byte)' ');

    static ReadOnlySpan<byte> Runs(ReadOnlySpan<byte> value, Span<byte> buffer)
    {
        var (used, at) = (0, 0);
        while (at < value.Length)
        {
            var start = at;
            if (IsDigit(value[at]))
            {
                while (at < value.Length && IsDigit(value[at]))
                {
                    at++;
                }

                var digits = at - start <= 2 ? 1 : at - start;
                buffer.Slice(used, digits).Fill((byte)'9');
                used += digits;
            }
            else if (IsLetter(value[at]))
            {
                for (; at < value.Length && IsLetter(value[at]); at++)
                {
                }

                var letter = value[start..at].ContainsAnyExceptInRange((byte)'A', (byte)'Z') ? (byte)'a' : (byte)'A';

                // "a a" is one run of words.
                used -= letter == 'a' && used >= 2 && buffer[used - 1] == ' ' && buffer[used - 2] == 'a' ? 2 : 0;
                buffer[used++] = letter;
            }
            else
            {
                buffer[used++] = value[at++];
            }
        }

        return buffer[..used];
    }

    static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    static bool IsLetter(byte value) => (uint)((value | 0x20) - 'a') < 26 || value >= 0x80;

    static bool IsUrl(ReadOnlySpan<byte> value) => value.StartsWith("http://"u8) || value.StartsWith("https://"u8);

    static bool IsEmail(ReadOnlySpan<byte> value)
    {
        var at = value.IndexOf((byte)'@');
        return at > 0 && value[(at + 1)..] is var domain && !domain.Contains((byte)'@') && domain.LastIndexOf((byte)'.') is > 0 and var dot && dot < domain.Length - 2
            && !value.ContainsAny(neverInEmail) && !domain.StartsWith("."u8) && domain.IndexOf(".."u8) < 0;
    }
}
