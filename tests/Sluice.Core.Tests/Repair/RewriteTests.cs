using Sluice.Repair;

namespace Sluice.Core.Tests.Repair;

public sealed class RewriteTests
{
    [Theory]
    [InlineData("12.0 oz", "12", "16.0 oz", "16")]
    [InlineData("7.0", "7", "0.0", "0")]
    [InlineData("02907", "2907", "00939", "939")]
    [InlineData("9:05 a.m. (-00:00)", "9:05 a.m.", "11:15 p.m. (-00:00)", "11:15 p.m.")]
    [InlineData("0.05%", "0.05", "0.071%", "0.071")]
    [InlineData("Smith, John", "John Smith", "Doe, Jane", "Jane Doe")]
    [InlineData("D''Ambra", "D'Ambra", "Jun''ichi", "Jun'ichi")]
    [InlineData("AK-*", "AK", "NY-*", "NY")]
    [InlineData("new york", "New York", "los angeles", "Los Angeles")]
    public void One_correction_teaches_another(string dirty, string clean, string other, string expected)
    {
        Assert.Contains(expected, Rewrite.From(dirty, clean).Select(r => r.Apply(other)));
    }

    [Fact]
    public void Explains_the_correction_it_came_from()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var (dirty, clean) = (Word(random), Word(random));

            Assert.All(Rewrite.From(dirty, clean).Where(r => r.Words.StartsWith("written", StringComparison.Ordinal)), r => Assert.Equal(clean, r.Apply(dirty)));
        }
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("x", "")]
    [InlineData("x", "x")]
    public void Nothing_comes_of_nothing(string dirty, string clean) => Assert.Empty(Rewrite.From(dirty, clean));

    static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "ab09.- B"[random.Next(8)]));
}
