using System.Text;

namespace Sluice.Embedding;

/// <summary>Unigram (Kudo, 2018): of all ways to write a piece, the one with the highest sum of log-probabilities; of equal ones the one found first.</summary>
sealed class UnigramModel : TokenModel
{
    // What SentencePiece takes off the least likely piece for a letter that none has.
    const double UnknownPenalty = 10;
    readonly PieceTrie pieces = new();
    readonly double[] scores;
    readonly double unknownScore;
    readonly int unknown;
    readonly int[]? bytes;

    public UnigramModel(IReadOnlyList<(string Piece, double Score)> vocabulary, int unknown, bool fallsBackToBytes)
    {
        this.unknown = unknown;
        scores = [.. vocabulary.Select(v => v.Score)];
        unknownScore = scores.Min() - UnknownPenalty;
        for (var id = 0; id < vocabulary.Count; id++)
        {
            pieces.Add(vocabulary[id].Piece, id);
        }

        bytes = fallsBackToBytes
            ? ByteTokens(vocabulary.Select((v, id) => (v.Piece, id)).DistinctBy(v => v.Piece).ToDictionary(v => v.Piece, v => v.id, StringComparer.Ordinal))
            : null;
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var (best, from, pieceAt) = (new double[piece.Length + 1], new int[piece.Length + 1], new int[piece.Length + 1]);
        Array.Fill(from, -1);
        for (var start = 0; start < piece.Length;)
        {
            Letters.At(piece[start..], out var letter);
            var (node, hasLetter) = (0, false);
            for (var at = start; at < piece.Length && pieces.Step(ref node, piece[at]); at++)
            {
                if (pieces.IdAt(node) is var id and >= 0)
                {
                    Offer(start, at + 1, id, best[start] + scores[id]);
                    hasLetter |= at + 1 - start == letter;
                }
            }

            if (!hasLetter)
            {
                Offer(start, start + letter, unknown, best[start] + unknownScore);
            }

            start += letter;
        }

        var first = ids.Count;
        for (var end = piece.Length; end > 0;)
        {
            var start = from[end];
            if (pieceAt[end] != unknown)
            {
                ids.Add(pieceAt[end]);
                end = start;
                continue;
            }

            // Unknown letters side by side are one token.
            while (start > 0 && pieceAt[start] == unknown)
            {
                start = from[start];
            }

            AddUnknown(piece[start..end], ids);
            end = start;
        }

        ids.Reverse(first, ids.Count - first);

        void Offer(int start, int end, int id, double score)
        {
            if (from[end] < 0 || score > best[end])
            {
                (best[end], from[end], pieceAt[end]) = (score, start, id);
            }
        }
    }

    // Backwards, as the path is followed.
    void AddUnknown(ReadOnlySpan<char> letters, List<int> ids)
    {
        if (bytes is null)
        {
            ids.Add(unknown);
            return;
        }

        var written = Encoding.UTF8.GetBytes(letters.ToArray());
        for (var i = written.Length - 1; i >= 0; i--)
        {
            ids.Add(bytes[written[i]]);
        }
    }
}
