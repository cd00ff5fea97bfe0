using Sluice.Privacy.Names;

namespace Sluice.Bench;

/// <summary>Names for <see cref="NameTraining"/>: from the word lists, or joined of the halves of two.</summary>
sealed class MadeUpNames(Random random)
{
    static readonly string[] given = Split(Lexicon.PlainGivenNames), surnames = Split(Lexicon.PlainSurnames), places = Split(Lexicon.PlainPlaces);
    static readonly string[] forms = ["Inc", "Ltd", "LLC", "GmbH", "Group", "Bank", "Partners", "Holdings", "University", "Systems", "Consulting", "Services", "Industries"];
    static readonly string[] plain = "Blue Green Bright Open First Global United North Next Summit River Stone Silver Rapid Smart Urban Prime Royal Golden Red Data Cloud Health Home Food Energy Travel Media Star Bridge Point Path Works Watch Living Street Land Life Weekly Labs Tech Care".Split(' ');

    static string[] Split(string list) => [.. list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(w => !w.Contains('_') && w.Length > 2)];

    /// <summary>The same text with other names.</summary>
    public List<(string Text, NameTag Tag, bool Begins)> Rename(List<(string Text, NameTag Tag, bool Begins)> text)
    {
        var result = new List<(string, NameTag, bool)>();
        for (var i = 0; i < text.Count;)
        {
            var (tag, last) = (text[i].Tag, i + 1);
            while (tag != NameTag.None && last < text.Count && text[last].Tag == tag && !text[last].Begins)
            {
                last++;
            }

            // Long names are mostly titles of offices; nicknames after @ have no capitals.
            if (tag == NameTag.None || last - i > 3 || !char.IsUpper(text[i].Text[0]))
            {
                result.AddRange(text.GetRange(i, last - i));
            }
            else
            {
                result.AddRange(Of(tag, tag == NameTag.Person ? last - i : 0));
            }

            i = last;
        }

        return result;
    }

    /// <summary>A sentence with <c>{p}</c> (a person), <c>{p1}</c> (given name), <c>{p2}</c> (surname), <c>{l}</c> and <c>{o}</c> filled in.</summary>
    public List<(string Text, NameTag Tag, bool Begins)> Fill(string line)
    {
        var result = new List<(string, NameTag, bool)>();
        var lower = random.Next(6) == 0;
        foreach (var part in line.Replace("\\n", " \n ", StringComparison.Ordinal).Split(['{', '}']).Select((text, i) => (Text: text, IsName: i % 2 == 1)))
        {
            if (!part.IsName)
            {
                // Not only at spaces: punctuation stands apart, as in the annotated text.
                result.AddRange(part.Text.Split(' ').Where(word => word.Length > 0).SelectMany(Cut).Select(word => (word, NameTag.None, true)));
                continue;
            }

            result.AddRange(part.Text switch
            {
                "p" => Of(NameTag.Person, random.Next(5) == 0 ? 3 : 2),
                "p1" => [(Name(given), NameTag.Person, true)],
                "p2" => [(Name(surnames), NameTag.Person, true)],
                "l" => Of(NameTag.Location, 0),
                _ => Of(NameTag.Organization, 0),
            });
        }

        return lower ? [.. result.Select(t => (t.Item1.ToLowerInvariant(), t.Item2, t.Item3))] : result;
    }

    static IEnumerable<string> Cut(string word)
    {
        var end = word.Length;
        while (end > 1 && word[end - 1] is ',' or '.' or '!' or '?' or ':' or ';' or '"')
        {
            end--;
        }

        yield return word[..end];
        for (; end < word.Length; end++)
        {
            yield return word[end].ToString();
        }
    }

    List<(string, NameTag, bool)> Of(NameTag tag, int words)
    {
        string[] name = tag switch
        {
            NameTag.Person => words == 1 ? [Name(random.Next(2) == 0 ? given : surnames)]
                : words == 2 ? [Name(given), Name(surnames)] : [Name(given), random.Next(2) == 0 ? Name(given)[..1] + "." : Name(given), Name(surnames)],
            NameTag.Location => random.Next(6) == 0 ? [Name(places), Name(places)] : [random.Next(12) == 0 ? Name(places).ToUpperInvariant() : Name(places)],
            _ => random.Next(6) switch
            {
                0 => [Name(surnames), forms[random.Next(forms.Length)]],
                1 => [plain[random.Next(plain.Length)], plain[random.Next(plain.Length)]],
                2 => [plain[random.Next(plain.Length)], plain[random.Next(plain.Length)], forms[random.Next(forms.Length)]],
                3 => [Name(surnames) + "-" + Name(surnames)],
                4 => [Name(places), forms[random.Next(forms.Length)]],
                _ => [random.Next(5) == 0 ? Name(surnames)[..3].ToUpperInvariant() : Name(places)],
            },
        };
        return [.. name.Select((word, i) => (word, tag, i == 0))];
    }

    string Name(string[] list)
    {
        var (one, other) = (list[random.Next(list.Length)], list[random.Next(list.Length)]);
        var name = random.Next(10) < 4 ? one : one[..((one.Length + 1) / 2)] + other[(other.Length / 2)..];
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}
