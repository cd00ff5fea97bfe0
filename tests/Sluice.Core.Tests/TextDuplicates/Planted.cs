using System.Text;

namespace Sluice.Core.Tests.TextDuplicates;

/// <summary>Texts of random words, and changed copies of them whose Jaccard similarity is about what was asked for.</summary>
static class Planted
{
    public static string[] Words(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Word(random))];

    public static string Word(Random random)
    {
        var word = new StringBuilder();
        for (var length = random.Next(3, 9); length > 0; length--)
        {
            word.Append((char)('a' + random.Next(26)));
        }

        return word.ToString();
    }

    /// <summary>A copy with words replaced at its end: of n shingles the last ones differ, so that the similarity is (n − k) / (n + k).</summary>
    public static string[] Copy(string[] words, double jaccard, Random random, int shingle = 5)
    {
        var shingles = words.Length - shingle + 1;
        var changed = (int)Math.Floor(shingles * (1 - jaccard) / (1 + jaccard));
        var copy = (string[])words.Clone();
        for (var i = words.Length - changed; i < words.Length; i++)
        {
            copy[i] = Word(random) + "x";
        }

        return copy;
    }
}
