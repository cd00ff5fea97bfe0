using System.Text.Json.Serialization;

namespace Sluice.Examples;

/// <summary>What the validation of a set of texts, examples or embeddings came to. Its names are an interface: they stay, in whatever it is written.</summary>
/// <param name="IsValid">Whether the set is as it should be.</param>
/// <param name="Message">"Data validation successful", or all that is wrong.</param>
/// <param name="Metrics">Figures of the set.</param>
/// <param name="Timestamp">When it was validated; never part of a version.</param>
public sealed record SetResult(
    [property: JsonPropertyName("is_valid")] bool IsValid,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("metrics")] SetMetrics Metrics,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp)
{
    /// <summary>Valid where nothing failed.</summary>
    public static SetResult Of(IReadOnlyList<string> failures, SetMetrics metrics, DateTimeOffset timestamp) =>
        new(failures.Count == 0, failures.Count == 0 ? "Data validation successful" : string.Join(' ', failures), metrics, timestamp);
}

/// <summary>Figures of a set. A word is a run of letters and digits; a sample, one text or one example.</summary>
/// <param name="NumSamples">Samples.</param>
/// <param name="AverageSequenceLength">Mean words of those that can be read.</param>
/// <param name="DeviationOfSequenceLength">Their standard deviation, over n − 1; 0 for less than two.</param>
/// <param name="QualityScore">Share of samples with nothing wrong, 0 to 1.</param>
/// <param name="DuplicateRatio">Share of samples with the same words in the same order as one before, 0 to 1.</param>
/// <param name="TfidfScore">Mean over the samples of how rare their words are in the set, 0 to 1: see <see cref="ValidateLlmData.Options.MinTfidfScore"/>.</param>
public sealed record SetMetrics(
    [property: JsonPropertyName("num_samples")] long NumSamples,
    [property: JsonPropertyName("avg_sequence_length")] double AverageSequenceLength,
    [property: JsonPropertyName("std_sequence_length")] double DeviationOfSequenceLength,
    [property: JsonPropertyName("quality_score")] double QualityScore,
    [property: JsonPropertyName("duplicate_ratio")] double DuplicateRatio,
    [property: JsonPropertyName("tfidf_score")] double TfidfScore);
