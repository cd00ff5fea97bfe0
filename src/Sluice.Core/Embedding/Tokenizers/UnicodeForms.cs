using System.Globalization;
using System.Text;

namespace Sluice.Embedding;

/// <summary>
/// Unicode's normal forms (UAX 15, Unicode 14). Ours, because .NET does not normalise where it runs without ICU, and a text must get the same tokens
/// everywhere. Tables are in unicode-tables.txt.
/// </summary>
static class UnicodeForms
{
    const int FirstSyllable = 0xAC00, FirstLead = 0x1100, FirstVowel = 0x1161, FirstTail = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;
    static readonly Dictionary<int, byte> classes = [];
    static readonly Dictionary<int, (bool IsCanonical, int[] Parts)> decompositions = [];
    static readonly Dictionary<(int, int), int> compositions = [];

    static UnicodeForms()
    {
        using var stream = typeof(UnicodeForms).Assembly.GetManifestResourceStream("unicode-tables.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(' ');
            var code = Hex(cells[0]);
            if (cells[1] != "0")
            {
                classes[code] = byte.Parse(cells[1], CultureInfo.InvariantCulture);
            }

            if (cells.Length > 2)
            {
                int[] parts = [.. cells[3..].Select(Hex)];
                decompositions[code] = (cells[2] != "~", parts);
                if (cells[2] == "=" && parts.Length == 2)
                {
                    compositions[(parts[0], parts[1])] = code;
                }
            }
        }
    }

    public static string Nfc(string text) => Normalise(text, isCompatible: false, composes: true);

    public static string Nfd(string text) => Normalise(text, isCompatible: false, composes: false);

    public static string Nfkc(string text) => Normalise(text, isCompatible: true, composes: true);

    public static string Nfkd(string text) => Normalise(text, isCompatible: true, composes: false);

    static string Normalise(string text, bool isCompatible, bool composes)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var codes = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, isCompatible, codes);
        }

        Order(codes);
        if (composes)
        {
            Compose(codes);
        }

        var result = new StringBuilder(codes.Count);
        Span<char> pair = stackalloc char[2];
        foreach (var code in codes)
        {
            result.Append(pair[..new Rune(code).EncodeToUtf16(pair)]);
        }

        return result.ToString();
    }

    static void Decompose(int code, bool isCompatible, List<int> codes)
    {
        if (code - FirstSyllable is var syllable and >= 0 and < Leads * Vowels * Tails)
        {
            codes.Add(FirstLead + (syllable / (Vowels * Tails)));
            codes.Add(FirstVowel + (syllable / Tails % Vowels));
            if (syllable % Tails > 0)
            {
                codes.Add(FirstTail + (syllable % Tails));
            }
        }
        else if (code >= 0x80 && decompositions.TryGetValue(code, out var found) && (found.IsCanonical || isCompatible))
        {
            foreach (var part in found.Parts)
            {
                Decompose(part, isCompatible, codes);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    // Marks by class; those of one class stay as they are. Runs of marks are short, so insertion does.
    static void Order(List<int> codes)
    {
        for (var i = 1; i < codes.Count; i++)
        {
            var (code, own) = (codes[i], Class(codes[i]));
            var at = i;
            while (own > 0 && at > 0 && Class(codes[at - 1]) > own)
            {
                codes[at] = codes[at - 1];
                at--;
            }

            codes[at] = code;
        }
    }

    static void Compose(List<int> codes)
    {
        var (kept, starter, lastClass) = (0, -1, 0);
        for (var i = 0; i < codes.Count; i++)
        {
            var (code, own) = (codes[i], Class(codes[i]));
            // Blocked when a mark of the same or a higher class, or another starter, stands between.
            if (starter >= 0 && (lastClass < own || starter == kept - 1) && Pair(codes[starter], code) is { } composed)
            {
                codes[starter] = composed;
                continue;
            }

            if (own == 0)
            {
                starter = kept;
            }

            lastClass = own;
            codes[kept++] = code;
        }

        codes.RemoveRange(kept, codes.Count - kept);
    }

    static int? Pair(int first, int second)
    {
        if (first - FirstLead is >= 0 and < Leads && second - FirstVowel is >= 0 and < Vowels)
        {
            return FirstSyllable + ((((first - FirstLead) * Vowels) + second - FirstVowel) * Tails);
        }

        if (first - FirstSyllable is >= 0 and < Leads * Vowels * Tails && (first - FirstSyllable) % Tails == 0 && second - FirstTail is > 0 and < Tails)
        {
            return first + second - FirstTail;
        }

        return compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    static int Class(int code) => code >= 0x300 && classes.TryGetValue(code, out var found) ? found : 0;

    static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
