using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class StageWindowTests
{
    [Theory]
    [InlineData(0, 450, 200, 0, 200)]
    [InlineData(400, 450, 200, 400, 450)]
    [InlineData(0, 3, 200, 0, 3)]
    [InlineData(5, 100, 4, 5, 9)]
    [InlineData(0, 1_000, 1_000, 0, 200)]
    [InlineData(0, 10, 0, 0, 1)]
    public void A_window_is_as_large_as_asked_and_allowed(int cursor, int units, int inFlight, int from, int to) =>
        Assert.Equal(new StageWindow(from, to), StageWindow.At(cursor, units, inFlight));
}
