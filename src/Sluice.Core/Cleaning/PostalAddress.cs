using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Cleaning;

/// <summary>
/// Street addresses in the standard form of their country: the United States as in Publication 28 of the Postal Service (capitals, no full stops, short suffixes, directions and
/// units), the others with street types in full, as their posts write them. What has no number and no word for a street is no address and stays.
/// </summary>
static partial class PostalAddress
{
    const int MaxBytes = 256;

    public static IReadOnlyList<string> Countries { get; } = ["DE", "ES", "FR", "GB", "IT", "NL", "US"];

    static readonly Style unitedStates = new(
        """
        ALY alley|ANX annex|ARC arcade|AVE avenue av aven|BCH beach|BLVD boulevard boul|BR branch|BRG bridge|BYP bypass|CIR circle circ|CLB club|CMN common|COR corner|CT court|CTR center centre|CV cove|CRES crescent
        DR drive drv|EST estate|EXPY expressway expy|EXT extension|FWY freeway|GDN garden|GDNS gardens|GLN glen|GRV grove|HBR harbor|HTS heights|HL hill|HLS hills|HWY highway hiway|JCT junction|LK lake|LNDG landing
        LN lane|LOOP loop|MNR manor|MDWS meadows|ML mill|PARK park|PKWY parkway pky|PASS pass|PATH path|PIKE pike|PL place|PLZ plaza|PT point|RNCH ranch|RDG ridge|RD road|RTE route|ROW row|RUN run|SHRS shores
        SQ square|STA station|ST street str strt|TER terrace terr|TRCE trace|TRL trail|TPKE turnpike|VLY valley|VW view|VLG village|WALK walk|WAY way|XING crossing
        """,
        """
        N north|S south|E east|W west|NE northeast|NW northwest|SE southeast|SW southwest|APT apartment|BLDG building|DEPT department|FL floor|RM room|STE suite|UNIT unit
        """);

    static readonly Style greatBritain = new(
        """
        Street st str|Road rd|Avenue ave av|Lane ln|Drive dr drv|Close cl|Court ct crt|Crescent cres|Gardens gdns gdn|Grove gr grv|Place pl|Square sq|Terrace ter terr|Way wy|Park pk|Hill hl|Walk wlk|Mews|Row
        """,
        "Flat|Apartment apt|Floor fl");

    static readonly Dictionary<string, (string Standard, string[] Written)[]> leading = new()
    {
        ["FR"] = [("rue", ["r."]), ("avenue", ["av.", "av", "ave"]), ("boulevard", ["bd", "bd.", "boul.", "blvd"]), ("place", ["pl.", "pl"]), ("chemin", ["ch.", "chem."]), ("route", ["rte", "rte."]), ("impasse", ["imp."]), ("allée", ["all."]), ("square", ["sq."]), ("faubourg", ["fg", "fbg"])],
        ["ES"] = [("Calle", ["c/", "c.", "cl."]), ("Avenida", ["av.", "avda.", "avda", "avd."]), ("Plaza", ["pza.", "pl.", "plza."]), ("Paseo", ["pº", "p.º", "pso."]), ("Carretera", ["ctra.", "ctra"]), ("Camino", ["cno."])],
        ["IT"] = [("Via", ["v."]), ("Viale", ["v.le"]), ("Piazza", ["p.za", "p.zza", "pza"]), ("Corso", ["c.so"]), ("Largo", ["l.go"]), ("Vicolo", ["v.lo"])],
    };

    static readonly Dictionary<string, (string Standard, string[] Written)[]> endings = new()
    {
        ["DE"] = [("straße", ["str.", "strasse", "str"]), ("platz", ["pl."])],
        ["NL"] = [("straat", ["str."]), ("plein", ["pln."]), ("laan", ["ln."])],
    };

    /// <summary>The country whose addresses most of these are; of several the first, and so the United States before others that write a street alike. Null where half are none.</summary>
    public static string? CountryOf(IReadOnlyCollection<string> texts)
    {
        var (best, most) = ((string?)null, texts.Count / 2);
        foreach (var country in Countries.Reverse())
        {
            if (texts.Count(text => text.Length <= MaxBytes && Standard(text, country) is not null) is var count && count > most)
            {
                (best, most) = (country, count);
            }
        }

        return best;
    }

    /// <summary>Writes the standard form; gives its bytes, 0 for what is no address.</summary>
    public static int Standardize(ReadOnlySpan<byte> value, string country, Span<byte> result) =>
        value.Length <= MaxBytes && Standard(Encoding.UTF8.GetString(value), country) is { } text && Encoding.UTF8.TryGetBytes(text, result, out var written) ? written : 0;

    /// <summary>The standard form; null for what is no address.</summary>
    public static string? Standard(string text, string country)
    {
        text = Commas().Replace(Spaces().Replace(text, " ").Trim(), ", ").Trim(' ', ',');
        if (!text.Any(char.IsAsciiDigit))
        {
            return null;
        }

        return country switch
        {
            "US" => BoxOf(text) ?? Suffixed(text.Replace(".", "", StringComparison.Ordinal).Replace("#", "# ", StringComparison.Ordinal), unitedStates, lastOfLine: text.Contains(','))?.ToUpperInvariant(),
            "GB" => Suffixed(text, greatBritain, lastOfLine: true) is { } british ? BritishCode().Replace(british, m => $"{m.Groups[1].Value} {m.Groups[2].Value}".ToUpperInvariant()) : null,
            "DE" or "NL" => Ended(text, endings[country]) is { } ended ? DutchCode().Replace(HouseLetter().Replace(ended, "$1$2"), m => country == "NL" ? $"{m.Groups[1].Value} {m.Groups[2].Value.ToUpperInvariant()}" : m.Value) : null,
            _ => Led(text, leading[country]),
        };
    }

