namespace Sluice.Privacy.Names;

/// <summary>
/// Postal addresses: a number and a word for a street within one line, in either order, then what belongs to it: a unit, a direction, a town, a
/// state, a postal code, a country. Or a post box.
/// </summary>
static class AddressFinder
{
    const int MaxStreetWords = 5, MaxTail = 18;

    /// <summary>Ranges of words, in order, that do not overlap.</summary>
    /// <param name="words">The words of a cell.</param>
    /// <param name="capitals">Whether names have capitals in it.</param>
    /// <param name="found">Cleared first.</param>
    public static void Find(List<Word> words, bool capitals, List<(int First, int Last)> found)
    {
        found.Clear();
        for (var i = 0; i < words.Count; i++)
        {
            var last = Math.Max(NumberFirst(words, i, capitals), Math.Max(StreetFirst(words, i), Box(words, i)));
            last = Math.Max(last, Block(words, i, capitals));
            last = Math.Max(last < 0 ? -1 : Tail(words, last, capitals), PlaceAndCode(words, i));
            if (last < 0)
            {
                continue;
            }

            found.Add((First(words, i, found), last));
            i = last;
        }
    }

    // The number of a flat stands before that of the house: "Flat 3, 8 Mill Road", "12 8 Mill Road".
    static int First(List<Word> words, int i, List<(int First, int Last)> found)
    {
        var least = found.Count > 0 ? found[^1].Last + 1 : 0;
        while (i > least && words[i].Number && words[i].Before is Gap.Space or Gap.Comma
            && ((words[i - 1].Number && words[i - 1].Length <= 5 && words[i].Before == Gap.Space) || words[i - 1].Is(WordKinds.Unit)))
        {
            i--;
        }

        return i;
    }

    // An address whose street has no word for one: numbers and names in turn, over lines and commas, from a house's number to a postal code.
    static int Block(List<Word> words, int i, bool capitals)
    {
        if (!words[i].Number || words[i].Length > 5 || words[i].Bound)
        {
            return -1;
        }

        var (names, numbers, breaks, last) = (0, 1, 0, -1);
        for (var j = i + 1; j < words.Count && j - i <= MaxTail && words[j].Before != Gap.Break; j++)
        {
            var word = words[j];
            breaks += word.Before is Gap.Line or Gap.Comma ? 1 : 0;
            if (word.Number && word.Length <= 8)
            {
                numbers++;
                last = names > 0 ? j : last;
            }
            else if (!word.Number && IsMissing(words, j))
            {
                continue;
            }
            else if ((word.Capital || (!capitals && !word.Listed)) && !word.Is(WordKinds.Title) && (!word.IsCommon || word.Is(WordKinds.Street | WordKinds.Unit | WordKinds.Direction)))
            {
                names++;
                last = word.Is(WordKinds.Place) ? j : last;
            }
            else if (!word.Is(WordKinds.Unit | WordKinds.Place) && (word.Listed || word.Is(WordKinds.Common) || word.Length > 5))
            {
                break;
            }
        }

        return names > 0 && numbers > 1 && last > 0 && (breaks > 0 || numbers > 2) ? last : -1;
    }

    // A field that is missing, in an address that was put together of fields: ", nan,".
    static bool IsMissing(List<Word> words, int i) => words[i].Before is Gap.Line or Gap.Comma && words[i].Is(WordKinds.Missing)
        && (i + 1 == words.Count || words[i + 1].Before is Gap.Line or Gap.Comma || words[i + 1] is { Before: Gap.Space, Number: true });

    // "Denmark 15838".
    static int PlaceAndCode(List<Word> words, int i) =>
        words[i].Is(WordKinds.Place) && !words[i].Is(WordKinds.Common) && i + 1 < words.Count && words[i + 1] is { Number: true, Before: Gap.Space, Length: >= 4 and <= 6 }
            ? i + 1 : -1;

    // 221B Baker Street; 12 rue de la Paix; 8-10 St. John's Rd.
    static int NumberFirst(List<Word> words, int i, bool capitals)
    {
        if (!words[i].Number || words[i].Length > 8)
        {
            return -1;
        }

        for (var j = i + 1; j < words.Count && j - i <= MaxStreetWords && words[j].Before is Gap.Space or Gap.Dot or Gap.Comma; j++)
        {
            if (words[j].Before == Gap.Comma && j > i + 1)
            {
                return -1;
            }

            if (words[j].Is(WordKinds.StreetFirst) && j == i + 1 && j + 1 < words.Count && words[j + 1].Before is Gap.Space or Gap.Dot && (words[j + 1].Capital || !words[j + 1].Is(WordKinds.Common)))
            {
                return Named(words, j, capitals);
            }

            if (words[j].Is(WordKinds.Street) && j > i + 1 && !(j + 1 < words.Count && j + 1 - i <= MaxStreetWords && words[j + 1].Before == Gap.Space && words[j + 1].Is(WordKinds.Street) && IsLong(words[j + 1])))
            {
                return j;
            }

            if (words[j].Is(WordKinds.Street) && words[j].Length >= 8 && j == i + 1 && !words[j].Is(WordKinds.Common))
            {
                return j;
            }

            // A verb or a pronoun between says that the number counts something.
            if (words[j].IsCommon && !words[j].Is(WordKinds.Direction | WordKinds.Particle | WordKinds.Unit) && !words[j].Capital)
            {
                return -1;
            }
        }

        return -1;
    }

    static bool IsLong(Word word) => word.Length > 2;

