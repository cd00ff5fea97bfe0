namespace Sluice.Embedding;

/// <summary>How several layers become one, in Goldener's words.</summary>
enum Fusion
{
    /// <summary>One after another.</summary>
    Concat,
    Add,
    Average,
    Max,
}

/// <summary>A text's vectors of one layer: one for each token, or one alone.</summary>
readonly record struct LayerVectors(float[] Values, int Rows, int Width)
{
    public ReadOnlySpan<float> this[int row] => Values.AsSpan(row * Width, Width);
}

/// <summary>A layer, or several fused: <c>average(l4, concat(l5, l6))</c>. Groups are fused within each other.</summary>
sealed class LayerExpression
{
    const string Expected = "Expected a value of the model's graph, or concat(…), add(…), average(…) or max(…) of at least two, as in 'average(layer_4, layer_5)'.";
    readonly string? name;
    readonly Fusion fusion;
    readonly LayerExpression[] parts;

    LayerExpression(string? name, Fusion fusion, LayerExpression[] parts) => (this.name, this.fusion, this.parts) = (name, fusion, parts);

    /// <summary>Names of the values it needs, each once.</summary>
    public IReadOnlyList<string> Names => [.. (name is null ? parts.SelectMany(p => p.Names) : [name]).Distinct()];

    /// <exception cref="DataException">It is none.</exception>
    public static LayerExpression Parse(string text)
    {
        var rest = text.AsSpan();
        var parsed = Parse(ref rest, text);
        return rest.Trim().IsEmpty ? parsed : throw new DataException($"The layer '{text}' is not understood at '{rest}'. {Expected}");
    }

    /// <summary>The text's vectors, from those of the layers.</summary>
    public LayerVectors Of(Func<string, LayerVectors> layer) => name is not null ? layer(name) : Fuse([.. parts.Select(p => p.Of(layer))]);

    // Names hold anything but commas and brackets: exporters write '/encoder/layer.4/Add_1_output_0'.
    static LayerExpression Parse(ref ReadOnlySpan<char> rest, string text)
    {
        var end = rest.IndexOfAny(",()");
        var word = (end < 0 ? rest : rest[..end]).Trim().ToString();
        rest = end < 0 ? [] : rest[end..];
        if (rest.IsEmpty || rest[0] != '(')
        {
            return word.Length > 0 ? new LayerExpression(word, default, []) : throw new DataException($"The layer '{text}' lacks a name. {Expected}");
        }

        var parts = new List<LayerExpression>();
        while (!rest.IsEmpty && rest[0] != ')')
        {
            rest = rest[1..];
            parts.Add(Parse(ref rest, text));
        }

        if (rest.IsEmpty || parts.Count < 2 || !Enum.TryParse<Fusion>(word, ignoreCase: true, out var fusion) || !Enum.IsDefined(fusion) || char.IsDigit(word[0]))
        {
            throw new DataException($"The layer '{text}' is not understood at '{word}'. {Expected}");
        }

        rest = rest[1..];
        return new LayerExpression(null, fusion, [.. parts]);
    }

    // The one with the fewest rows is stretched to the most, each row standing for those nearest to it.
    LayerVectors Fuse(LayerVectors[] layers)
    {
        var rows = layers.Max(l => l.Rows);
        var width = fusion == Fusion.Concat ? layers.Sum(l => l.Width) : layers[0].Width;
        if (fusion != Fusion.Concat && layers.FirstOrDefault(l => l.Width != width) is { Values: not null } other)
        {
            throw new DataException($"Layers of {width} and {other.Width} numbers cannot be fused by {fusion.ToString().ToLowerInvariant()}. Use concat, or layers of one width.");
        }

        var fused = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            var into = fused.AsSpan(row * width, width);
            var at = 0;
            for (var i = 0; i < layers.Length; i++)
            {
                var from = layers[i][(int)((long)row * layers[i].Rows / rows)];
                if (fusion == Fusion.Concat)
                {
                    from.CopyTo(into[at..]);
                    at += from.Length;
                }
                else
                {
                    Combine(into, from, isFirst: i == 0);
                }
            }

            for (var i = 0; i < width && fusion == Fusion.Average; i++)
            {
                into[i] /= layers.Length;
            }
        }

        return new LayerVectors(fused, rows, width);
    }

    void Combine(Span<float> into, ReadOnlySpan<float> from, bool isFirst)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = isFirst ? from[i] : fusion == Fusion.Max ? Math.Max(into[i], from[i]) : into[i] + from[i];
        }
    }
}
