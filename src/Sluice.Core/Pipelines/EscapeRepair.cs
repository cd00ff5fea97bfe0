using System.Text;
using YamlDotNet.Core;

namespace Sluice.Pipelines;

/// <summary>
/// Finds the fix for a backslash that YAML's double quotes do not know, such as <c>"\."</c> in a regular expression, and lets the reading
/// go on. Where every backslash of the text is such a one, it can only mean itself, and the text is taken as it stands; next to one that YAML knows, it is an error. Characters are replaced one for one, so that every later place in the file stays true.
/// </summary>
sealed class EscapeRepair
{
    // YAML 1.2, section 5.7.
    const string Known = "0abt\tnvfre \"/\\N_LPxuU\r\n";

    readonly Dictionary<long, string> realValues = [];

    /// <summary>What a repaired text was meant to be, by the index of its opening quote.</summary>
    public string? RealValue(long index) => realValues.GetValueOrDefault(index);

    /// <summary>The text to read on with, what to tell and where, and whether it is only told, as there is one meaning.</summary>
    public (string Text, int Line, int Column, string Message, bool IsCertain)? TryRepair(string text, YamlException error)
    {
        var start = (int)error.Start.Index;
        if (!error.Message.Contains("unknown escape", StringComparison.Ordinal) || start >= text.Length || text[start] != '"')
        {
            return null;
        }

        var (end, bad, known) = Scan(text, start);
        if (bad < 0 || end < 0)
        {
            return null;
        }

        var raw = text[(start + 1)..end];
        realValues[start] = raw.Replace("\\\"", "\"", StringComparison.Ordinal);
        var patched = new StringBuilder(text, text.Length);
        for (var i = start + 1; i < end; i++)
        {
            if (patched[i] == '\\')
            {
                patched[i] = '_';
                patched[i + 1] = patched[i + 1] is '\r' or '\n' ? patched[i + 1] : '_';
                i++;
            }
        }

        var lineStart = text.LastIndexOf('\n', bad) + 1;
        var line = text.AsSpan(0, bad).Count('\n') + 1;
        return (patched.ToString(), line, bad - lineStart + 1, Word(text, start, end, text.Substring(bad, 2), realValues[start]), known == 0);
    }

    static string Word(string text, int start, int end, string escape, string value)
    {
        if (value.Contains('\n', StringComparison.Ordinal))
        {
            return $"'{escape}' is not an escape that YAML's double quotes know. Put the text in single quotes, where a backslash is a backslash.";
        }

        // Shows the whole line as it should be, from its key on, so that it can be copied.
        var lineStart = text.LastIndexOf('\n', start) + 1;
        var before = text[lineStart..start].TrimStart(' ', '-');
        var key = before.AsSpan().TrimEnd().EndsWith(":") && before.IndexOfAny(['{', ',', '#']) < 0 ? before : "";
        return $"'{escape}' is not an escape that YAML's double quotes know. Put the text in single quotes, where a backslash is a backslash: "
            + $"{key}'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Index of the closing quote and of the first unknown escape, -1 where there is none; and how many are known.</summary>
    static (int End, int Bad, int Known) Scan(string text, int start)
    {
        var (bad, known) = (-1, 0);
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                return (i, bad, known);
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                var isKnown = Known.Contains(text[i + 1], StringComparison.Ordinal);
                known += isKnown ? 1 : 0;
                bad = bad < 0 && !isKnown ? i : bad;

                i++;
            }
        }

        return (-1, bad, known);
    }
}
