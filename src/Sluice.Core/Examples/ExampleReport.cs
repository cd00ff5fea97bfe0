namespace Sluice.Examples;

/// <summary>What was found of all examples; part of the version.</summary>
/// <param name="Examples">Rows.</param>
/// <param name="Good">Those with nothing wrong.</param>
/// <param name="Quality">Their share.</param>
/// <param name="Problems">Examples with each problem.</param>
/// <param name="MeanWords">Mean length of those that can be read.</param>
/// <param name="DeviationOfWords">Its standard deviation.</param>
/// <param name="Words">The words that most of them have, at least two; the others count as rare.</param>
public sealed record ExampleReport(
    long Examples, long Good, double Quality, IReadOnlyDictionary<string, long> Problems, double MeanWords, double DeviationOfWords, IReadOnlyList<WordFrequency> Words)
{
    Dictionary<int, int>? examplesWith;

    /// <summary>Examples that can be read.</summary>
    public required long Readable { get; init; }

    /// <summary>How rare their words are, in the mean: <see cref="SetMetrics.TfidfScore"/>.</summary>
    public required double TfIdfMean { get; init; }

    internal double DuplicateRatio => Examples == 0 ? 0 : (double)Problems.GetValueOrDefault("duplicate_example") / Examples;

    internal SetMetrics Metrics => new(Examples, Round(MeanWords), Round(DeviationOfWords), Quality, Round(DuplicateRatio), TfIdfMean);

    /// <summary>How rare the words of an example are among all: see <see cref="ValidateLlmData.Options.MinTfidfScore"/>.</summary>
    internal double TfIdf(IReadOnlyList<ulong> words)
    {
        var known = examplesWith ??= Words.ToDictionary(w => w.Place, w => w.Examples);
        return Readable < 2 || words.Count == 0
            ? 1
            : words.Average(word => Math.Log((1.0 + Readable) / (1 + known.GetValueOrDefault(ExampleState.PlaceOf(word), 1)))) / Math.Log(1.0 + Readable);
    }

    static double Round(double value) => Math.Round(value, 6);
}
