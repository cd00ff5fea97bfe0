using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Expressions;

/// <summary>LIKE: % is any text, _ is one character, the escape character takes away the meaning of what follows.</summary>
static class LikePattern
{
    public const int NoEscape = -1;

    /// <summary>False when the pattern ends with its escape character, which then escapes nothing.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> pattern, int escape)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == escape && ++i == pattern.Length)
            {
                return false;
            }
        }

        return true;
    }

    public static bool Matches(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern, int escape)
    {
        int t = 0, p = 0, afterPercent = -1, retry = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%' && escape != '%')
            {
                if (++p == pattern.Length)
                {
                    return true;
                }

                (afterPercent, retry) = (p, t);
                continue;
            }

            if (p < pattern.Length && pattern[p] == '_' && escape != '_')
            {
                t = Math.Min(text.Length, t + Texts.CharacterBytes(text[t]));
                p++;
                continue;
            }

            var literal = p < pattern.Length && pattern[p] == escape ? p + 1 : p;
            if (literal < pattern.Length && pattern[literal] == text[t])
            {
                t++;
                p = literal + 1;
                continue;
            }

            if (afterPercent < 0)
            {
                return false;
            }

            // The last % takes one character more, or all up to the next place where what follows it can begin.
            retry = Math.Min(text.Length, retry + Texts.CharacterBytes(text[retry]));
            if (afterPercent < pattern.Length && pattern[afterPercent] is not ((byte)'%' or (byte)'_') && pattern[afterPercent] != escape)
            {
                var skip = text[retry..].IndexOf(pattern[afterPercent]);
                if (skip < 0)
                {
                    return false;
                }

                retry += skip;
            }

            (t, p) = (retry, afterPercent);
        }

        while (p < pattern.Length && pattern[p] == '%' && escape != '%')
        {
            p++;
        }

        return p == pattern.Length;
    }
}

sealed class LikeNode(Node operand, Node pattern, int escape, bool ignoreCase, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var (a, b) = (operand.Run(batch), pattern.Run(batch));
        var rows = Rows(batch, a, b);
        var result = new bool[rows];
        var errors = new ErrorMarks(Bits.Errors(a, b, rows), rows);
        byte[] text = new byte[256], folded = new byte[256];
        var (checkedPattern, whole) = (-1, false);
        for (var row = 0; row < rows; row++)
        {
            if (a.IsNull(row) || b.IsNull(row))
            {
                continue;
            }

            var (x, y) = (row & a.Mask, row & b.Mask);
            if (y != checkedPattern)
            {
                (checkedPattern, whole) = (y, LikePattern.IsWhole(b.Text[y], escape));
            }

            if (!whole)
            {
                errors.Set(row);
                continue;
            }

            result[row] = ignoreCase
                ? LikePattern.Matches(Texts.Lower(a.Text[x], ref text), Texts.Lower(b.Text[y], ref folded), escape)
                : LikePattern.Matches(a.Text[x], b.Text[y], escape);
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result, Bits.Present(a, b, rows)), a.Constant && b.Constant, errors.Bits);
    }
}

/// <summary>Whether a regular expression is found in a text. It takes time linear in the text, whatever the expression.</summary>
sealed class RegexNode(Node operand, Regex regex, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var text = vector.Text;
        var result = new bool[text.Rows];
        var buffer = ArrayPool<char>.Shared.Rent(256);
        for (var row = 0; row < result.Length; row++)
        {
            var value = text[row];
            if (buffer.Length < value.Length)
            {
                ArrayPool<char>.Shared.Return(buffer);
                buffer = ArrayPool<char>.Shared.Rent(value.Length);
            }

            result[row] = !text.IsNull(row) && regex.IsMatch(buffer.AsSpan(0, Encoding.UTF8.GetChars(value, buffer)));
        }

        ArrayPool<char>.Shared.Return(buffer);
        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result, text.Validity), vector.Constant, vector.Errors);
    }
}
