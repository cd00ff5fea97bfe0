using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>A rule on values as text.</summary>
abstract class TextRule(BusinessRule rule) : RowRule(rule)
{
    protected override Severity Severity => Rule.Severity ?? Severity.Medium;

    protected abstract bool Passes(ReadOnlySpan<char> text);

    protected override long Judge(Batch batch, Action<int> fails)
    {
        var column = batch[Rule.Column!];
        long judged = 0;
        var chars = ArrayPool<char>.Shared.Rent(256);
        for (var row = 0; row < column.Rows; row++)
        {
            if (MissingCells.IsMissing(column, row))
            {
                continue;
            }

            judged++;
            if (!Passes(Text(column, row, ref chars)))
            {
                fails(row);
            }
        }

        ArrayPool<char>.Shared.Return(chars);
        return judged;
    }

    static ReadOnlySpan<char> Text(Column column, int row, ref char[] chars)
    {
        if (column is not TextColumn text)
        {
            return column.Display(row);
        }

        var bytes = text[row];
        if (bytes.Length > chars.Length)
        {
            ArrayPool<char>.Shared.Return(chars);
            chars = ArrayPool<char>.Shared.Rent(bytes.Length);
        }

        return chars.AsSpan(0, Encoding.UTF8.GetChars(bytes, chars));
    }
}

/// <summary>Text that matches a pattern.</summary>
sealed class RegexRule(BusinessRule rule) : TextRule(rule)
{
    static readonly TimeSpan BacktrackingLimit = TimeSpan.FromSeconds(1);

    readonly Regex regex = Compile(rule.Pattern!);

    protected override string Reason => "pattern_mismatch";

    protected override bool Passes(ReadOnlySpan<char> text) => regex.IsMatch(text);

    public static (string Option, string Message)? ProblemOf(string pattern)
    {
        try
        {
            Compile(pattern);
            return null;
        }
        catch (ArgumentException error)
        {
            return ("pattern", $"'{pattern}' is no regular expression: {error.Message}");
        }
    }

    // The linear-time engine cannot be made to hang by a value. Patterns it does not know (look-around, back-references) get a time limit a value instead.
    static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, BacktrackingLimit);
        }
    }
}

/// <summary>One of a list of values.</summary>
sealed class EnumRule(BusinessRule rule) : TextRule(rule)
{
    readonly HashSet<string> allowed = [.. rule.Values];

    protected override string Reason => "not_allowed";

    protected override bool Passes(ReadOnlySpan<char> text) => allowed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text);
}
