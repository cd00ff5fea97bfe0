using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Matching;

namespace Sluice.Core.Tests.Matching;

public sealed class TextSimilarityTests
{
    static readonly Gen<string> words = Gen.Elements("a", "b", "ab", "street", "é", "日", "🎈", "9", "42", "\U000E0001", new string('x', 70)).ListOf().Select(string.Concat);

    [Theory]
    [InlineData("martha", "marhta", 0.9611)]
    [InlineData("dixon", "dicksonx", 0.8133)]
    [InlineData("dwayne", "duane", 0.84)]
    [InlineData("same", "same", 1)]
    [InlineData("abc", "", 0)]
    public void Jaro_winkler_is_as_published(string left, string right, double expected) =>
        Assert.Equal(expected, TextSimilarity.JaroWinkler(Utf8(left), Utf8(right)), 4);

    [Theory]
    [InlineData("ca", "ac", 0.5)]
    [InlineData("kitten", "sitting", 1 - (3.0 / 7))]
    [InlineData("surname", "surnmae", 1 - (1.0 / 7))]
    [InlineData("", "", 1)]
    public void A_swap_of_neighbours_is_one_slip(string left, string right, double expected) =>
        Assert.Equal(expected, TextSimilarity.Damerau(Utf8(left), Utf8(right)), 10);

    [Theory]
    [InlineData("brewing", "brew", 0.85)]
    [InlineData("john", "j", 0.6)]
    [InlineData("2007", "2008", 0)]
    [InlineData("7035516", "7035561", 1 - (1.0 / 7))]
    [InlineData("red", "ale", 0)]
    public void Words_are_alike_by_slips_and_beginnings_but_another_number_is_another(string left, string right, double expected) =>
        Assert.Equal(expected, TextSimilarity.Words(Utf8(left), Utf8(right)), 6);

    [Fact]
    public void Every_similarity_is_the_same_both_ways_and_from_0_to_1() =>
        Prop.ForAll(words.ToArbitrary(), words.ToArbitrary(), (left, right) =>
        {
            var (one, other) = (Utf8(left), Utf8(right));
            Assert.Equal(TextSimilarity.Damerau(one, other), TextSimilarity.Damerau(other, one));
            Assert.Equal(TextSimilarity.JaroWinkler(one, other), TextSimilarity.JaroWinkler(other, one));
            Assert.Equal(TextSimilarity.Words(one, other), TextSimilarity.Words(other, one));
            Assert.InRange(TextSimilarity.Damerau(one, other), 0, 1);
            Assert.InRange(TextSimilarity.JaroWinkler(one, other), 0, 1);
            Assert.Equal(1, TextSimilarity.Damerau(one, one));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("  Žluťoučký   Kůň!! ", "zlutoucky kun")]
    [InlineData("213/857-0034", "213 857 0034")]
    [InlineData("8.70 %", "8.7")]
    [InlineData("v16.0", "v16")]
    [InlineData("1,234.50", "1234.5")]
    [InlineData("10.4.8", "10 4 8")]
    [InlineData("Fisherman 's", "fishermans")]
    [InlineData("Kura &#40; Koa &#41;", "kura koa")]
    [InlineData("李 雷 ß", "李 雷 s")]
    [InlineData(" - ", "")]
    public void A_cell_is_folded_to_words(string cell, string expected)
    {
        var into = new byte[FoldedText.MaxBytes];

        var length = FoldedText.Fold(Utf8(cell), into);

        Assert.Equal(expected, Encoding.UTF8.GetString(into, 0, length));
    }

    [Fact]
    public void Any_bytes_are_folded_and_folding_again_changes_nothing() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), bytes =>
        {
            var (once, twice) = (new byte[FoldedText.MaxBytes], new byte[FoldedText.MaxBytes]);
            var first = once.AsSpan(0, FoldedText.Fold(bytes, once));
            var second = twice.AsSpan(0, FoldedText.Fold(first, twice));

            Assert.True(first.SequenceEqual(second), Encoding.UTF8.GetString(first));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("$ 1.29", 1.29)]
    [InlineData("-5", -5)]
    [InlineData("3:55", 235)]
    [InlineData("1:02:03", 3723)]
    [InlineData("500 GB", double.NaN)]
    public void Amounts_and_times_are_numbers(string cell, double expected) => Assert.Equal(expected, CellValues.Number(Utf8(cell), Folded(cell)));

    [Theory]
    [InlineData("17-Mar-08", "March 17 , 2008")]
    [InlineData("2008-03-17", "17 mar 2008")]
    public void A_day_is_the_same_however_it_is_written(string one, string other)
    {
        Assert.False(double.IsNaN(CellValues.Day(Folded(one))));
        Assert.Equal(CellValues.Day(Folded(one)), CellValues.Day(Folded(other)));
    }

    static byte[] Folded(string cell)
    {
        var into = new byte[FoldedText.MaxBytes];
        return into[..FoldedText.Fold(Utf8(cell), into)];
    }

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
