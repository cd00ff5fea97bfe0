using System.Text;
using Sluice.Cleaning;

namespace Sluice.SchemaDetection;

/// <summary>What the values of a column mean, as far as they and the column's name tell.</summary>
/// <param name="Type">Name of the semantic type.</param>
/// <param name="Confidence">0 to 1; at least 0.5.</param>
/// <param name="Matched">Different values of the sample that pass the type's test.</param>
/// <param name="Of">Different values of the sample.</param>
/// <param name="FromName">Whether the column's name says the same.</param>
sealed record SemanticGuess(SemanticType Type, double Confidence, int Matched, int Of, bool FromName)
{
    /// <summary>Confidence below which nothing is said.</summary>
    public const double Least = 0.5;
}

/// <summary>Compares a sample of a column's values with every semantic type. Works on the sample only, so a column costs the same whatever its rows.</summary>
static class SemanticDetector
{
    static readonly CellKinds kinds = new(CellKinds.DefaultTokens);

    public static SemanticGuess? Guess(string name, Holds holds, ValueSample sample)
    {
        var header = new Header(name);
        var values = sample.Items.Where(item => item.Item.Length <= ValueSample.MaxBytes && kinds.Of(item.Item.Text) is not (CellKind.Blank or CellKind.Token))
            .Select(item => Encoding.UTF8.GetString(item.Item.Text)).ToList();
        if (values.Count == 0)
        {
            return null;
        }

        SemanticGuess? best = null;
        foreach (var type in SemanticTypes.All)
        {
            if ((type.On & holds) != 0 && Judge(type, header, values) is { } guess && guess.Confidence > (best?.Confidence ?? 0))
            {
                best = guess;
            }
        }

        return best?.Confidence >= SemanticGuess.Least ? best : null;
    }

    static SemanticGuess? Judge(SemanticType type, Header header, List<string> values)
    {
        var name = header.Match(type.Hints);
        if (name == 0 && (type.Alone == 0 || type.Test is null))
        {
            return null;
        }

        var alone = type.Alone == 0 || type.Test is null ? null : Share(type.Test, type.MinShare, values);
        var named = name == 0 ? null : Share(type.NamedTest ?? type.Test, type.NamedShare, values);
        var best = Guess(type, alone, type.Alone, values.Count, false);

        var both = Guess(type, named, type.Named * name, values.Count, true);
        return both is not null && both.Confidence >= (best?.Confidence ?? 0) ? both : best;
    }

    static SemanticGuess? Guess(SemanticType type, int? matched, double full, int of, bool fromName) =>
        matched is null || full == 0 ? null : new SemanticGuess(type, Math.Round(full * (0.5 + (0.5 * matched.Value / of)), 3), matched.Value, of, fromName);

    /// <summary>Values that pass; null where they are too few. Without a test all do.</summary>
    static int? Share(Func<string, bool>? test, double least, List<string> values)
    {
        if (test is null)
        {
            return values.Count;
        }

        var matched = values.Count(test);
        return matched > 0 && matched >= least * values.Count ? matched : null;
    }
}
