using System.Text;

namespace Sluice.Embedding;

/// <summary>Turns a text into the numbers that a model reads. Safe to call from many threads at once.</summary>
abstract class Tokenizer
{
    /// <summary>Hash of all that the tokens depend on.</summary>
    public abstract string Key { get; }

    /// <summary>Tokens to which texts are cut unless the model says otherwise; null: the file does not say.</summary>
    public virtual int? MaxTokens => null;

    /// <summary>Tokens that every text gets, at its start and end.</summary>
    public abstract (IReadOnlyList<int> Before, IReadOnlyList<int> After) Special { get; }

    /// <summary>Appends a text's tokens without the special ones, uncut.</summary>
    public abstract void Encode(string text, List<int> ids);

    /// <summary>Appends a text's tokens with the special ones, cut to so many at the end of the text.</summary>
    /// <returns>Tokens before the cut; 0 when the text has none of its own.</returns>
    public int Encode(ReadOnlySpan<byte> text, int maxTokens, List<int> ids)
    {
        var (before, after) = Special;
        ids.AddRange(before);
        var start = ids.Count;
        // Bytes that are no UTF-8 become the replacement character.
        Encode(Encoding.UTF8.GetString(text), ids);
        var own = ids.Count - start;
        var room = Math.Max(0, maxTokens - before.Count - after.Count);
        if (own > room)
        {
            ids.RemoveRange(start + room, own - room);
        }

        ids.AddRange(after);
        return own == 0 ? 0 : own + before.Count + after.Count;
    }
}
