using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Embedding;

/// <summary>
/// The hashing trick (Weinberger et al., 2009) over words, pairs of words and the letters within words: no model file, no training, the same
/// everywhere. Texts that share words or spelling come out close; synonyms do not, for which a neural model is needed.
/// </summary>
/// <remarks>
/// Each feature adds +w or -w to one number of the vector, both chosen by its hash, so that collisions cancel on average. Letters count as in
/// fastText (Bojanowski et al., 2017): runs of 3 to 5 within '&lt;word&gt;', together as much as the word itself.
/// </remarks>
public sealed class HashingEmbedder(int dimensions) : TextEmbedder
{
    public const int MinDimensions = 16, MaxDimensions = 4096;
    const int ShortestRun = 3, LongestRun = 5;

    // Longer ones are addresses, hashes, or sentences of a script without spaces: what comes later counts as part of the whole only.
    const int MaxLetters = 256;
    const ulong WordSeed = 1, PairSeed = 2, LettersSeed = 3;

    public override string Key => $"hashing-{dimensions}@2";

    public override int Dimensions => dimensions;

    // 240,000 texts a second: reading them back would take as long.
    public override bool IsWorthKeeping => false;

    public override void Embed(TextColumn texts, int first, Span<float> vectors, Span<int> tokens, CancellationToken cancellation)
    {
        vectors.Clear();
        tokens.Clear();
        var word = new ArrayBufferWriter<byte>(64);
        for (var i = 0; i < tokens.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!texts.IsNull(first + i))
            {
                tokens[i] = Embed(texts[first + i], vectors.Slice(i * dimensions, dimensions), word);
            }
        }
    }

    int Embed(ReadOnlySpan<byte> text, Span<float> vector, ArrayBufferWriter<byte> word)
    {
        var (previous, words) = (0UL, 0);
        Begin(word);
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var read);
            text = text[read..];
            var isPart = IsPartOfWord(rune);
            if (isPart)
            {
                word.Advance(Rune.ToLowerInvariant(rune).EncodeToUtf8(word.GetSpan(4)));
            }

            // One byte is '<' alone.
            if ((text.IsEmpty || !isPart) && word.WrittenCount > 1)
            {
                previous = AddWord(word, previous, vector);
                words++;
                Begin(word);
            }
        }

        Vectors.Normalise(vector);
        return words;
    }

    // With the marks that letters carry in many scripts.
    static bool IsPartOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    static void Begin(ArrayBufferWriter<byte> word)
    {
        word.ResetWrittenCount();
        word.Write("<"u8);
    }

    ulong AddWord(ArrayBufferWriter<byte> buffer, ulong previous, Span<float> vector)
    {
        buffer.Write(">"u8);
        var word = buffer.WrittenSpan;
        var hash = RowHash.Bytes(word, WordSeed);
        Add(hash, 1, vector);
        if (previous != 0)
        {
            Add(RowHash.Mix(previous, hash ^ PairSeed), 0.5f, vector);
        }

        AddLetters(word, vector);
        return hash;
    }

    // Of words that are longer than a run; a run begins and ends between letters, never within one.
    void AddLetters(ReadOnlySpan<byte> word, Span<float> vector)
    {
        Span<int> starts = stackalloc int[MaxLetters + 1];
        var letters = 0;
        for (var i = 0; i < word.Length && letters < MaxLetters; i++)
        {
            // 10xxxxxx goes on with the letter before it.
            if ((word[i] & 0xC0) != 0x80)
            {
                starts[letters++] = i;
            }
        }

        starts[letters] = letters == MaxLetters ? starts[letters - 1] : word.Length;
        var runs = 0;
        for (var size = ShortestRun; size <= LongestRun && size < letters; size++)
        {
            runs += letters - size + 1;
        }

        // In the sense of length: runs weights of one over the root of runs.
        var weight = (float)(1 / Math.Sqrt(runs));
        for (var size = ShortestRun; size <= LongestRun && size < letters; size++)
        {
            for (var at = 0; at + size <= letters; at++)
            {
                Add(RowHash.Bytes(word[starts[at]..starts[at + size]], LettersSeed), weight, vector);
            }
        }
    }

    void Add(ulong hash, float weight, Span<float> vector) =>
        vector[(int)((hash >> 1) % (ulong)dimensions)] += (hash & 1) == 0 ? weight : -weight;
}
