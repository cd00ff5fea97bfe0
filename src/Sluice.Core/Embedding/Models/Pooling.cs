namespace Sluice.Embedding;

/// <summary>How the vectors of a text's tokens become one.</summary>
enum Pooling
{
    Mean,

    /// <summary>That of the first token, which models of BERT's kind are trained to put a text's meaning into.</summary>
    Cls,
    Max,

    /// <summary>That of the last token, as models that read from left to right do.</summary>
    Last,
}

static class Poolings
{
    public static Pooling Parse(string name) => Enum.TryParse<Pooling>(name, ignoreCase: true, out var pooling) && Enum.IsDefined(pooling) && !char.IsDigit(name[0])
        ? pooling
        : throw new DataException($"The pooling '{name}' is not known. Expected mean, cls, max or last.");

    /// <summary>One vector of several.</summary>
    public static void Pool(this Pooling pooling, LayerVectors tokens, Span<float> vector)
    {
        tokens[pooling == Pooling.Last ? tokens.Rows - 1 : 0].CopyTo(vector);
        for (var row = 1; row < tokens.Rows && pooling is Pooling.Mean or Pooling.Max; row++)
        {
            var token = tokens[row];
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] = pooling == Pooling.Mean ? vector[i] + token[i] : Math.Max(vector[i], token[i]);
            }
        }

        for (var i = 0; i < vector.Length && pooling == Pooling.Mean; i++)
        {
            vector[i] /= tokens.Rows;
        }
    }
}
