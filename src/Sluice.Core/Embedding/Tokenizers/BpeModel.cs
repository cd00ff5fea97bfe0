namespace Sluice.Embedding;

/// <summary>Byte-pair encoding (Sennrich et al., 2016): letters are joined pair by pair, the pair that was learned first before others and the leftmost of equal ones.</summary>
sealed class BpeModel : TokenModel
{
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> vocabulary;
    readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges;
    readonly int? unknown;
    readonly bool joinsUnknown, takesWhole;
    readonly int[]? bytes;

    public BpeModel(
        Dictionary<string, int> vocabulary, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, int? unknown, bool joinsUnknown, bool fallsBackToBytes, bool takesWhole)
    {
        (this.merges, this.unknown, this.joinsUnknown, this.takesWhole) = (merges, unknown, joinsUnknown, takesWhole);
        this.vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        bytes = fallsBackToBytes ? ByteTokens(vocabulary) : null;
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (takesWhole && vocabulary.TryGetValue(piece, out var whole))
        {
            ids.Add(whole);
            return;
        }

        var symbols = new List<int>(piece.Length);
        AddLetters(piece, symbols);
        Merge(symbols, ids);
    }

    void AddLetters(ReadOnlySpan<char> piece, List<int> symbols)
    {
        var wasUnknown = false;
        Span<byte> written = stackalloc byte[4];
        while (!piece.IsEmpty)
        {
            var letter = Letters.At(piece, out var length);
            var isUnknown = false;
            if (vocabulary.TryGetValue(piece[..length], out var id))
            {
                symbols.Add(id);
            }
            else if (bytes is not null)
            {
                foreach (var part in written[..letter.EncodeToUtf8(written)])
                {
                    symbols.Add(bytes[part]);
                }
            }
            else if (unknown is { } none)
            {
                isUnknown = true;
                if (!wasUnknown || !joinsUnknown)
                {
                    symbols.Add(none);
                }
            }

            wasUnknown = isUnknown;
            piece = piece[length..];
        }
    }

    // A queue of pairs over a linked list, so that a long piece costs n log n.
    void Merge(List<int> symbols, List<int> ids)
    {
        var (next, previous) = (new int[symbols.Count], new int[symbols.Count]);
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (var i = 0; i < symbols.Count; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            Offer(i);
        }

        while (queue.TryDequeue(out var pair, out _))
        {
            var right = symbols[pair.At] == pair.Left ? next[pair.At] : symbols.Count;
            if (right >= symbols.Count || symbols[right] != pair.Right)
            {
                // One of the two was joined with another meanwhile.
                continue;
            }

            symbols[pair.At] = merges[(pair.Left, pair.Right)].Id;
            symbols[right] = -1;
            next[pair.At] = next[right];
            if (next[right] < symbols.Count)
            {
                previous[next[right]] = pair.At;
            }

            Offer(pair.At);
            if (previous[pair.At] >= 0)
            {
                Offer(previous[pair.At]);
            }
        }

        ids.AddRange(symbols.Where(s => s >= 0));

        void Offer(int at)
        {
            if (next[at] < symbols.Count && merges.TryGetValue((symbols[at], symbols[next[at]]), out var merge))
            {
                queue.Enqueue((at, symbols[at], symbols[next[at]]), (merge.Rank, at));
            }
        }
    }
}
