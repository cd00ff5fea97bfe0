using System.Text;

namespace Sluice.TextQuality;

/// <summary>Words that the scores know, by hash. All are English unless their name says otherwise.</summary>
static class KnownWords
{
    /// <summary>Long enough to look like content, and without any.</summary>
    public static readonly HashSet<ulong> Function = Of(
        "that this with from have they will would there their what about which when were been than then them these those your also into only other some more most such very just over after before "
        + "because between through during while where being could should does each both many much here like even well still under upon since until however although though without within");

    /// <summary>They take back what is said: Hyland (2005), and the cues of the CoNLL-2010 shared task.</summary>
    public static readonly HashSet<ulong> Hedges = Of(
        "may might could perhaps possibly probably maybe apparently allegedly reportedly supposedly presumably seemingly arguably likely unlikely seem seems seemed appear appears appeared suggest suggests "
        + "suggested indicate indicates believed rumored rumoured speculate speculated assume assumed claimed roughly approximately somewhat uncertain unclear");

    /// <summary>What comes after them is the number of a thing, not a quantity.</summary>
    public static readonly HashSet<ulong> Numbering = Of("table figure fig chapter page section step number no part volume vol version line question item example level day week month year season episode round");

    /// <summary>Marks of lines that pages share and nobody reads: the rules of C4 (Raffel et al. 2020) and what its successors added.</summary>
    public static readonly HashSet<ulong> Boilerplate = Of("javascript cookies copyright subscribe unsubscribe newsletter login");

    /// <summary>The same in two words.</summary>
    public static readonly HashSet<ulong> BoilerplatePairs =
    [
        Pair("lorem", "ipsum"), Pair("privacy", "policy"), Pair("cookie", "policy"), Pair("click", "here"), Pair("rights", "reserved"), Pair("sign", "up"), Pair("log", "in"), Pair("read", "more"),
        Pair("follow", "us"),
    ];

    /// <summary>Days of the months that have fewer than 31, in seven languages.</summary>
    public static readonly Dictionary<ulong, int> ShortMonths = Months();

    /// <summary>What stands between a day and its month.</summary>
    public static readonly HashSet<ulong> OfMonth = Of("of de di");

    public static ulong Pair(ulong first, ulong second) => RowHash.Mix(first ^ 0x9E3779B97F4A7C15, second);

    public static ulong Hash(string word) => RowHash.Bytes(Encoding.UTF8.GetBytes(word));

    static ulong Pair(string first, string second) => Pair(Hash(first), Hash(second));

    static HashSet<ulong> Of(string words) => [.. words.Split(' ').Select(Hash)];

    static Dictionary<ulong, int> Months()
    {
        var days = new Dictionary<ulong, int>();
        foreach (var (count, names) in new[]
        {
            (29, "february februar février febrero febbraio fevereiro februari"),
            (30, "april avril abril aprile juni june juin junio giugno junho september septembre septiembre settembre setembro november novembre noviembre novembro"),
        })
        {
            foreach (var name in names.Split(' '))
            {
                days[Hash(name)] = count;
            }
        }

        return days;
    }
}
