namespace Sluice.Privacy.Names;

/// <summary>
/// What rules say of names: capitals where the text uses them, small word lists, titles and other words that announce a name. <see cref="NameModel"/>
/// weighs it with the rest that can be seen.
/// </summary>
sealed class NameRules
{
    const int MaxNameWords = 5;

    List<Word> words = [];
    bool capitalsSpeak;

    /// <summary>Names among the words, in order, that do not overlap.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="words">Its words.</param>
    /// <param name="capitalsSpeak">Whether a capital says something here.</param>
    /// <param name="taken">Words that are something else already.</param>
    /// <param name="found">Cleared first.</param>
    public void Find(ReadOnlySpan<byte> text, List<Word> words, bool capitalsSpeak, List<(int First, int Last)> taken, List<(int First, int Last, NameTag Tag)> found)
    {
        (this.words, this.capitalsSpeak) = (words, capitalsSpeak);
        found.Clear();
        var passed = 0;
        for (var i = 0; i < words.Count;)
        {
            while (passed < taken.Count && taken[passed].Last < i)
            {
                passed++;
            }

            i = passed < taken.Count && taken[passed].First <= i ? taken[passed].Last + 1 : Next(text, i, found);
        }
    }

    int Next(ReadOnlySpan<byte> text, int i, List<(int First, int Last, NameTag Tag)> found)
    {
        if (Lexicon.PlaceAt(text, words, i) is var place && place > 1)
        {
            found.Add((i, i + place - 1, NameTag.Location));
            return i + place;
        }

        var titled = IsTitled(words, i);
        var last = Run(i, titled || Announced(i));
        if (last < i)
        {
            return i + 1;
        }

        found.Add((i, last, titled ? NameTag.Person : Classify(i, last)));
        return last + 1;
    }

    /// <summary>Whether a title stands before a word: "ms. Lovelace".</summary>
    public static bool IsTitled(List<Word> words, int i) =>
        i > 0 && words[i - 1].Is(WordKinds.Title) && words[i].Before is Gap.Space or Gap.Dot && words[i - 1].Length <= 10;

    /// <summary>The last word of a name that starts at <paramref name="i"/>; less than it when none does.</summary>
    int Run(int i, bool announced)
    {
        if (!CanStart(i, announced))
        {
            return -1;
        }

        var last = i;
        for (var j = i + 1; j < words.Count && j - i < MaxNameWords; j++)
        {
            var word = words[j];
            var joined = word.Before == Gap.Space || (word.Before == Gap.Dot && words[j - 1].IsInitial);
            if (!joined || word.Number)
            {
                break;
            }

            if (!word.Bound && IsName(word, announced || IsFirst(i) || (!capitalsSpeak && word.Capital && StandsAlone(i))))
            {
                last = j;
            }
            else if (!(word.Is(WordKinds.Particle) && j + 1 < words.Count && words[j + 1].Before == Gap.Space && words[j + 1].Capital && !words[j + 1].IsCommon && capitalsSpeak))
            {
                break;
            }
        }

        // "Acme, Inc."
        if (last + 1 < words.Count && words[last + 1] is { Before: Gap.Comma, Capital: true } suffix && suffix.Is(WordKinds.Organization))
        {
            last++;
        }

        return last;
    }

    // In text without capitals that speak, a word of no list goes on a name that a known one began.
    bool IsFirst(int i) => words[i].Is(WordKinds.Given);