    static string? BoxOf(string text) => Box().Match(text) is { Success: true } box ? string.Concat("PO BOX ", text.AsSpan(box.Length).TrimStart()).ToUpperInvariant() : null;

    /// <summary>The street type after the name: the last one of the line, or the first where nothing says where the line ends.</summary>
    static string? Suffixed(string text, Style style, bool lastOfLine)
    {
        var words = Spaces().Split(text).Where(w => w.Length > 0).ToArray();

        // A number and a name come first: St James has a saint, not a street. The line of the street is the first with a type.
        int[] suffixes = [.. Enumerable.Range(0, words.Length).Where(i => i >= 2 && style.Suffix(words[i]) is not null)];
        if (suffixes.Length == 0 || !words[..suffixes[0]].Any(w => w.Any(char.IsAsciiDigit)))
        {
            return null;
        }

        var comma = Array.FindIndex(words, suffixes[0], w => w.EndsWith(','));
        suffixes = [.. suffixes.Where(i => comma < 0 || i <= comma)];
        var at = lastOfLine ? suffixes[^1] : suffixes[0];
        return string.Join(' ', words.Select((word, i) => i == at ? Replaced(word, style.Suffix(word)!) : i > at || (i == 1 && at > 2) ? Replaced(word, style.Other(word) ?? Bare(word)) : word));
    }

    /// <summary>The street type before the name.</summary>
    static string? Led(string text, (string Standard, string[] Written)[] types)
    {
        var found = types.SelectMany(t => t.Written.Append(t.Standard).Select(w => (t.Standard, Written: w)))
            .Select(t => (t.Standard, t.Written, At: IndexOfWord(text, t.Written))).Where(t => t.At >= 0).OrderBy(t => t.At).ThenByDescending(t => t.Written.Length).FirstOrDefault();
        return found.Standard is null ? null
            : Spaces().Replace($"{text[..found.At]}{(found.At == 0 ? char.ToUpperInvariant(found.Standard[0]) + found.Standard[1..] : found.Standard)} {text[(found.At + found.Written.Length)..].TrimStart()}", " ");
    }

    /// <summary>The street type at the end of the name, or as a word after it.</summary>
    static string? Ended(string text, (string Standard, string[] Written)[] types)
    {
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            foreach (var (standard, written) in types)
            {
                foreach (var ending in written.Append(standard))
                {
                    if (words[i].TrimEnd(',').EndsWith(ending, StringComparison.OrdinalIgnoreCase) && !char.IsAsciiDigit(words[i][0]))
                    {
                        var name = words[i].TrimEnd(',')[..^ending.Length];
                        words[i] = name + (name.Length == 0 ? char.ToUpperInvariant(standard[0]) + standard[1..] : standard) + (words[i].EndsWith(',') ? "," : "");
                        return string.Join(' ', words);
                    }
                }
            }
        }

        return null;
    }

    static int IndexOfWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if ((at == 0 || text[at - 1] is ' ' or ',') && (end == text.Length || !char.IsLetterOrDigit(word[^1]) || text[end] == ' '))
            {
                return at;
            }
        }

        return -1;
    }

    static string Bare(string word) => word.TrimEnd(',');

    static string Replaced(string word, string standard) => word.EndsWith(',') ? standard + "," : standard;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(\s*,)+\s*")]
    private static partial Regex Commas();

    [GeneratedRegex(@"\A(post\s*office|p\.?\s*o\.?)\s*box\b\.?", RegexOptions.IgnoreCase)]
    private static partial Regex Box();

    [GeneratedRegex(@"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})\z", RegexOptions.IgnoreCase)]
    private static partial Regex BritishCode();

    [GeneratedRegex(@"\b([0-9]{4})\s?([A-Za-z]{2})\b")]
    private static partial Regex DutchCode();

    [GeneratedRegex(@"\b([0-9]+) ([a-z])(?=,|\z)")]
    private static partial Regex HouseLetter();

    /// <summary>Words of a country: the standard one first, then how else it is written.</summary>
    sealed class Style(string suffixes, string others)
    {
        readonly Dictionary<string, string> suffix = Read(suffixes), other = Read(others);

        public string? Suffix(string word) => suffix.GetValueOrDefault(word.TrimEnd(',').TrimEnd('.'));

        public string? Other(string word) => other.GetValueOrDefault(word.TrimEnd(',').TrimEnd('.'));

        static Dictionary<string, string> Read(string text) => text.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(group => group.Split(' ')).SelectMany(words => words.Select(word => (word, words[0])))
            .DistinctBy(w => w.word, StringComparer.OrdinalIgnoreCase).ToDictionary(w => w.word, w => w.Item2, StringComparer.OrdinalIgnoreCase);
    }
}
