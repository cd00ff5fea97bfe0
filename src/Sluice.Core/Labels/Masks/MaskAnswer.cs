using System.Text.Json.Serialization;

namespace Sluice.Labels.Masks;

/// <summary>A mask with all that it came from: enough to make it again, or to see that it would come out otherwise now.</summary>
/// <param name="Mask">The mask.</param>
/// <param name="Clicks">What a person clicked at.</param>
/// <param name="Model">Name of the segmenter.</param>
/// <param name="Image">SHA-256 of the image file.</param>
public sealed record MaskAnswer(RunLengths Mask, IReadOnlyList<Click> Clicks, string Model, string Image)
{
    /// <summary>How much of the mask is right, as the model thinks: its predicted overlap. Null: it says nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Score { get; init; }

    /// <summary>Whether it is the same mask of the same image.</summary>
    public bool IsSame(MaskAnswer? other) => other is not null && other.Image == Image && other.Mask.Counts == Mask.Counts && other.Mask.Size.SequenceEqual(Mask.Size);

    /// <summary>Of several people's masks the one that is most like all others; of equal ones the first.</summary>
    /// <returns>Its number, and its mean overlap with the others: 1 where there are none.</returns>
    public static (int Number, double Overlap) Most(IReadOnlyList<MaskAnswer> answers)
    {
        var masks = answers.Select(a => a.Mask.ToMask()).ToList();
        double Mean(int i) => masks.Count == 1 ? 1 : masks.Where((_, j) => j != i).Average(masks[i].Overlap);
        return Enumerable.Range(0, masks.Count).Select(i => (i, Mean(i))).MaxBy(m => m.Item2);
    }
}