    bool CanStart(int i, bool announced)
    {
        var word = words[i];
        if (word.Number || word.Bound || (word.Length < 2 && !word.IsInitial) || word.IsCommon || word.Is(WordKinds.Title))
        {
            return false;
        }

        if (word.Is(WordKinds.Place) && !word.Is(WordKinds.Common))
        {
            return true;
        }

        if (announced)
        {
            return word.Capital || !capitalsSpeak;
        }

        var known = word.Is(WordKinds.Given | WordKinds.Surname) && !word.Is(WordKinds.Common);
        var next = i + 1 < words.Count && words[i + 1].Before is Gap.Space or Gap.Dot ? words[i + 1] : default;
        if (!capitalsSpeak)
        {
            return (word.Is(WordKinds.Given) && (known || next.Is(WordKinds.Surname))) || (word.Is(WordKinds.Surname) && known && words.Count <= 3)
                || (word.Capital && next.Is(WordKinds.Organization) && next.Capital) || StandsAlone(i);
        }

        if (!word.Capital || (word.IsInitial && !(next.Capital && next.Length > 1)))
        {
            return false;
        }

        // At the start of a sentence every word has a capital.
        var starts = word.Before == Gap.Break || word.Before == Gap.Line || (word.Before == Gap.Dot && i > 0 && !words[i - 1].IsInitial && !words[i - 1].Is(WordKinds.Title));
        return known || !starts || (next.Capital && !next.IsCommon && next.Length > 1) || (word.Is(WordKinds.Given) && next.Is(WordKinds.Surname)) || StartsSentence(i);
    }

    // "Delvis spent a year": a word that no list has and that does not end as everyday words do, followed by one that does what names do.
    bool StartsSentence(int i) => words[i].Kinds == WordKinds.None && words[i] is { English: false, Upper: false, Length: > 3 } && i + 1 < words.Count
        && words[i + 1].Before is Gap.Space or Gap.Comma && words[i + 1] is { Capital: false } next && next.Is(WordKinds.Common);

    // The first line of a letter: two or three words with capitals and nothing else.
    bool StandsAlone(int i)
    {
        var end = i;
        while (end < words.Count && (end == i || words[end].Before is Gap.Space or Gap.Dot))
        {
            if (!words[end].Capital || words[end].Number || words[end].Upper || (words[end].IsCommon && !words[end].Is(WordKinds.Organization)))
            {
                return false;
            }

            end++;
        }

        return words[i].Before is Gap.Line or Gap.Break && end - i is 2 or 3 && (end == words.Count || words[end].Before == Gap.Line) && words.Count > end - i;
    }

    bool IsName(Word word, bool begun) => capitalsSpeak
        ? word.Capital && (!word.IsCommon || word.Is(WordKinds.Organization)) && !word.Is(WordKinds.Title)
        : word.Is(WordKinds.Surname | WordKinds.Given) || word.IsInitial || (word.Capital && word.Is(WordKinds.Organization)) || (begun && !word.IsCommon && !word.Is(WordKinds.Particle) && word.Length > 2);

    NameTag Classify(int first, int last)
    {
        var (given, surname, place, organization) = (0, 0, 0, 0);
        for (var i = first; i <= last; i++)
        {
            given += words[i].Is(WordKinds.Given) ? 1 : 0;
            surname += words[i].Is(WordKinds.Surname) ? 1 : 0;
            place += words[i].Is(WordKinds.Place) ? 1 : 0;
            organization += words[i].Is(WordKinds.Organization) ? 1 : 0;
        }

        var count = last - first + 1;
        var before = first > 0 ? words[first - 1].Kinds : WordKinds.None;
        return organization > 0 && count > 1 ? NameTag.Organization
            : place > 0 && given + surname < count && (count == place || place > given) ? NameTag.Location
            : given > 0 || surname > 0 ? NameTag.Person
            : before.HasFlag(WordKinds.PlaceCue) ? NameTag.Location
            : before.HasFlag(WordKinds.OrganizationCue) ? NameTag.Organization
            : words[first].Upper && count == 1 && words[first].Length <= 5 ? NameTag.None
            : NameTag.Person;
    }

    // "my name is", "Dear", "signed".
    bool Announced(int i)
    {
        if (i == 0 || words[i].Before is Gap.Dot or Gap.Line)
        {
            return false;
        }

        var before = words[i - 1];
        return (before.Is(WordKinds.PersonCue) && !before.Is(WordKinds.Given) && words[i].Capital)
            || (i > 1 && before.Length == 2 && before.Is(WordKinds.Common) && words[i - 2].Is(WordKinds.PersonCue) && words[i].Before == Gap.Space && IsNameWord(i - 2));
    }

    // Of the words that announce, only "name" does so with one between.
    bool IsNameWord(int i) => words[i].Length is 4 or 5 && words[i].Is(WordKinds.PersonCue) && words[i].Is(WordKinds.Common) && !words[i].Is(WordKinds.PlaceCue);
}
