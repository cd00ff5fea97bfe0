namespace Sluice.Embedding;

/// <summary>WordPiece (BERT): the longest piece that begins the word, then the longest that goes on from there. A word that cannot be written so is unknown as a whole.</summary>
sealed class WordPieceModel : TokenModel
{
    readonly PieceTrie starts = new(), continuations = new();
    readonly int unknown, maxLetters;

    public WordPieceModel(IReadOnlyDictionary<string, int> vocabulary, string continuingPrefix, int unknown, int maxLetters)
    {
        (this.unknown, this.maxLetters) = (unknown, maxLetters);
        foreach (var (piece, id) in vocabulary)
        {
            starts.Add(piece, id);
            if (piece.StartsWith(continuingPrefix, StringComparison.Ordinal) && piece.Length > continuingPrefix.Length)
            {
                continuations.Add(piece.AsSpan(continuingPrefix.Length), id);
            }
        }
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var first = ids.Count;
        var letters = 0;
        foreach (var _ in piece.EnumerateRunes())
        {
            letters++;
        }

        for (var at = 0; at < piece.Length;)
        {
            var (trie, node, id, end) = (at == 0 ? starts : continuations, 0, -1, at);
            for (var i = at; i < piece.Length && trie.Step(ref node, piece[i]); i++)
            {
                if (trie.IdAt(node) is var found and >= 0)
                {
                    (id, end) = (found, i + 1);
                }
            }

            if (id < 0 || letters > maxLetters)
            {
                ids.RemoveRange(first, ids.Count - first);
                ids.Add(unknown);
                return;
            }

            ids.Add(id);
            at = end;
        }
    }
}
