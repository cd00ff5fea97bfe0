namespace Sluice.Embedded.Tests.Host;

public sealed class BlobPatternTests
{
    [Theory]
    [InlineData("films/{name}.{ext}", "a/b.c.txt", "name=a/b.c ext=txt")]
    [InlineData("films/in/{name}", "out/a", null)]
    [InlineData("films", "any/thing", "")]
    [InlineData("films/{y}-{m}/x", "2026-11/x", "y=2026 m=11")]
    [InlineData("films/a+b/{n}", "a+b/c", "n=c")]
    public void Matches_paths_with_named_parts(string pattern, string blob, string? expected)
    {
        var parts = BlobPattern.Parse(pattern).Match(blob);

        Assert.Equal(expected, parts is null ? null : string.Join(' ', parts.Select(p => $"{p.Key}={p.Value}")));
    }

    [Theory]
    [InlineData("../{name}", "the blob path '../{name}' has the container '..'; expected 3 to 63 of a-z, 0-9 and single '-', then '/' and the name of the blob.")]
    [InlineData("Films/{name}", "the blob path 'Films/{name}' has the container 'Films'; expected 3 to 63 of a-z, 0-9 and single '-', then '/' and the name of the blob.")]
    [InlineData("films/{a}{A}", "the blob path 'films/{a}{A}' has a part '{A}'; expected distinct names of letters, digits and '_' in braces.")]
    [InlineData("films/{a", "the blob path 'films/{a' has a part '{}'; expected distinct names of letters, digits and '_' in braces.")]
    public void Refuses_wrong_paths(string pattern, string message) =>
        Assert.Equal(message, Assert.Throws<NotSupportedException>(() => BlobPattern.Parse(pattern)).Message);
}
