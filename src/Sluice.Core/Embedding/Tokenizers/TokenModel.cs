namespace Sluice.Embedding;

/// <summary>The <c>model</c> of a tokenizer.json: turns one piece into tokens.</summary>
abstract class TokenModel
{
    public abstract void Encode(ReadOnlySpan<char> piece, List<int> ids);

    /// <summary>The 256 tokens of single bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; null unless all are there.</summary>
    protected static int[]? ByteTokens(IReadOnlyDictionary<string, int> vocabulary)
    {
        var tokens = new int[256];
        for (var value = 0; value < 256; value++)
        {
            if (!vocabulary.TryGetValue($"<0x{value:X2}>", out tokens[value]))
            {
                return null;
            }
        }

        return tokens;
    }
}
