using System.Buffers;
using System.Text;

namespace Sluice.Privacy.Names;

/// <summary>What stands between a word and the one before.</summary>
enum Gap
{
    /// <summary>Spaces only.</summary>
    Space,

    /// <summary>A dot after an abbreviation or an initial.</summary>
    Dot,

    /// <summary>A comma.</summary>
    Comma,

    /// <summary>An end of line.</summary>
    Line,

    /// <summary>The end of a sentence, the start of the cell, or anything else.</summary>
    Break,
}

/// <summary>One word of a cell.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">Byte after the last.</param>
/// <param name="Kinds">What it can be.</param>
/// <param name="Before">What stands before it.</param>
/// <param name="Capital">Whether it starts with a capital letter.</param>
/// <param name="Upper">Whether it has two letters or more, all capitals.</param>
/// <param name="Number">Whether it has a digit.</param>
/// <param name="Bound">Whether it is a part of something longer: of a host's name, a path, an address.</param>
/// <param name="English">Whether it ends as only everyday words do: -ing, -tion.</param>
/// <param name="Listed">Whether an English dictionary has it, as what it says in small letters.</param>
/// <param name="Identity">A hash of it in small letters.</param>
/// <param name="Ending">A hash of its last three letters.</param>
readonly record struct Word(
    int Start, int End, WordKinds Kinds, Gap Before, bool Capital, bool Upper, bool Number, bool Bound, bool English, bool Listed, uint Identity, uint Ending)
{
    public int Length => End - Start;

    public bool Is(WordKinds kind) => (Kinds & kind) != 0;

    /// <summary>A word that says nothing but itself, or says what an address is made of.</summary>
    public bool IsCommon => Is(WordKinds.Common | WordKinds.Unit | WordKinds.Street) && !Is(WordKinds.Given | WordKinds.Surname | WordKinds.Place);

    public bool IsInitial => Capital && Length == 1;
}

/// <summary>Cuts a cell into words.</summary>
static class Words
{
    static readonly string[] endings =
    [
        "ing", "ed", "ly", "tion", "sion", "ment", "ments", "ness", "ous", "ive", "able", "ible", "ful", "less", "ize", "ise", "ized", "ised", "ity", "ities", "ism", "ist",
        "ists", "ance", "ence", "tions", "ical", "ics", "ship", "ures", "ure", "ates", "ate", "ants", "ents", "ors", "ers", "ies",
    ];

    static readonly SearchValues<byte> plain = SearchValues.Create(" \t\r\n,."u8);

    public static void Read(ReadOnlySpan<byte> text, List<Word> words)
    {
        words.Clear();
        var end = 0;
        for (var i = 0; i < text.Length;)
        {
            var length = InWord(text, i);
            if (length == 0)
            {
                i++;
                continue;
            }

            var start = i;
            while (i < text.Length && (length = InWord(text, i) is var inside && inside > 0 ? inside : Joint(text, i)) > 0)
            {
                i += length;
            }

            words.Add(Of(text, start, i, text[end..start], words.Count == 0));
            end = i;
        }
    }

    static Word Of(ReadOnlySpan<byte> text, int start, int end, ReadOnlySpan<byte> gap, bool first)
    {
        var word = text[start..end];
        Span<char> buffer = stackalloc char[48];
        var lower = Bytes.Lower(word, buffer);
        if (lower.Length > 2 && (lower.EndsWith("'s", StringComparison.Ordinal) || lower.EndsWith("’s", StringComparison.Ordinal)) && Lexicon.Of(lower) == WordKinds.None)
        {
            // A name in the genitive is the name.
            var tail = lower[^2] == '\'' ? 2 : 4;
            word = word[..^tail];
            lower = lower[..^2];
            end -= tail;
        }

        var capital = Bytes.IsUpper(word[0]) || (word[0] >= 0x80 && Rune.DecodeFromUtf8(word, out var rune, out _) == OperationStatus.Done && Rune.IsUpper(rune));
        var upper = capital && word.Length > 1 && word.IndexOfAnyInRange((byte)'a', (byte)'z') < 0;
        var kinds = Lexicon.Of(lower);
        return new Word(start, end, kinds, first ? Gap.Break : GapOf(gap), capital, upper, word.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0,
            IsBound(text, start, end), EndsAsEnglish(lower),
            IsListed(lower, capital, kinds), Hash(lower), Hash(lower[Math.Max(0, lower.Length - 3)..]));
    }

    static bool IsBound(ReadOnlySpan<byte> text, int start, int end) =>
        (start > 1 && text[start - 1] is (byte)'@' or (byte)'/' or (byte)'_' or (byte)'.' or (byte)'=' && text[start - 2] > ' ' && !(text[start - 1] == '.' && Bytes.IsUpper(text[start])))
        || (end + 1 < text.Length && text[end] is (byte)'@' or (byte)'_' or (byte)'.' or (byte)'=' && (Bytes.IsDigit(text[end + 1]) || (Bytes.IsLetter(text[end + 1]) && !Bytes.IsUpper(text[end + 1]))));

    // Of "ex-President" and "non-Muslim" the small letters say what it is. A dictionary has "peter" and "tom" too, whom most know as names.
    static bool IsListed(ReadOnlySpan<char> lower, bool capital, WordKinds kinds) =>
        (Lexicon.IsEnglish(lower) && ((kinds & WordKinds.Given) == 0 || (kinds & WordKinds.Common) != 0)) || (!capital && lower.IndexOf('-') is var hyphen and > 0 && Lexicon.IsEnglish(lower[..hyphen]));

    /// <summary>FNV-1a.</summary>
    public static uint Hash(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return hash;
    }

    static bool EndsAsEnglish(ReadOnlySpan<char> lower)
    {
        foreach (var ending in lower.Length > 4 ? endings : [])
        {
            if (lower.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    static Gap GapOf(ReadOnlySpan<byte> gap)
    {
        if (gap.IndexOfAnyExcept(" \t\u00A0"u8) < 0)
        {
            return Gap.Space;
        }

        var rest = gap.IndexOfAnyExcept(plain) < 0;
        return !rest ? Gap.Break : gap.Contains((byte)'\n') ? Gap.Line : gap.Contains((byte)',') ? Gap.Comma : Gap.Dot;
    }

    // Length of the character when it belongs to a word; punctuation beyond ASCII does not.
    static int InWord(ReadOnlySpan<byte> text, int at)
    {
        if (text[at] < 0x80)
        {
            return Bytes.IsLetter(text[at]) || Bytes.IsDigit(text[at]) ? 1 : 0;
        }

        // UTF-8 that was read as Latin-1 and written again: "SÃ£o TomÃ©".
        if (text[at] == 0xC2 && at >= 2 && text[at - 2] == 0xC3 && text[at - 1] is 0x82 or 0x83 && at + 1 < text.Length)
        {
            return 2;
        }

        return Rune.DecodeFromUtf8(text[at..], out var rune, out var bytes) == OperationStatus.Done && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark)
            ? bytes : 0;
    }

    // O'Brien, Smith-Jones, 12/3, l’Hôpital.
    static int Joint(ReadOnlySpan<byte> text, int at)
    {
        var length = text[at] is (byte)'\'' or (byte)'-' or (byte)'/' ? 1 : text[at..].StartsWith("’"u8) ? 3 : 0;
        if (length == 0 || at + length >= text.Length || InWord(text, at + length) == 0)
        {
            return 0;
        }

        return text[at] != '/' || (Bytes.IsDigit(text[at - 1]) && Bytes.IsDigit(text[at + 1])) ? length : 0;
    }
}