    static int Named(List<Word> words, int street, bool capitals)
    {
        var last = street;
        for (var j = street + 1; j < words.Count && j - street <= MaxStreetWords && words[j].Before is Gap.Space or Gap.Dot; j++)
        {
            if (words[j].Number || (words[j].IsCommon && !words[j].Is(WordKinds.Particle) && !(words[j].Capital && capitals && !words[j].Is(WordKinds.Unit))) || (capitals && !words[j].Capital && !words[j].Is(WordKinds.Particle)))
            {
                break;
            }

            last = j;
        }

        return last;
    }

    // Via Roma 12; Hauptstraße 5a; Kossuth Lajos utca 3.
    static int StreetFirst(List<Word> words, int i)
    {
        if (words[i].Number || words[i].Before == Gap.Dot && i > 0 && words[i - 1].Is(WordKinds.Unit))
        {
            return -1;
        }

        var opens = words[i].Is(WordKinds.StreetFirst) && (words[i].Capital || !words[i].Is(WordKinds.Common));
        var compound = words[i].Is(WordKinds.Street) && words[i].Length >= 8 && !words[i].Is(WordKinds.Common);
        var limit = opens ? MaxStreetWords : compound ? 1 : 3;
        for (var j = i + 1; j < words.Count && j - i <= limit && words[j].Before is Gap.Space or Gap.Dot or Gap.Comma; j++)
        {
            if (words[j].Number)
            {
                var street = opens || compound || (words[j - 1].Is(WordKinds.Street) && !words[j - 1].Is(WordKinds.Common) && words[i].Capital);
                return street && words[j].Length <= 6 && words[j].Before != Gap.Dot ? j : -1;
            }

            if (words[j].IsCommon && !words[j].Is(WordKinds.Particle | WordKinds.Street))
            {
                return -1;
            }
        }

        return -1;
    }

    // P.O. Box 123: "p", "o", "box" or "po", "box".
    static int Box(List<Word> words, int i)
    {
        var (letters, box) = (words[i].Length, i + 1);
        if (letters == 1 && i + 2 < words.Count && words[i + 1].Length == 1 && words[i + 1].Before is Gap.Dot or Gap.Space)
        {
            (letters, box) = (2, i + 2);
        }

        return letters == 2 && !words[i].Number && box + 1 < words.Count && words[box].Is(WordKinds.Unit) && words[box].Length == 3 && words[box + 1].Number
            && words[box].Before is Gap.Space or Gap.Dot && words[box + 1].Before == Gap.Space ? box + 1 : -1;
    }

    // What follows a street: numbers of units, a town, a state, a code, a country, in parts between commas and line ends or without.
    static int Tail(List<Word> words, int last, bool capitals)
    {
        var (end, lines) = (last, 0);
        for (var j = last + 1; j < words.Count && j - last <= MaxTail;)
        {
            var (word, afterUnit) = (words[j], words[j - 1].Is(WordKinds.Unit));
            lines += word.Before == Gap.Line ? 1 : 0;
            if (IsMissing(words, j))
            {
                j++;
                continue;
            }

            if ((word.Before == Gap.Break && !afterUnit && !word.Is(WordKinds.Unit)) || lines > 4)
            {
                break;
            }

            var isNew = word.Before is Gap.Comma or Gap.Line;
            if (word.Is(WordKinds.Unit) && j + 1 < words.Count && (words[j + 1].Number || words[j + 1].Length <= 2))
            {
                j++;
                continue;
            }

            var part = word.Number ? word.Length <= 8 && (afterUnit || isNew || word.Length >= 3 || j == last + 1) : (afterUnit && word.Length <= 3) || word.Is(WordKinds.Direction)
                || (word.Is(WordKinds.Street) && j == last + 1 && word.Before == Gap.Space && words[last].Is(WordKinds.Street));
            var count = part ? 1 : word.Number ? 0 : capitals ? Town(words, j, isNew) : SmallTown(words, j, isNew);
            if (count == 0)
            {
                break;
            }

            j += count;
            end = j - 1;
        }

        return end;
    }

    // "Kirkby Stephen", "Bosnia and Herzegovina", "Bad Tölz" where a part begins.
    static int Town(List<Word> words, int from, bool isNew)
    {
        var count = 0;
        for (var j = from; j < words.Count && !words[j].Number && !words[j].Is(WordKinds.Unit) && (j == from || words[j].Before is Gap.Space or Gap.Dot); j++)
        {
            var word = words[j];
            if (word.Before == Gap.Dot && words[j - 1].Length > 4)
            {
                break;
            }

            if (word.Capital && (word.Is(WordKinds.Place) || (word.Is(WordKinds.State) && word.Upper) || !word.Is(WordKinds.Common) || count > 0 || (isNew && !word.Is(WordKinds.PersonCue))))
            {
                count = j - from + 1;
            }
            else if (count == 0 || !word.Is(WordKinds.Particle) || j - from - count > 1)
            {
                break;
            }
        }

        // One everyday word is a label of what comes next: "Mobile: …".
        return count == 1 && words[from].IsCommon ? 0 : count;
    }

    // The same where there are no capitals: words that no dictionary has.
    static int SmallTown(List<Word> words, int from, bool isNew)
    {
        var count = 0;
        for (var j = from; j < words.Count && !words[j].Number && !words[j].Is(WordKinds.Unit) && (j == from || words[j].Before is Gap.Space or Gap.Dot); j++)
        {
            var word = words[j];
            if (word.Is(WordKinds.Place) || (word.Is(WordKinds.State) && !word.Is(WordKinds.Common)) || (!word.Is(WordKinds.Common) && !word.Listed && (isNew || count > 0 || words[from - 1].Number)))
            {
                count = j - from + 1;
            }
            else if (!(isNew && j == from && (word.Is(WordKinds.Common | WordKinds.Surname) || word.Listed)) && !(count > 0 && word.Is(WordKinds.Particle)))
            {
                break;
            }
        }

        return count;
    }
}
