using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Embedding;

/// <summary>
/// SentencePiece unigram as the Universal Sentence Encoder lite was published with: the best path by log-probability (Viterbi; Kudo, 2018). It differs from others
/// in details that decide about tokens: after a letter that no piece has, scores begin at 0 again, and of equal paths the one with the later piece wins.
/// </summary>
sealed class UseTokenizer : Tokenizer
{
    // Reserved; 0 also stands for what no piece has.
    const int FirstPiece = 6, Unknown = 0;
    const char Space = '\u2581';
    readonly PieceTrie pieces = new();
    readonly double[] scores;
    readonly int[] lengths;

    public UseTokenizer(byte[] vocabulary, string name)
    {
        Key = "use-" + Convert.ToHexStringLower(SHA256.HashData(vocabulary));
        try
        {
            using var document = JsonDocument.Parse(vocabulary);
            // Pieces with a colon were published without a score, which counts as 0.
            var entries = document.RootElement.EnumerateArray().Select(e => (Piece: e[0].GetString()!, Score: e[1].ValueKind == JsonValueKind.Null ? 0 : e[1].GetDouble())).ToArray();
            scores = [.. entries.Select(e => e.Score)];
            lengths = [.. entries.Select(e => e.Piece.Length)];
            for (var id = FirstPiece; id < entries.Length; id++)
            {
                pieces.Add(entries[id].Piece, id);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new DataException($"The vocabulary '{name}' cannot be read: {e.Message} Expected a JSON array of [piece, log-probability].", e);
        }
    }

    public override string Key { get; }

    public override (IReadOnlyList<int> Before, IReadOnlyList<int> After) Special => ([], []);

    public override void Encode(string text, List<int> ids)
    {
        var normal = UnicodeForms.Nfkc(text);
        if (normal.Length == 0)
        {
            return;
        }

        var letters = (Space + normal).Replace(' ', Space);
        var (best, pieceAt) = (new double[letters.Length + 1], new int[letters.Length + 1]);
        for (var from = 0; from < letters.Length; from++)
        {
            // Half of a surrogate pair is no letter: nothing begins or ends within one.
            if (char.IsLowSurrogate(letters[from]) && from > 0)
            {
                continue;
            }

            var node = 0;
            for (var at = from; at < letters.Length && pieces.Step(ref node, letters[at]); at++)
            {
                var id = pieces.IdAt(node);
                if (id >= 0 && (best[at + 1] == 0 || best[from] + scores[id] >= best[at + 1]))
                {
                    best[at + 1] = best[from] + scores[id];
                    pieceAt[at + 1] = id;
                }
            }
        }

        var start = ids.Count;
        for (var end = letters.Length; end > 0;)
        {
            var id = pieceAt[end];
            if (id != Unknown || ids.Count == start || ids[^1] != Unknown)
            {
                ids.Add(id);
            }

            end -= id != Unknown ? lengths[id] : end > 1 && char.IsLowSurrogate(letters[end - 1]) ? 2 : 1;
        }

        ids.Reverse(start, ids.Count - start);
    }
}
