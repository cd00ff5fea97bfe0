namespace Sluice.Embedding;

/// <summary>A tokenizer as a tokenizer.json describes it.</summary>
sealed class FileTokenizer(
    string key, Func<string, string> normalizer, AddedTokens added, IReadOnlyList<PreTokenizer> cutters, TokenModel model, int[] before, int[] after, int? maxTokens) : Tokenizer
{
    // One run of letters is cut from one into the other.
    [ThreadStatic]
    static (Pieces From, Pieces Into)? buffers;

    public override string Key => key;

    public override int? MaxTokens => maxTokens;

    public override (IReadOnlyList<int> Before, IReadOnlyList<int> After) Special => (before, after);

    public override void Encode(string text, List<int> ids)
    {
        var isFirst = true;
        foreach (var (part, token) in added.Cut(text, isNormalised: false))
        {
            if (token is { } id)
            {
                ids.Add(id);
                isFirst = false;
                continue;
            }

            var normal = normalizer(part);
            // The reference asks where a piece began in the text as it came: one whose white space was stripped is not the first.
            isFirst &= !(char.IsWhiteSpace(part[0]) && normal.Length > 0 && !char.IsWhiteSpace(normal[0]));
            foreach (var (some, found) in added.Cut(normal, isNormalised: true))
            {
                if (found is { } special)
                {
                    ids.Add(special);
                }
                else
                {
                    EncodePart(some, isFirst, ids);
                }

                isFirst = false;
            }
        }
    }

    void EncodePart(string text, bool isFirst, List<int> ids)
    {
        var (from, into) = buffers ??= (new Pieces(), new Pieces());
        from.Clear();
        from.Add(text);
        foreach (var cutter in cutters)
        {
            into.Clear();
            for (var i = 0; i < from.Count; i++)
            {
                cutter.Cut(from[i], isFirst && i == 0, into);
            }

            (from, into) = (into, from);
        }

        for (var i = 0; i < from.Count; i++)
        {
            model.Encode(from[i], ids);
        }
    }
}
