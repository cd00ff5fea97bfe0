namespace Sluice.Privacy.Names;

/// <summary>A cell as the model of names sees it: its words, what rules say of them, and the tags given so far. Reused from cell to cell.</summary>
sealed class NameContext
{
    /// <summary>How many features a word has.</summary>
    public const int FeatureCount = 24;

    const byte Heading = 255;

    readonly NameRules rules = new();
    readonly List<(int First, int Last, NameTag Tag)> proposals = [];
    bool capitalsSpeak, isLong;

    public List<Word> Words { get; } = [];

    /// <summary>Ranges of words that are addresses.</summary>
    public List<(int First, int Last)> Addresses { get; } = [];

    /// <summary>What the words are; those before the one that is looked at are known.</summary>
    public List<NameTag> Tags { get; } = [];

    // By word: what rules say, whether a name would begin there, and whether it can be a name at all.
    readonly List<(NameTag Tag, bool First, bool Candidate, byte Mark)> hints = [];

    public void Read(ReadOnlySpan<byte> text)
    {
        Names.Words.Read(text, Words);
        Tags.Clear();
        hints.Clear();
        Addresses.Clear();
        if (Words.Count == 0)
        {
            return;
        }

        capitalsSpeak = CapitalsSpeak();
        isLong = Words.Count > 6;
        MarkPlaces(text);
        AddressFinder.Find(Words, Words.Exists(word => word.Capital && !word.Upper), Addresses);
        rules.Find(text, Words, capitalsSpeak, Addresses, proposals);
        foreach (var word in Words)
        {
            hints.Add((NameTag.None, false, CanBe(word), Mark(text, word)));
            Tags.Add(NameTag.None);
        }

        MarkHeadings(text);

        foreach (var (first, last, tag) in proposals)
        {
            for (var i = first; i <= last; i++)
            {
                hints[i] = (tag, i == first, true, hints[i].Mark);
            }
        }

        foreach (var (first, last) in Addresses)
        {
            for (var i = first; i <= last; i++)
            {
                hints[i] = default;
            }
        }
    }

    /// <summary>Whether a word can be a name, or else is none without further thought.</summary>
    public bool IsCandidate(int i) => hints[i].Candidate;

    /// <summary>Whether what stands between a word and the next lets a name go on.</summary>
    public bool GoesOn(int i, NameTag tag) =>
        i + 1 < Words.Count && (Words[i + 1].Before == Gap.Space || (Words[i + 1].Before == Gap.Dot && (Words[i].IsInitial || Words[i].Length <= 2))
            || (tag == NameTag.Organization && Words[i + 1] is { Before: Gap.Comma, Capital: true } next && next.Is(WordKinds.Organization)));

    /// <summary>Whether a word goes with the organisation before it because it has a capital too where names have them: "Acme Country Club".</summary>
    public bool Belongs(int i, NameTag tag) => tag == NameTag.Organization && capitalsSpeak && Words[i] is { Capital: true, Before: Gap.Space, Number: false };

