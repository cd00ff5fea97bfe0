using System.Runtime.CompilerServices;
using Sluice.Batches;

namespace Sluice.Core.Tests.Batches;

public sealed class LargeArraysTests
{
    [Fact]
    public void An_array_is_long_enough_and_lent_again()
    {
        // A type of its own, so that no other test returns or rents between.
        var first = LargeArrays<Reused>.Pool.Rent(100_000);
        LargeArrays<Reused>.Pool.Return(first);

        var second = LargeArrays<Reused>.Pool.Rent(90_000);

        Assert.True(first.Length >= 100_000);
        Assert.Same(first, second);
        Assert.NotSame(first, LargeArrays<Reused>.Pool.Rent(90_000));
    }

    [Fact]
    public void The_shortest_that_fits_is_taken_and_none_that_is_twice_too_long()
    {
        var (small, large) = (LargeArrays<Fitting>.Pool.Rent(1_000), LargeArrays<Fitting>.Pool.Rent(1_600));
        LargeArrays<Fitting>.Pool.Return(large);
        LargeArrays<Fitting>.Pool.Return(small);

        Assert.NotSame(large, LargeArrays<Fitting>.Pool.Rent(100));
        Assert.Same(small, LargeArrays<Fitting>.Pool.Rent(1_000));
        Assert.Same(large, LargeArrays<Fitting>.Pool.Rent(1_000));
    }

    [Fact]
    public void What_was_returned_is_let_go_at_the_next_full_collection()
    {
        var array = RentAndReturn();

        GC.Collect();

        Assert.False(array.TryGetTarget(out _));
    }

    [Fact]
    public void A_cleared_array_holds_nothing_of_before()
    {
        var array = LargeArrays<Cleared>.Pool.Rent(10);
        array[3] = new Cleared(7);

        LargeArrays<Cleared>.Pool.Return(array, clearArray: true);

        Assert.Same(array, LargeArrays<Cleared>.Pool.Rent(10));
        Assert.Equal(default, array[3]);
    }

    // Not inlined, or the array would live in this frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference<LetGo[]> RentAndReturn()
    {
        var array = LargeArrays<LetGo>.Pool.Rent(200_000);
        LargeArrays<LetGo>.Pool.Return(array);
        return new WeakReference<LetGo[]>(array);
    }

    readonly record struct Reused(int Value);

    readonly record struct Fitting(int Value);

    readonly record struct Cleared(int Value);

    readonly record struct LetGo(int Value);
}
