using System.Runtime.Intrinsics;

namespace Sluice.Splits.Units;

/// <summary>Distances between rows of numbers: the same bits on every machine, because eight sums are kept and added in one order.</summary>
static class FloatRows
{
    public static float SquaredDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i <= left.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var difference = Vector256.Create(left[i..]) - Vector256.Create(right[i..]);
            sums += difference * difference;
        }

        var sum = 0f;
        for (var lane = 0; i > 0 && lane < Vector256<float>.Count; lane++)
        {
            sum += sums.GetElement(lane);
        }

        for (; i < left.Length; i++)
        {
            var difference = left[i] - right[i];
            sum += difference * difference;
        }

        return sum;
    }
}
