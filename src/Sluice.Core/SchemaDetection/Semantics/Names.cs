namespace Sluice.SchemaDetection;

/// <summary>Names of people and organisations, by their shape and frequent parts; in any script that has capitals.</summary>
static class Names
{
    static readonly HashSet<string> titles = new(["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "lady", "herr", "frau", "mme", "m", "sr", "sra", "dott"], StringComparer.Ordinal);

    static readonly HashSet<string> particles = new(
        ["de", "da", "di", "del", "della", "der", "den", "van", "von", "zu", "la", "le", "du", "dos", "das", "do", "el", "al", "bin", "ibn", "af", "ter", "ten", "y", "e", "the", "of"],
        StringComparer.Ordinal);

    static readonly HashSet<string> legalForms = new(
        [
            "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp", "plc", "gmbh", "ag", "kg", "ohg", "ug", "se", "sa", "sas",
            "sarl", "srl", "spa", "bv", "nv", "ab", "as", "asa", "aps", "oy", "oyj", "kk", "pty", "pvt", "group", "holdings", "holding", "bank", "university", "institute",
            "foundation", "association", "society", "ministry", "department", "agency", "council", "union", "technologies", "systems", "industries", "partners", "airlines",
            "airways", "insurance", "university", "college", "hospital", "museum", "universität", "université", "universidad", "verein", "stiftung", "e.v",
        ],
        StringComparer.Ordinal);

    /// <summary>Two to five words, capitalised but for particles and titles, without digits: the shape of a full name.</summary>
    public static bool PersonShape(string value)
    {
        var words = Words(value);
        return words.Count is >= 2 and <= 5 && value.Length <= 60 && words.TrueForAll(w => IsNameWord(w) || particles.Contains(w));
    }

    /// <summary>That shape, with a frequent given name first, or after the comma in "Family, Given".</summary>
    public static bool Person(string value)
    {
        if (!PersonShape(value))
        {
            return false;
        }

        var comma = value.IndexOf(',', StringComparison.Ordinal);
        var words = Words(comma > 0 ? value[(comma + 1)..] : value).SkipWhile(w => titles.Contains(Lower(w))).ToList();
        return words.Count > 0 && Vocabulary.GivenNames.Contains(Lower(words[0]));
    }

    public static bool GivenName(string value) => Vocabulary.GivenNames.Contains(value.ToLowerInvariant());

    /// <summary>One capitalised word, or two joined.</summary>
    public static bool NameWord(string value) => value.Length is >= 2 and <= 40 && Words(value) is { Count: >= 1 and <= 3 } words
        && words.TrueForAll(w => IsNameWord(w) || particles.Contains(w)) && !value.Contains(',');

    /// <summary>A word that says what kind of organisation it is, at the end or anywhere for institutions.</summary>
    public static bool Organisation(string value)
    {
        var words = Words(value);
        return words.Count >= 2 && value.Length <= 120 && words.Exists(w => legalForms.Contains(Lower(w)));
    }

    static List<string> Words(string value) => [.. value.Split([' ', ',', '\u00A0'], StringSplitOptions.RemoveEmptyEntries)];

    static string Lower(string word) => word.TrimEnd('.').ToLowerInvariant();

    static bool IsNameWord(string word)
    {
        var letters = word.AsSpan().TrimEnd('.');
        if (letters.IsEmpty || !char.IsUpper(letters[0]))
        {
            return false;
        }

        foreach (var c in letters)
        {
            if (!char.IsLetter(c) && c is not ('-' or '\'' or '’' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
