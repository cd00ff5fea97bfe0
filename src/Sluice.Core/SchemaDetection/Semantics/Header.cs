using System.Text;

namespace Sluice.SchemaDetection;

/// <summary>The words of a column's name, for comparison with hints: <c>customerEMail_1</c> is customer, e, mail.</summary>
sealed class Header
{
    // What a name is about stands before these in most languages that write column names; with one of them at its end a column is about something else.
    static readonly HashSet<string> turns = new(
        [
            "id", "ids", "code", "codes", "no", "nr", "num", "number", "key", "count", "total", "date", "time", "at", "flag", "type", "status", "is", "has", "pct", "percent",
            "rank", "url", "link", "image", "logo", "hash", "size", "length", "sent", "verified", "valid", "valide", "nummer", "numero", "codigo", "datum", "anzahl", "score",
        ],
        StringComparer.Ordinal);

    readonly List<string> words;
    readonly string joined;

    public Header(string name)
    {
        words = Split(name);
        joined = string.Concat(words);
    }

    /// <summary>Last word; empty for a name without letters and digits.</summary>
    public string Last => words.Count == 0 ? "" : words[^1];

    public IReadOnlyList<string> Words => words;

    /// <summary>1 where the name is or ends with a hint, less where the hint is inside, 0 where the name is about something else.</summary>
    /// <param name="hints">Separated by '|', words of one by a blank.</param>
    public double Match(string hints)
    {
        var best = 0.0;
        foreach (var hint in hints.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            best = Math.Max(best, MatchOne(hint));
        }

        return best;
    }

    double MatchOne(string hint)
    {
        var parts = hint.Split(' ');
        if (joined == string.Concat(parts))
        {
            return 1;
        }

        for (var at = 0; at + parts.Length <= words.Count; at++)
        {
            if (words.Skip(at).Take(parts.Length).SequenceEqual(parts))
            {
                var atEnd = at + parts.Length == words.Count;
                return atEnd ? 0.97 : turns.Contains(Last) ? 0 : 0.85;
            }
        }

        return 0;
    }

    /// <summary>Words in lower case without accents; a trailing number is left out.</summary>
    static List<string> Split(string name)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var begins = char.IsUpper(c) && i > 0 && (char.IsLower(name[i - 1]) || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (!char.IsLetterOrDigit(c) || begins)
            {
                End();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(Plain(char.ToLowerInvariant(c)));
            }
        }

        End();
        if (found.Count > 1 && found[^1].All(char.IsAsciiDigit))
        {
            found.RemoveAt(found.Count - 1);
        }

        return found;

        void End()
        {
            if (word.Length > 0)
            {
                found.Add(word.ToString());
                word.Clear();
            }
        }
    }

    static string Plain(char c) => c switch
    {
        'ä' or 'à' or 'á' or 'â' or 'ã' or 'å' or 'ą' => "a",
        'è' or 'é' or 'ê' or 'ë' or 'ę' or 'ě' => "e",
        'ì' or 'í' or 'î' or 'ï' => "i",
        'ö' or 'ò' or 'ó' or 'ô' or 'õ' or 'ø' => "o",
        'ü' or 'ù' or 'ú' or 'û' => "u",
        'ç' or 'ć' or 'č' => "c",
        'ñ' or 'ń' => "n",
        'ß' => "ss",
        'ś' or 'š' => "s",
        'ł' => "l",
        'ż' or 'ź' or 'ž' => "z",
        _ => c.ToString(),
    };
}
