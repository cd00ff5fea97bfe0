namespace Sluice.Matching;

/// <summary>
/// Candidates: for each row, the rows that share the rarest words with it, or their first or last four letters, so that a slip in a word does not hide its
/// row. An inverted index; work is bounded by rows × words × <see cref="MatchOptions.MaxBlock"/>, pairs by rows × <see cref="MatchOptions.MaxCandidates"/>.
/// </summary>
static class Blocking
{
    const int Part = 4, MaxTerms = 64;
    const float PartWeight = 0.5f;

    /// <summary>Pairs of rows, the lower one first, in ascending order, each once.</summary>
    public static List<(int First, int Second)> Candidates(MatchTable table, MatchOptions options)
    {
        var (terms, rowsOf) = Index(table, options.MaxBlock);
        var found = new HashSet<ulong>();
        var scores = new float[table.Rows];
        var touched = new List<int>();
        for (var row = 0; row < table.Rows; row++)
        {
            foreach (var (term, isWord) in terms[row])
            {
                if (rowsOf[term] is not { } rows)
                {
                    continue;
                }

                var weight = MathF.Log(1 + ((float)table.Rows / rows.Count)) * (isWord ? 1 : PartWeight);
                foreach (var other in rows)
                {
                    if (other != row && (!table.IsLink || table.IsLeft(other) != table.IsLeft(row)))
                    {
                        if (scores[other] == 0)
                        {
                            touched.Add(other);
                        }

                        scores[other] += weight;
                    }
                }
            }

            touched.Sort((a, b) => scores[b] != scores[a] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
            for (var i = 0; i < Math.Min(options.MaxCandidates, touched.Count); i++)
            {
                found.Add((ulong)Math.Min(row, touched[i]) << 32 | (uint)Math.Max(row, touched[i]));
            }

            touched.ForEach(other => scores[other] = 0);
            touched.Clear();
        }

        return [.. found.Order().Select(pair => ((int)(pair >> 32), (int)(pair & uint.MaxValue)))];
    }

    static ((int Term, bool IsWord)[][] Terms, List<int>?[] Rows) Index(MatchTable table, int maxBlock)
    {
        var whole = table.Columns[^1];
        var parts = new Words();
        var words = whole.Vocabulary.Count;
        var (first, last) = (new int[words], new int[words]);
        for (var word = 0; word < words; word++)
        {
            var letters = whole.Vocabulary[word];
            var isLong = letters.Length > Part;
            first[word] = isLong ? words + parts.Add([(byte)'<', .. letters[..Part]]) : -1;
            last[word] = isLong ? words + parts.Add([(byte)'>', .. letters[^Part..]]) : -1;
        }

        var terms = new (int, bool)[table.Rows][];
        var rows = new List<int>?[words + parts.Count];
        var counts = new int[words + parts.Count];
        for (var row = 0; row < table.Rows; row++)
        {
            terms[row] = Terms(whole.SortedWords(row), first, last);
            foreach (var (term, _) in terms[row])
            {
                if (++counts[term] <= maxBlock)
                {
                    (rows[term] ??= []).Add(row);
                }
                else
                {
                    rows[term] = null;
                }
            }
        }

        return (terms, rows);
    }

    static (int, bool)[] Terms(ReadOnlySpan<int> words, int[] first, int[] last)
    {
        var own = new HashSet<int>();
        var terms = new List<(int, bool)>();
        foreach (var word in words)
        {
            if (own.Count < MaxTerms && own.Add(word))
            {
                terms.Add((word, true));
            }

            foreach (var part in (ReadOnlySpan<int>)[first[word], last[word]])
            {
                if (part >= 0 && own.Count < MaxTerms && own.Add(part))
                {
                    terms.Add((part, false));
                }
            }
        }

        return [.. terms];
    }
}
