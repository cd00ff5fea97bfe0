using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What a business rule demands.</summary>
public enum RuleType
{
    /// <summary>A number between <c>min</c> and <c>max</c>, both included.</summary>
    Range,

    /// <summary>Text that matches <c>pattern</c>.</summary>
    Regex,

    /// <summary>One of <c>values</c>.</summary>
    Enum,

    /// <summary>A value.</summary>
    NotNull,
}

/// <summary>A rule on one column. Missing values are the business of <c>not_null</c> only.</summary>
public sealed record BusinessRule
{
    /// <summary>range, regex, enum or not_null.</summary>
    public required RuleType Type { get; init; }

    /// <summary>Column to judge.</summary>
    public required string Column { get; init; }

    /// <summary>Smallest number allowed (range). Default: no limit.</summary>
    public double? Min { get; init; }

    /// <summary>Largest number allowed (range). Default: no limit.</summary>
    public double? Max { get; init; }

    /// <summary>.NET regular expression (regex). In YAML, write it in single quotes: a double-quoted backslash is an escape.</summary>
    public string? Pattern { get; init; }

    /// <summary>Values allowed (enum), compared as text, with case.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Weight of a failure. Default: high for range and not_null, medium for regex and enum.</summary>
    public Severity? Severity { get; init; }
}

/// <summary>A rule ready to judge columns.</summary>
sealed class CompiledRule
{
    static readonly TimeSpan BacktrackingLimit = TimeSpan.FromSeconds(1);

    readonly BusinessRule rule;
    readonly Regex? regex;
    readonly HashSet<string>? allowed;

    public CompiledRule(BusinessRule rule)
    {
        this.rule = rule;
        regex = rule.Type == RuleType.Regex && rule.Pattern is not null ? Compile(rule.Pattern) : null;
        allowed = rule.Type == RuleType.Enum ? [.. rule.Values] : null;
    }

    public string Column => rule.Column;

    public Severity Severity => rule.Severity ?? (rule.Type is RuleType.Range or RuleType.NotNull ? Severity.High : Severity.Medium);

    public string Reason => rule.Type switch
    {
        RuleType.Range => "out_of_range",
        RuleType.Regex => "pattern_mismatch",
        RuleType.Enum => "not_allowed",
        _ => "missing_required",
    };

    /// <summary>What is wrong with the rule itself, with the option it concerns.</summary>
    public static (string Option, string Message)? Problem(BusinessRule rule)
    {
        switch (rule.Type)
        {
            case RuleType.Range when rule.Min is null && rule.Max is null:
                return ("", "A range rule needs min, max or both.");
            case RuleType.Range when rule.Min > rule.Max:
                return ("min", $"min is {rule.Min}, above max {rule.Max}: no number would pass.");
            case RuleType.Regex when string.IsNullOrEmpty(rule.Pattern):
                return ("", "A regex rule needs a pattern.");
            case RuleType.Enum when rule.Values.Count == 0:
                return ("", "An enum rule needs values.");
            case RuleType.Regex:
                try
                {
                    Compile(rule.Pattern!);
                    return null;
                }
                catch (ArgumentException error)
                {
                    return ("pattern", $"'{rule.Pattern}' is no regular expression: {error.Message}");
                }

            default:
                return null;
        }
    }

    /// <summary>Calls <paramref name="fails"/> for each failing row; gives the number of rows that were judged.</summary>
    public long Judge(Column column, Action<int> fails) => rule.Type switch
    {
        RuleType.Range => JudgeRange(column, fails),
        RuleType.Regex => JudgeText(column, fails, regex!.IsMatch),
        RuleType.Enum => JudgeText(column, fails, text => allowed!.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text)),
        _ => JudgePresence(column, fails),
    };

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

    long JudgeRange(Column column, Action<int> fails)
    {
        var (min, max) = (rule.Min ?? double.NegativeInfinity, rule.Max ?? double.PositiveInfinity);
        long judged = 0;
        if (column is TextColumn text)
        {
            for (var row = 0; row < text.Rows; row++)
            {
                if (!text.IsNull(row) && ValueParser.TryFloat64Lenient(text[row], (byte)',', out var number))
                {
                    judged++;
                    if (number < min || number > max)
                    {
                        fails(row);
                    }
                }
            }

            return judged;
        }

        var numbers = Numbers.Of(column);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!double.IsNaN(numbers[row]))
            {
                judged++;
                if (numbers[row] < min || numbers[row] > max)
                {
                    fails(row);
                }
            }
        }

        return judged;
    }

    delegate bool TextTest(ReadOnlySpan<char> text);

    static long JudgeText(Column column, Action<int> fails, TextTest passes)
    {
        long judged = 0;
        var chars = ArrayPool<char>.Shared.Rent(256);
        for (var row = 0; row < column.Rows; row++)
        {
            if (Cleaning.MissingCells.IsMissing(column, row))
            {
                continue;
            }

            judged++;
            if (!passes(Text(column, row, ref chars)))
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

    static long JudgePresence(Column column, Action<int> fails)
    {
        Cleaning.MissingCells.Rows(column).ForEach(fails);
        return column.Rows;
    }
}
