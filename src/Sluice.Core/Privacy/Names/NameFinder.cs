namespace Sluice.Privacy.Names;

/// <summary>
/// Names of people, places and organisations, and addresses. Addresses are found by rules; of other words a small linear model (<see cref="NameModel"/>)
/// says what they are, from their form, their neighbours, word lists and what <see cref="NameRules"/> makes of them.
/// </summary>
sealed class NameFinder
{
    // Beyond this a cell is a document: its words are looked at in pieces of this size, so that memory stays small.
    const int PieceBytes = 1 << 16;

    readonly NameContext context = new();

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
        context.Read(text);
        var words = context.Words;
        if (words.Count == 0)
        {
            return;
        }

        if (column.Entity is "person" or "location" or "organization" or "address" && words.Exists(w => w.Capital || !w.Number) && words.Count <= 16)
        {
            spans.Add(new PiiSpan(offset + words[0].Start, offset + words[^1].End, column.Entity, 0.8));
            return;
        }

        foreach (var (first, last) in context.Addresses)
        {
            spans.Add(new PiiSpan(offset + words[first].Start, offset + words[last].End, "address", 0.75));
        }

        for (var i = 0; i < words.Count; i++)
        {
            var (tag, sure) = NameModel.Judge(context, i);
            context.Tags[i] = tag;
            if (tag == NameTag.None)
            {
                continue;
            }

            var first = i;
            for (; context.GoesOn(i, tag) && NameModel.Judge(context, i + 1) is var (next, more) && (next == tag || context.Belongs(i + 1, tag)); i++)
            {
                context.Tags[i + 1] = tag;
                sure = Math.Max(sure, more);
            }

            // A title with a capital is part of how someone is called: "Dr. Grace Hopper PhD".
            first -= tag == NameTag.Person && NameRules.IsTitled(words, first) && words[first - 1].Capital ? 1 : 0;
            i += HasSuffix(words, i, tag) ? 1 : 0;
            spans.Add(new PiiSpan(offset + words[first].Start, offset + words[i].End, tag.Entity(), sure));
        }
    }

    // Or the number of a district: "Praha 7".
    static bool HasSuffix(List<Word> words, int i, NameTag tag) => i + 1 < words.Count && words[i + 1] is var next && tag switch
    {
        NameTag.Person => next.Before is Gap.Space or Gap.Comma && next.Capital && next.Is(WordKinds.Suffix),
        NameTag.Location => next is { Before: Gap.Space, Number: true, Length: <= 2, Bound: false } && (i + 2 == words.Count || words[i + 2].Before != Gap.Space),
        _ => false,
    };
}
