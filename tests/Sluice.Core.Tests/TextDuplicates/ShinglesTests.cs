using System.Text;
using Sluice.TextDuplicates;

namespace Sluice.Core.Tests.TextDuplicates;

public sealed class ShinglesTests
{
    const string Long = "The quick brown fox jumps over the lazy dog while seven more animals watch from behind the old wooden fence near our house";

    [Fact]
    public void Has_one_shingle_for_each_run_of_words() => Assert.Equal(Long.Split(' ').Length - 4, Of(Long).Length);

    [Theory]
    [InlineData("the QUICK brown fox, jumps over the lazy dog; while seven more animals watch from behind the old wooden fence near our house!")]
    [InlineData("  The quick\tbrown\r\nfox jumps over the lazy dog while seven more animals watch -- from behind the old (wooden) fence near our house ")]
    [InlineData("Thé quick brown fox jumps over the lázy dog while seven more animals watch from behind the old wooden fence near o\u0301ur house")]
    public void Case_punctuation_space_and_accents_do_not_count(string text) => Assert.Equal(Of(Long), Of(text));

    [Fact]
    public void Another_word_changes_five_shingles()
    {
        var changed = Of(Long.Replace("animals", "people", StringComparison.Ordinal));

        Assert.Equal(Of(Long).Length - 5, Of(Long).Intersect(changed).Count());
    }

    [Fact]
    public void Compares_short_texts_by_their_letters()
    {
        Assert.InRange(Jaccard.Of(Of("Jon Smith, 12 High Street"), Of("John Smith, 12 High Street")), 0.6, 0.99);
        Assert.Equal(0, Jaccard.Of(Of("Jon Smith"), Of("Wanda Kovač")));
        Assert.Single(Of("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t ... !? ")]
    public void A_text_without_letters_has_none(string text) => Assert.Empty(Of(text));

    [Fact]
    public void Signs_of_scripts_without_spaces_are_words()
    {
        const string text = "我们今天去公园散步看到了很多美丽的花和树木大家都很高兴";

        Assert.Equal(text.Length - 4, Of(text).Length);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_taken_as_they_come()
    {
        var random = new Random(7);
        var shingles = new Shingles();
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);

            var set = shingles.Of(bytes).ToArray();

            Assert.Equal(set.Distinct().Order(), set);
        }
    }

    [Fact]
    public void Agrees_with_sets_of_word_runs_on_how_alike_texts_are()
    {
        const int seed = 11;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var words = Planted.Words(random, random.Next(30, 200));
            var copy = Planted.Copy(words, random.NextDouble(), random);

            var (left, right) = (Runs(words), Runs(copy));
            var expected = (double)left.Intersect(right).Count() / left.Union(right).Count();

            Assert.True(Math.Abs(expected - Jaccard.Of(Of(string.Join(' ', words)), Of(string.Join(' ', copy)))) < 1e-12, $"seed {seed}, round {round}");
        }
    }

    static HashSet<string> Runs(string[] words) => [.. Enumerable.Range(0, words.Length - 4).Select(i => string.Join(' ', words[i..(i + 5)]))];

    internal static ulong[] Of(string text) => new Shingles().Of(Encoding.UTF8.GetBytes(text)).ToArray();
}
