using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

public sealed class GlobTests
{
    [Theory]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "a/.x/b", false)]
    [InlineData("a/**/.x/b", "a/y/.x/b", true)]
    [InlineData("**", "a/b/c", true)]
    [InlineData("**/**", "a", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("**/a/**", "a", false)]
    [InlineData("**/a/**", "x/a/a", true)]
    [InlineData("**/a*/c/**/d", "a1/b/a2/c/d", true)]
    [InlineData("*", ".a", false)]
    [InlineData(".*", ".a", false)]
    [InlineData("?", "ab", false)]
    public void A_pattern_matches_the_paths_that_it_means(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Glob.Matches(pattern.Split('/'), path.Split('/')));

    [Fact]
    public void A_pattern_of_many_stars_is_matched_at_once() =>
        Assert.False(Glob.Matches([.. Enumerable.Repeat("**", 100), "x"], [.. Enumerable.Repeat("a", 250)]));
}
