using System.Collections.Frozen;

namespace Sluice.Privacy.Names;

/// <summary>What a word can be. A word may be several: Rose, May, Lane.</summary>
[Flags]
enum WordKinds
{
    None = 0,
    Common = 1,
    Given = 2,
    Surname = 4,
    Place = 8,
    State = 16,
    Title = 32,
    Organization = 64,
    Street = 128,
    StreetFirst = 256,
    Unit = 512,
    Direction = 1_024,
    Particle = 2_048,
    PersonCue = 4_096,
    PlaceCue = 8_192,
    OrganizationCue = 16_384,
    AddressCue = 32_768,
    Missing = 65_536,
    Suffix = 131_072,
}

/// <summary>Small word lists, written for this project from general knowledge. They tell what a word can be; what it is, its neighbours say.</summary>
static partial class Lexicon
{
    static readonly FrozenDictionary<string, WordKinds> kinds = Build();
    static readonly FrozenDictionary<string, WordKinds>.AlternateLookup<ReadOnlySpan<char>> bySpan = kinds.GetAlternateLookup<ReadOnlySpan<char>>();

    // First words of places of several words.
    static readonly HashSet<uint> placeStarts = [.. Places.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Where(place => place.Contains('_', StringComparison.Ordinal)).Select(place => Names.Words.Hash(place.AsSpan(0, place.IndexOf('_', StringComparison.Ordinal))))];

    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> englishBySpan = ReadEnglish().GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Given names of the list, for made-up people.</summary>
    public static string PlainGivenNames => GivenNames;

    /// <summary>Surnames of the list, for made-up people.</summary>
    public static string PlainSurnames => Surnames;

    /// <summary>Places of the list.</summary>
    public static string PlainPlaces => Places;

    public static WordKinds Of(ReadOnlySpan<char> lower)
    {
        var known = bySpan.TryGetValue(lower, out var found) ? found : WordKinds.None;
        return known == WordKinds.None && EndsAsStreet(lower) ? WordKinds.Street : known;
    }

    /// <summary>How many words from <paramref name="i"/> on are one place of several words; 0 when they are none.</summary>
    public static int PlaceAt(ReadOnlySpan<byte> text, List<Word> words, int i)
    {
        if (!placeStarts.Contains(words[i].Identity))
        {
            return 0;
        }

        Span<char> joined = stackalloc char[64];
        for (var count = Math.Min(8, words.Count - i); count > 1; count--)
        {
            if (words[i + count - 1].End - words[i].Start is var length && length < joined.Length
                && Bytes.Lower(text.Slice(words[i].Start, length), joined) is var lower && lower.Length > 0)
            {
                joined[..lower.Length].Replace(' ', '_');
                if (bySpan.TryGetValue(joined[..lower.Length], out var found) && found.HasFlag(WordKinds.Place))
                {
                    return count;
                }
            }
        }

        return 0;
    }

    /// <summary>Whether a dictionary of English has the word, as what it means in small letters. See EnglishWords.LICENSE.txt.</summary>
    public static bool IsEnglish(ReadOnlySpan<char> lower) => englishBySpan.Contains(lower);

    static HashSet<string> ReadEnglish()
    {
        using var reader = new StreamReader(typeof(Lexicon).Assembly.GetManifestResourceStream("Sluice.Privacy.Names.EnglishWords.txt")!);
        var all = new HashSet<string>(60_000, StringComparer.Ordinal);
        while (reader.ReadLine() is { } word)
        {
            all.Add(word);
        }

        return all;
    }

    static bool EndsAsStreet(ReadOnlySpan<char> lower)
    {
        foreach (var ending in lower.Length > 6 ? streetEndings : [])
        {
            // Four letters must come before: "Hauptstraße", "Kerkweg".
            if (lower.Length >= ending.Length + 4 && ending.Length > 3 && lower.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return lower.Length >= 8 && lower[^3..] is "weg" or "vej" or "väg";
    }

    static FrozenDictionary<string, WordKinds> Build()
    {
        var all = new Dictionary<string, WordKinds>(StringComparer.Ordinal);
        Add(all, CommonWords, WordKinds.Common);
        Add(all, GivenNames, WordKinds.Given);
        Add(all, Surnames, WordKinds.Surname);
        Add(all, Places, WordKinds.Place);
        Add(all, States, WordKinds.State);
        Add(all, TitleWords, WordKinds.Title);
        Add(all, OrganizationWords, WordKinds.Organization);
        Add(all, StreetWords, WordKinds.Street);
        Add(all, StreetFirstWords, WordKinds.StreetFirst);
        Add(all, UnitWords, WordKinds.Unit);
        Add(all, DirectionWords, WordKinds.Direction);
        Add(all, ParticleWords, WordKinds.Particle);
        Add(all, PersonCueWords, WordKinds.PersonCue);
        Add(all, PlaceCueWords, WordKinds.PlaceCue);
        Add(all, OrganizationCueWords, WordKinds.OrganizationCue);
        Add(all, AddressCueWords, WordKinds.AddressCue);
        Add(all, MissingWords, WordKinds.Missing);
        Add(all, SuffixWords, WordKinds.Suffix);
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    static void Add(Dictionary<string, WordKinds> all, string words, WordKinds kind)
    {
        foreach (var word in words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            all[word] = all.GetValueOrDefault(word) | kind;
        }
    }
}
