using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Llm.Prompts;

/// <summary>How an answer is compared with the one that was expected: 0 to 1.</summary>
public enum PromptMetric
{
    /// <summary>1 where every field is the same text.</summary>
    Exact,

    /// <summary>The share of fields that are the same, whatever their case, spaces around them, or the way a number is written.</summary>
    Accuracy,

    /// <summary>Words that both have, as the harmonic mean of precision and recall; for texts.</summary>
    F1,

    /// <summary>Words, or elements of a JSON list, that both have, of all that either has.</summary>
    Jaccard,

    /// <summary>What a language model says of how well it stands for the expected one.</summary>
    Judge,
}

/// <summary>One field of an answer beside what was expected; null: no value.</summary>
readonly record struct ComparedField(string? Given, string? Expected);

static partial class PromptMetrics
{
    /// <summary>The score of an answer by its fields.</summary>
    public static double Score(PromptMetric metric, IReadOnlyList<ComparedField> fields) => metric switch
    {
        PromptMetric.Exact => fields.All(f => (f.Given ?? "") == (f.Expected ?? "")) ? 1 : 0,
        PromptMetric.Accuracy => fields.Average(f => Same(f.Given ?? "", f.Expected ?? "") ? 1.0 : 0),
        PromptMetric.F1 => fields.Average(f => F1(Words(f.Given), Words(f.Expected))),
        PromptMetric.Jaccard => fields.Average(f => Jaccard(Elements(f.Given), Elements(f.Expected))),
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "This metric asks a model."),
    };

    /// <summary>
    /// Wilson's 95 % interval of a mean of scores. It is made for scores that are 0 or 1; others vary less, and it is too wide for them. Where all are equal it is not empty.
    /// </summary>
    public static (double Low, double High) Interval(double mean, int count)
    {
        const double z = 1.959964;
        var (middle, reach) = (mean + (z * z / (2 * count)), z * Math.Sqrt((mean * (1 - mean) / count) + (z * z / (4.0 * count * count))));
        var scale = 1 + (z * z / count);
        return (Math.Max(0, (middle - reach) / scale), Math.Min(1, (middle + reach) / scale));
    }

    static bool Same(string given, string expected) =>
        string.Equals(given.Trim(), expected.Trim(), StringComparison.OrdinalIgnoreCase)
        || (double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
            && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var right) && left.Equals(right));

    static double F1(List<string> given, List<string> expected)
    {
        if (given.Count == 0 || expected.Count == 0)
        {
            return given.Count == expected.Count ? 1 : 0;
        }

        var left = expected.CountBy(w => w, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var both = given.Count(word => left.TryGetValue(word, out var count) && count > 0 && (left[word] = count - 1) >= 0);
        return 2.0 * both / (given.Count + expected.Count);
    }

    static double Jaccard(List<string> given, List<string> expected)
    {
        var all = given.Union(expected, StringComparer.Ordinal).Count();
        return all == 0 ? 1 : (double)given.Intersect(expected, StringComparer.Ordinal).Count() / all;
    }

    static List<string> Words(string? text) => [.. Word.Matches(text ?? "").Select(m => m.Value.ToLowerInvariant())];

    static List<string> Elements(string? text)
    {
        if (text?.TrimStart().StartsWith('[') != true)
        {
            return Words(text);
        }

        try
        {
            return [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select(e => e.ToString().Trim().ToLowerInvariant())];
        }
        catch (JsonException)
        {
            return Words(text);
        }
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    static partial Regex Word { get; }
}
