namespace Sluice.Embedding;

/// <summary>Sums over vectors, number by number: vector instructions add in an order that depends on the machine, and the last bits with it.</summary>
public static class Vectors
{
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        // Four sums in a fixed order: the same everywhere, and not one long chain of additions.
        double a = 0, b = 0, c = 0, d = 0;
        var i = 0;
        for (; i + 4 <= left.Length; i += 4)
        {
            a += (double)left[i] * right[i];
            b += (double)left[i + 1] * right[i + 1];
            c += (double)left[i + 2] * right[i + 2];
            d += (double)left[i + 3] * right[i + 3];
        }

        for (; i < left.Length; i++)
        {
            a += (double)left[i] * right[i];
        }

        return a + b + (c + d);
    }

    /// <summary>Cosine of the angle; 0 when one has no length.</summary>
    public static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lengths = Math.Sqrt(Dot(left, left)) * Math.Sqrt(Dot(right, right));
        return lengths > 0 ? Dot(left, right) / lengths : 0;
    }

    /// <summary>Makes the length 1; a vector of zeros stays.</summary>
    public static void Normalise(Span<float> vector)
    {
        var length = Math.Sqrt(Dot(vector, vector));
        for (var i = 0; i < vector.Length && length > 0; i++)
        {
            vector[i] = (float)(vector[i] / length);
        }
    }
}