    // Each word of "New Zealand" is of a place.
    void MarkPlaces(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i + 1 < Words.Count; i++)
        {
            var count = Lexicon.PlaceAt(text, Words, i);
            for (; count > 0; count--, i++)
            {
                Words[i] = Words[i] with { Kinds = Words[i].Kinds | WordKinds.Place };
            }
        }
    }

    // Capitals mean something where most words have none.
    bool CapitalsSpeak()
    {
        var (letters, capitals) = (0, 0);
        foreach (var word in Words)
        {
            letters += word.Number ? 0 : 1;
            capitals += !word.Number && word.Capital ? 1 : 0;
        }

        return capitals > 0 && letters - capitals >= 2 && capitals * 3 <= letters * 2;
    }

    static bool CanBe(Word word) => !word.Number && !word.Bound
        && (word.Capital || !(word.Listed || word.Is(WordKinds.Common)) || word.Is(WordKinds.Given | WordKinds.Surname | WordKinds.Place | WordKinds.Particle));

    // What stands around it tight: quotes, brackets, signs of tweets and headings.
    static byte Mark(ReadOnlySpan<byte> text, Word word) =>
        (byte)((word.Start == 0 ? 0 : Class(text[word.Start - 1]) * 8) + (word.End >= text.Length ? 0 : Class(text[word.End])));

    // Words in quotes that all have capitals, but for small ones, are the name of a work: "The Taming of the Shrew".
    void MarkHeadings(ReadOnlySpan<byte> text)
    {
        for (var first = 0; first < Words.Count; first++)
        {
            var last = first;
            while (Opens(text, first) && last + 1 < Words.Count && !Closes(text, last) && (Words[last + 1].Capital || Words[last + 1].Length <= 4) && last - first < 12)
            {
                last++;
            }

            if (last > first && Closes(text, last) && Words[first].Capital && Words[last].Capital)
            {
                for (; first <= last; first++)
                {
                    hints[first] = hints[first] with { Mark = Heading };
                }
            }
        }
    }

    bool Opens(ReadOnlySpan<byte> text, int i) => Words[i].Start is var at && at > 0 && (text[at - 1] is (byte)'"' or 0x9C || (text[at - 1] == '\'' && (at == 1 || text[at - 2] == ' ')));

    bool Closes(ReadOnlySpan<byte> text, int i) =>
        Words[i].End is var at && at < text.Length && (text[at] is (byte)'"' or (byte)'\'' || text[at..].StartsWith("”"u8) || (at + 1 < text.Length && text[at] is (byte)',' or (byte)'.' or (byte)'!' or (byte)'?' && text[at + 1] == '"'));

    static int Class(byte value) => value switch
    {
        (byte)'"' or 0x9D or 0x9C => 1,
        (byte)'\'' => 2,
        (byte)'(' or (byte)')' => 3,
        (byte)'@' or (byte)'#' => 4,
        (byte)':' or (byte)';' => 5,
        (byte)'!' or (byte)'?' => 6,
        (byte)'-' or (byte)'/' or (byte)'_' => 7,
        _ => 0,
    };

    /// <summary>What can be seen of a word and its neighbours, each thing as a number of <see cref="NameModel.Buckets"/>.</summary>
    public void Features(int i, Span<int> into)
    {
        var (word, before, before2, after, after2) = (At(i), At(i - 1), At(i - 2), At(i + 1), At(i + 2));
        var (shape, shapeBefore, shapeAfter) = (Shape(i, word), Shape(i - 1, before), Shape(i + 1, after));
        var (tag, tag2) = (i > 0 ? Tags[i - 1] : NameTag.None, i > 1 ? Tags[i - 2] : NameTag.None);
        var gap = ((uint)word.Before * 8) + (uint)after.Before;
        var hint = Hint(i);
        var (name, nameBefore, nameAfter) = (Name(word), Name(before), Name(after));
        uint kinds = (uint)word.Kinds & 0x87F, speaks = (capitalsSpeak ? 1u : 0) + (isLong ? 2u : 0);
        ReadOnlySpan<(uint, uint, uint)> seen =
        [
            (shape, gap, speaks),
            (name, shape, 0),
            (kinds, shape, speaks),
            (word.Ending, shape & 3, 0),
            (word.Ending, hint, 0),
            (nameBefore, shape, (uint)word.Before),
            (nameBefore, Name(before2), shape & 1),
            (nameAfter, shape, (uint)after.Before),
            (nameAfter, Name(after2), shape & 1),
            ((uint)before.Kinds, shapeBefore, (shape * 8) + (uint)word.Before),
            ((uint)after.Kinds, shapeAfter, (shape * 8) + (uint)after.Before),
            (shapeBefore, shape, (shapeAfter * 64) + gap),
            ((uint)tag, shape, (uint)word.Before),
            ((uint)tag, (uint)tag2, kinds),
            ((uint)tag, name, (uint)word.Before),
            (hint, shape, speaks),
            (hint, Hint(i - 1), Hint(i + 1)),
            (Name(before2), shape, 1),
            (Name(after2), shape, 2),
            (hints[i].Mark, shape, 0),
            (nameBefore, kinds, 3),
            (nameAfter, kinds, 4),
            (hint, nameBefore, (uint)tag),
            ((uint)Math.Min(Words.Count, 8), (uint)Math.Min(i, 4), shape),
        ];
        for (var f = 0; f < seen.Length; f++)
        {
            into[f] = Bucket((uint)f, seen[f]);
        }
    }

    Word At(int i) => i < 0 || i >= Words.Count ? default : Words[i];

    uint Hint(int i) => i < 0 || i >= hints.Count ? 15 : ((uint)hints[i].Tag * 2) + (hints[i].First ? 1u : 0);

    // Words of a dictionary are told apart; of names only that they are no such words, so that the model learns no names by heart.
    static uint Name(Word word) => word.Length == 0 ? 0
        : word.Number ? 1 + (uint)Math.Min(word.Length, 6)
        : word.Listed || word.Is(WordKinds.Common) || word.Length < 3 ? word.Identity : 16 + ((uint)word.Kinds & 0xFF);

    static uint Shape(int i, Word word) => (word.Capital ? 1u : 0) + (word.Listed || word.Is(WordKinds.Common) ? 2u : 0) + (word.Upper ? 4u : 0) + (word.Number ? 8u : 0)
        + (word.Length == 1 ? 16u : 0) + (i == 0 ? 32u : 0) + (word.English ? 64u : 0);

    static int Bucket(uint feature, (uint A, uint B, uint C) value)
    {
        var hash = (feature + 1) * 2654435761u;
        hash = (hash ^ value.A) * 2246822519u;
        hash = (hash ^ (hash >> 15) ^ value.B) * 3266489917u;
        hash = (hash ^ (hash >> 13) ^ value.C) * 668265263u;
        return (int)((hash ^ (hash >> 16)) & (NameModel.Buckets - 1));
    }
}
