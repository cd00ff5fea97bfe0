using System.Text;

namespace Sluice.Repair;

/// <summary>How a value is written, without what it says: <c>12.0 oz</c> is <c>9.9 a</c>.</summary>
static class TextShape
{
    /// <summary>Longer values are looked at up to here: what is odd about a text of a megabyte is not its shape.</summary>
    public const int MaxLength = 256;

    /// <summary>A run of digits, of letters, of blanks, or one other character.</summary>
    public readonly record struct Token(int Start, int Length, char Kind);

    public static List<Token> Tokens(string value)
    {
        var tokens = new List<Token>();
        var end = Math.Min(value.Length, MaxLength);
        for (var at = 0; at < end;)
        {
            var (start, kind) = (at, KindOf(value[at]));
            do
            {
                at++;
            }
            while (at < end && IsRun(kind) && KindOf(value[at]) == kind);
            tokens.Add(new Token(start, at - start, kind));
        }

        return tokens;
    }

    public static string Of(string value)
    {
        var shape = new StringBuilder();
        foreach (var token in Tokens(value))
        {
            shape.Append(token.Kind);
        }

        return shape.ToString();
    }

    /// <summary>Levenshtein distance, or more than <paramref name="limit"/> as soon as that is certain.</summary>
    public static int Distance(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) > limit)
        {
            return limit + 1;
        }

        Span<int> row = right.Length < 512 ? stackalloc int[right.Length + 1] : new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var (diagonal, least) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
                least = Math.Min(least, row[j]);
            }

            if (least > limit)
            {
                return limit + 1;
            }
        }

        return row[right.Length];
    }

    /// <summary>Edits that a slip of the pen may be in a value of this length.</summary>
    public static int Slip(int length) => length < 4 ? 0 : Math.Clamp((length / 8) + 1, 1, 8);

    static bool IsRun(char kind) => kind is '9' or 'a' or ' ';

    static char KindOf(char value) => char.IsDigit(value) ? '9' : char.IsLetter(value) ? 'a' : char.IsWhiteSpace(value) ? ' ' : value;
}
