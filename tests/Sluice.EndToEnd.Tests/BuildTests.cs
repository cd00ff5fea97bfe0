namespace Sluice.EndToEnd.Tests;

public sealed class BuildTests
{
    [Fact]
    public void Builds() => Assert.NotNull(typeof(BuildTests).Assembly);
}
