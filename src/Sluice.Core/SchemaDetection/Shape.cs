using System.Text;

namespace Sluice.SchemaDetection;

/// <summary>The form that all values of a column share, as a regular expression: <c>^[A-Z]{2}-\d{4}$</c>.</summary>
static class Shape
{
    const int MaxLength = 40;

    /// <summary>Null without one form, or where it has no digit: words of one length are no code.</summary>
    public static string? Of(IReadOnlyList<string> values)
    {
        if (values.Count == 0 || values[0].Length > MaxLength)
        {
            return null;
        }

        var classes = values[0].Select(ClassOf).ToArray();
        var hasDigit = classes.Contains('9');
        foreach (var value in values)
        {
            if (value.Length != classes.Length)
            {
                return null;
            }

            for (var i = 0; i < value.Length; i++)
            {
                var found = ClassOf(value[i]);
                if (found == classes[i])
                {
                    continue;
                }

                // Letters and digits at one place are an alphanumeric code; anything else is no common form.
                if (found is not ('9' or 'A' or 'N') || classes[i] is not ('9' or 'A' or 'N'))
                {
                    return null;
                }

                hasDigit = true;
                classes[i] = 'N';
            }
        }

        return hasDigit ? Pattern(classes) : null;
    }

    /// <summary>The value with letters as x and digits as 9: what may be shown of personal data.</summary>
    public static string Redact(string value) => string.Concat(value.Take(MaxLength).Select(c => char.IsDigit(c) ? '9' : char.IsLetter(c) ? 'x' : c));

    static char ClassOf(char c) => char.IsAsciiDigit(c) ? '9' : char.IsAsciiLetterUpper(c) ? 'A' : char.IsAsciiLetterLower(c) ? 'a' : c;

    static string Pattern(char[] classes)
    {
        var pattern = new StringBuilder("^");
        for (var i = 0; i < classes.Length;)
        {
            var run = 1;
            while (i + run < classes.Length && classes[i + run] == classes[i])
            {
                run++;
            }

            pattern.Append(classes[i] switch
            {
                '9' => @"\d",
                'A' => "[A-Z]",
                'a' => "[a-z]",
                'N' => "[A-Z0-9]",
                var other => System.Text.RegularExpressions.Regex.Escape(other.ToString()),
            });
            if (run > 1)
            {
                pattern.Append('{').Append(run).Append('}');
            }

            i += run;
        }

        return pattern.Append('$').ToString();
    }
}
