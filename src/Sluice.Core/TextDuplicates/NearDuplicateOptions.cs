using System.ComponentModel.DataAnnotations;

namespace Sluice.TextDuplicates;

/// <summary>What makes two rows near-duplicates.</summary>
public sealed record NearDuplicateOptions
{
    /// <summary>Columns whose texts are compared, as one text. Default: all columns.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Jaccard similarity of their shingles, more than 0 to 1, from which two rows count as near-duplicates. Default: 0.8.</summary>
    [Range(0.3, 1.0)]
    public double Threshold { get; init; } = 0.8;

    /// <summary>Words of a shingle; a text of fewer than four times as many words is compared by runs of five bytes instead. Default: 5.</summary>
    [Range(1, 32)]
    public int Words { get; init; } = Shingles.DefaultWords;

    /// <summary>
    /// Bands of MinHash, for datasets that are too large or too alike to compare every possible pair; with <c>rows</c>. Default: 0, which takes the bands that
    /// find at least 99 of 100 pairs at the threshold with 112 permutations.
    /// </summary>
    [Range(0, 256)]
    public int Bands { get; init; }

    /// <summary>Permutations of each band, where <c>bands</c> is given. Default: 8.</summary>
    [Range(1, 64)]
    public int Rows { get; init; } = 8;

    /// <summary>Most looks at possible pairs before MinHash is used instead of comparing every one. Default: 200000000, about half a minute.</summary>
    [Range(0L, 1_000_000_000_000L)]
    public long MaxLooks { get; init; } = 200_000_000;

    /// <summary>Most shingles of all different texts; more are an error. Each takes 8 bytes of memory. Default: 250000000.</summary>
    [Range(1L, 100_000_000_000L)]
    public long MaxShingles { get; init; } = ShingleSets.DefaultMaxShingles;
}
