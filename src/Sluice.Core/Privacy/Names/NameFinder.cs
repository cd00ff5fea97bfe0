namespace Sluice.Privacy.Names;

/// <summary>
/// Names of people, places and organisations, and addresses, by rules: capitals where the text uses them, small word lists, titles and other words
/// that announce a name. No model: what a rule cannot see is not found.
/// </summary>
sealed class NameFinder
{
    const int MaxNameWords = 5;

    // Beyond this a cell is a document: its words are looked at in pieces of this size, so that memory stays small.
    const int PieceBytes = 1 << 16;

    readonly List<Word> words = [];
    readonly List<(int First, int Last)> addresses = [];
    bool capitalsSpeak;

    public void Find(ReadOnlySpan<byte> text, ColumnContext column, List<PiiSpan> spans)
    {
        for (var from = 0; from < text.Length;)
        {
            var to = Math.Min(text.Length, from + PieceBytes);
            while (to < text.Length && to > from + (PieceBytes / 2) && text[to - 1] is not ((byte)' ' or (byte)'\n'))
            {
                to--;
            }

            FindIn(text[from..to], from, column, spans);
            from = to;
        }
    }

    void FindIn(ReadOnlySpan<byte> text, int offset, ColumnContext column, List<PiiSpan> spans)
    {
        Words.Read(text, words);
        if (words.Count == 0)
        {
            return;
        }

        if (column.Entity is "person" or "location" or "organization" or "address" && words.Exists(w => w.Capital || !w.Number) && words.Count <= 16)
        {
            spans.Add(new PiiSpan(offset + words[0].Start, offset + words[^1].End, column.Entity, 0.8));
            return;
        }

        capitalsSpeak = CapitalsSpeak();
        AddressFinder.Find(words, capitalsSpeak, addresses);
        foreach (var (first, last) in addresses)
        {
            spans.Add(new PiiSpan(offset + words[first].Start, offset + words[last].End, "address", 0.75));
        }

        var passed = 0;
        for (var i = 0; i < words.Count;)
        {
            while (passed < addresses.Count && addresses[passed].Last < i)
            {
                passed++;
            }

            i = passed < addresses.Count && addresses[passed].First <= i ? addresses[passed].Last + 1 : Next(text, i, offset, spans);
        }
    }

    // Capitals mean something where most words have none.
    bool CapitalsSpeak()
    {
        var (letters, capitals) = (0, 0);
        foreach (var word in words)
        {
            letters += word.Number ? 0 : 1;
            capitals += !word.Number && word.Capital ? 1 : 0;
        }

        return capitals > 0 && letters - capitals >= 2 && capitals * 3 <= letters * 2;
    }

    int Next(ReadOnlySpan<byte> text, int i, int offset, List<PiiSpan> spans)
    {
        if (PlaceOfSeveralWords(text, i) is var place && place > 1)
        {
            spans.Add(new PiiSpan(offset + words[i].Start, offset + words[i + place - 1].End, "location", 0.75));
            return i + place;
        }

        var titled = i > 0 && words[i - 1].Is(WordKinds.Title) && words[i].Before is Gap.Space or Gap.Dot && words[i - 1].Length <= 10;
        var last = Run(i, titled || Announced(i));
        if (last < i)
        {
            return i + 1;
        }

        var (entity, confidence) = Classify(i, last, titled);

        // A title with a capital is part of how someone is called.
        var first = titled && words[i - 1].Capital ? i - 1 : i;
        spans.Add(new PiiSpan(offset + words[first].Start, offset + words[last].End, entity, confidence));
        return last + 1;
    }

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

    (string Entity, double Confidence) Classify(int first, int last, bool titled)
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
        if (titled)
        {
            return ("person", 0.85);
        }

        if (organization > 0 && count > 1)
        {
            return ("organization", 0.75);
        }

        if (place > 0 && given + surname < count && (count == place || place > given))
        {
            return ("location", count == place ? 0.75 : 0.6);
        }

        if (given > 0 || surname > 0)
        {
            return ("person", given > 0 && count > 1 ? 0.85 : place > 0 ? 0.55 : 0.65);
        }

        return before.HasFlag(WordKinds.PlaceCue) ? ("location", 0.55) : before.HasFlag(WordKinds.OrganizationCue) ? ("organization", 0.55)
            : words[first].Upper && count == 1 && words[first].Length <= 5 ? ("organization", 0.3)
            : ("person", Announced(first) ? 0.65 : 0.5);
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

    int PlaceOfSeveralWords(ReadOnlySpan<byte> text, int i)
    {
        Span<char> joined = stackalloc char[48];
        for (var count = Math.Min(4, words.Count - i); count > 1; count--)
        {
            if (words[i + count - 1].End - words[i].Start is var length && length < joined.Length
                && Bytes.Lower(text.Slice(words[i].Start, length), joined) is var lower && lower.Length > 0)
            {
                joined[..lower.Length].Replace(' ', '_');
                if (Lexicon.IsPlace(joined[..lower.Length]))
                {
                    return count;
                }
            }
        }

        return 0;
    }
}
