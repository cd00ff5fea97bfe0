namespace Sluice.Privacy.Names;

/// <summary>
/// A linear model of four classes over hashed features, learnt by <c>sluice-bench names</c> from annotated text that is open (see docs/privacy.md). Its
/// weights are whole numbers of a byte.
/// </summary>
static class NameModel
{
    public const int Buckets = 1 << 16, Classes = 4;

    /// <summary>Weights are stored in units of this.</summary>
    public const float Unit = 1 / 24f;

    // How much a person or a place is preferred to no name: one that stays unseen costs more than a word too many. Chosen on text kept from learning,
    // where four in five of what is said of each kind are right; of organisations that is so without.
    const double Prior = 0.75;

    static readonly sbyte[] weights = Read();

    /// <summary>What a word is, and how sure that is. Words before it must have been judged.</summary>
    public static (NameTag Tag, double Confidence) Judge(NameContext context, int i)
    {
        if (!context.IsCandidate(i))
        {
            return default;
        }

        Span<int> features = stackalloc int[NameContext.FeatureCount];
        context.Features(i, features);
        Span<int> sums = stackalloc int[Classes];
        foreach (var feature in features)
        {
            for (var c = 0; c < Classes; c++)
            {
                sums[c] += weights[(feature * Classes) + c];
            }
        }

        var best = 1;
        var all = 0.0;
        for (var c = 1; c < Classes; c++)
        {
            best = sums[c] > sums[best] ? c : best;
            all += Math.Exp(((sums[c] - sums[0]) * Unit) + (c == (int)NameTag.Organization ? 0 : Prior));
        }

        // Most words are no names; what is one nearly as likely as not is told with its confidence.
        var confidence = all / (1 + all);
        return confidence >= PiiScanner.Possible ? ((NameTag)best, confidence) : (NameTag.None, confidence);
    }

    static sbyte[] Read()
    {
        using var stream = typeof(NameModel).Assembly.GetManifestResourceStream("Sluice.Privacy.Names.NameModel.bin")!;
        var bytes = new byte[Buckets * Classes];
        stream.ReadExactly(bytes);
        return (sbyte[])(Array)bytes;
    }
}
