using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class StorePathTests
{
    const string Rule =
        "Expected a relative path of at most 512 characters: 1 to 64 segments with '/' between them, each of 1 to 200 characters " +
        "from A-Z a-z 0-9 . _ = @ + - and neither beginning nor ending with a dot. Change the name that the path is made from.";

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(".", "segment 1 begins with a dot")]
    [InlineData("..", "segment 1 begins with a dot")]
    [InlineData("../x", "segment 1 begins with a dot")]
    [InlineData("a/..", "segment 2 begins with a dot")]
    [InlineData("a/../b", "segment 2 begins with a dot")]
    [InlineData("a/./b", "segment 2 begins with a dot")]
    [InlineData("a/.../b", "segment 2 begins with a dot")]
    [InlineData(".hidden", "segment 1 begins with a dot")]
    [InlineData("a.", "segment 1 ends with a dot")]
    [InlineData("/", "segment 1 is empty")]
    [InlineData("/a", "segment 1 is empty")]
    [InlineData("a/", "segment 2 is empty")]
    [InlineData("a//b", "segment 2 is empty")]
    [InlineData("C:/x", "segment 1 has the character \":\"")]
    [InlineData("a\\b", "segment 1 has the character \"\\\"")]
    [InlineData("a b", "segment 1 has the character \" \"")]
    [InlineData("a%2e%2e/b", "segment 1 has the character \"%\"")]
    [InlineData("a?b", "segment 1 has the character \"?\"")]
    [InlineData("a*", "segment 1 has the character \"*\"")]
    [InlineData("~/x", "segment 1 has the character \"~\"")]
    [InlineData("é", "segment 1 has the character \"é\"")]
    [InlineData("a/\u2024\u2024/b", "segment 2 has the character \"\u2024\"")]
    public void Refuses_with_the_reason_and_the_rule(string path, string reason)
    {
        var error = Assert.Throws<DataException>(() => StorePath.Check(path));

        Assert.Equal($"The store path \"{path}\" is not valid: {reason}. {Rule}", error.Message);
    }

    [Theory]
    [InlineData("a\0b", "\"a\\u0000b\"", "\"\\u0000\"")]
    [InlineData("a\nb", "\"a\\u000ab\"", "\"\\u000a\"")]
    public void Control_characters_are_shown_not_printed(string path, string shown, string character)
    {
        var error = Assert.Throws<DataException>(() => StorePath.Check(path));

        Assert.Equal($"The store path {shown} is not valid: segment 1 has the character {character}. {Rule}", error.Message);
    }

    [Fact]
    public void Refuses_only_above_the_limits()
    {
        var longest = string.Join('/', new string('a', 200), new string('b', 200), new string('c', 110));
        var deepest = string.Join('/', Enumerable.Repeat("a", 64));

        Assert.Equal(512, longest.Length);
        Assert.Equal(longest, StorePath.Check(longest));
        Assert.Equal(deepest, StorePath.Check(deepest));
        Assert.Contains("is not valid: it has 513 characters.", Fault(longest + "c"), StringComparison.Ordinal);
        Assert.Contains("is not valid: it has 65 segments.", Fault(deepest + "/a"), StringComparison.Ordinal);
        Assert.Contains("is not valid: segment 2 has 201 characters.", Fault("a/" + new string('b', 201)), StringComparison.Ordinal);
        Assert.Contains("\"" + new string('b', 77) + "...\"", Fault(new string('b', 201)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("a/b.")]
    public void A_prefix_may_be_the_beginning_of_a_path(string prefix) => Assert.Equal(prefix, StorePath.CheckPrefix(prefix));

    [Theory]
    [InlineData("/")]
    [InlineData("a//")]
    [InlineData("..")]
    [InlineData("a./b")]
    [InlineData("a/../")]
    [InlineData("a b")]
    public void A_prefix_that_no_path_begins_with_is_refused(string prefix) => Assert.Throws<DataException>(() => StorePath.CheckPrefix(prefix));

    [Theory]
    [InlineData("a")]
    [InlineData("a..b")]
    [InlineData("region=eu/date=2024-01-01/part-0.parquet")]
    [InlineData("models/all-MiniLM-L6-v2@1.0+cpu")]
    public void Ordinary_names_are_valid(string path) => Assert.Equal(path, StorePath.Check(path));

    static string Fault(string path) => Assert.Throws<DataException>(() => StorePath.Check(path)).Message;
}
