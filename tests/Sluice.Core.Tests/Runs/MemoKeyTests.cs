using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class MemoKeyTests
{
    // A change here makes every store's finished work new, and must be meant: raise MemoKey.Engine then.
    [Fact]
    public void A_key_is_the_same_on_every_machine_and_release() =>
        Assert.Equal("78d2435746dbf4848f7fca25668461a36bd5bc0291435a60de49672904b18159", new MemoKey("observe").Add("one").Add("").Add("žluťoučký").Value());

    [Fact]
    public void Parts_are_not_joined()
    {
        string[][] parts = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["c", "ab"]];

        Assert.Equal(parts.Length, parts.Select(p => p.Aggregate(new MemoKey("k"), (key, part) => key.Add(part)).Value()).Distinct().Count());
    }

    [Fact]
    public void The_kind_is_part_of_the_key() => Assert.NotEqual(new MemoKey("apply").Add("x").Value(), new MemoKey("observe").Add("x").Value());

    [Fact]
    public void The_path_is_a_function_of_the_key() => Assert.Equal("memo/ab/abcdef.json", MemoKey.PathOf("abcdef"));
}
