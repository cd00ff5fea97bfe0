using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.VectorSpace;

/// <summary>
/// Squared Euclidean distances and dot products of 32-bit vectors. Sixteen sums run side by side and are added in one order, with the correctly rounded
/// multiply-add that every processor since 2013 has, so that a result is the same to the bit on all of them, alone or among others.
/// </summary>
public static class Distances
{
    const int Lanes = 16;

    /// <summary>Squared distance of two vectors of the same length.</summary>
    public static float Squared(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right[..left.Length]);
        var at = 0;
        for (; at <= left.Length - Lanes; at += Lanes)
        {
            var first = Load(ref x, at) - Load(ref y, at);
            var second = Load(ref x, at + 8) - Load(ref y, at + 8);
            low = Vector256.FusedMultiplyAdd(first, first, low);
            high = Vector256.FusedMultiplyAdd(second, second, high);
        }

        var sum = Sum(low, high);
        for (; at < left.Length; at++)
        {
            var difference = left[at] - right[at];
            sum = MathF.FusedMultiplyAdd(difference, difference, sum);
        }

        return sum;
    }

    /// <summary>Lowers each row's number to its least squared distance from any of the points: what <see cref="Squared"/> gives, four points at a time.</summary>
    /// <param name="rows">Vectors, row after row.</param>
    /// <param name="points">Vectors, point after point.</param>
    /// <param name="dimensions">Numbers of one vector.</param>
    /// <param name="least">One number a row.</param>
    public static void Lower(ReadOnlySpan<float> rows, ReadOnlySpan<float> points, int dimensions, Span<float> least)
    {
        Span<float> found = stackalloc float[4];
        for (var row = 0; row < least.Length; row++)
        {
            var vector = rows.Slice(row * dimensions, dimensions);
            var (at, best) = (0, least[row]);
            for (; at + (4 * dimensions) <= points.Length; at += 4 * dimensions)
            {
                SquaredFour(vector, points.Slice(at, 4 * dimensions), found);
                best = Math.Min(best, Math.Min(Math.Min(found[0], found[1]), Math.Min(found[2], found[3])));
            }

            for (; at < points.Length; at += dimensions)
            {
                best = Math.Min(best, Squared(vector, points.Slice(at, dimensions)));
            }

            least[row] = best;
        }
    }

    /// <summary>Squared distances of one vector from each point.</summary>
    public static void Each(ReadOnlySpan<float> vector, ReadOnlySpan<float> points, Span<float> found)
    {
        var (point, dimensions) = (0, vector.Length);
        for (; point + 4 <= found.Length; point += 4)
        {
            SquaredFour(vector, points.Slice(point * dimensions, 4 * dimensions), found.Slice(point, 4));
        }

        for (; point < found.Length; point++)
        {
            found[point] = Squared(vector, points.Slice(point * dimensions, dimensions));
        }
    }

    /// <summary>Dot product, summed as <see cref="Squared"/> sums.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right[..left.Length]);
        var at = 0;
        for (; at <= left.Length - Lanes; at += Lanes)
        {
            low = Vector256.FusedMultiplyAdd(Load(ref x, at), Load(ref y, at), low);
            high = Vector256.FusedMultiplyAdd(Load(ref x, at + 8), Load(ref y, at + 8), high);
        }

        var sum = Sum(low, high);
        for (; at < left.Length; at++)
        {
            sum = MathF.FusedMultiplyAdd(left[at], right[at], sum);
        }

        return sum;
    }

    // Eight chains of multiply-adds hide their latency; each pair of vectors has the chains that it has alone.
    static void SquaredFour(ReadOnlySpan<float> vector, ReadOnlySpan<float> four, Span<float> found)
    {
        var length = vector.Length;
        ref var x = ref MemoryMarshal.GetReference(vector);
        ref var a = ref MemoryMarshal.GetReference(four[..(4 * length)]);
        ref var b = ref Unsafe.Add(ref a, length);
        ref var c = ref Unsafe.Add(ref b, length);
        ref var d = ref Unsafe.Add(ref c, length);
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        var at = 0;
        for (; at <= length - Lanes; at += Lanes)
        {
            var (first, second) = (Load(ref x, at), Load(ref x, at + 8));
            a0 = Add(first - Load(ref a, at), a0);
            b0 = Add(first - Load(ref b, at), b0);
            c0 = Add(first - Load(ref c, at), c0);
            d0 = Add(first - Load(ref d, at), d0);
            a1 = Add(second - Load(ref a, at + 8), a1);
            b1 = Add(second - Load(ref b, at + 8), b1);
            c1 = Add(second - Load(ref c, at + 8), c1);
            d1 = Add(second - Load(ref d, at + 8), d1);
        }

        var (sumA, sumB, sumC, sumD) = (Sum(a0, a1), Sum(b0, b1), Sum(c0, c1), Sum(d0, d1));
        for (; at < length; at++)
        {
            var value = Unsafe.Add(ref x, at);
            sumA = Add(value - Unsafe.Add(ref a, at), sumA);
            sumB = Add(value - Unsafe.Add(ref b, at), sumB);
            sumC = Add(value - Unsafe.Add(ref c, at), sumC);
            sumD = Add(value - Unsafe.Add(ref d, at), sumD);
        }

        (found[0], found[1], found[2], found[3]) = (sumA, sumB, sumC, sumD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Load(ref float first, int at) => Vector256.LoadUnsafe(ref first, (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Add(Vector256<float> difference, Vector256<float> sum) => Vector256.FusedMultiplyAdd(difference, difference, sum);

    static float Add(float difference, float sum) => MathF.FusedMultiplyAdd(difference, difference, sum);

    // Vector256.Sum does not promise an order.
    static float Sum(Vector256<float> low, Vector256<float> high)
    {
        var eight = low + high;
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[1] + (four[2] + four[3]);
    }
}
