using System.Text;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class StandardizeCaseTests : StepContract
{
    protected override Step Create() => new StandardizeCase(new());

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new StandardizeCase(new() { CaseByColumn = new Dictionary<string, LetterCase> { ["nowhere"] = LetterCase.Upper } }), "case_by_column.nowhere");

    [Theory]
    [InlineData(LetterCase.Lower, "JOHN O'NEIL", "john o'neil")]
    [InlineData(LetterCase.Lower, "ÉCOLE ŽIŽKA ΣΑΣ", "école žižka σασ")]
    [InlineData(LetterCase.Upper, "straße élan", "STRAßE ÉLAN")]
    [InlineData(LetterCase.Title, "the lord OF the rings", "The Lord Of The Rings")]
    [InlineData(LetterCase.Title, "don't jean-luc 3rd x2y", "Don't Jean-Luc 3rd X2y")]
    [InlineData(LetterCase.Title, "éCOLE d’OR žižka", "École D’or Žižka")]
    [InlineData(LetterCase.Sentence, "HELLO THERE. how ARE you? \"fine\", she said!", "Hello there. How are you? \"Fine\", she said!")]
    [InlineData(LetterCase.Sentence, "version 2.5 is OUT. éT VOILÀ", "Version 2.5 is out. Ét voilà")]
    [InlineData(LetterCase.Lower, "", "")]
    [InlineData(LetterCase.Lower, "ȺȺȺȺ", "ⱥⱥⱥⱥ")]
    public void Maps(LetterCase letterCase, string from, string to)
    {
        var run = StepRunner.Run(new StandardizeCase(new() { Case = letterCase }), DirtyTable.Text(("a", [from])));

        Assert.Equal([to], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void Has_the_result_of_the_runtime_for_lower_and_upper_case()
    {
        const int seed = 77;
        var random = new Random(seed);
        var texts = Enumerable.Range(0, 500).Select(_ => Runes(random)).ToArray();

        var lower = StepRunner.Run(new StandardizeCase(new()), DirtyTable.Text(("a", texts)));
        var upper = StepRunner.Run(new StandardizeCase(new() { Case = LetterCase.Upper }), DirtyTable.Text(("a", texts)));

        Assert.Equal(texts.Select(t => t!.ToLowerInvariant()), DirtyTable.Shown(lower.All, "a"));
        Assert.Equal(texts.Select(t => t!.ToUpperInvariant()), DirtyTable.Shown(upper.All, "a"));
    }

    [Fact]
    public void With_only_case_by_column_changes_only_those()
    {
        var step = new StandardizeCase(new() { CaseByColumn = new Dictionary<string, LetterCase> { ["b"] = LetterCase.Upper } });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["Xy"]), ("b", ["Xy"])));

        Assert.Equal(["Xy"], DirtyTable.Shown(run.All, "a"));
        Assert.Equal(["XY"], DirtyTable.Shown(run.All, "b"));
        Assert.Equal([new("standardize_case:b", 1)], run.Verdicts[0].Changed);
    }

    [Fact]
    public void Leaves_JSON_alone()
    {
        var run = StepRunner.Run(new StandardizeCase(new() { Case = LetterCase.Upper }), Sample());

        Assert.DoesNotContain("standardize_case:notes", run.Verdicts[0].Changed.Keys);
        Assert.Contains("standardize_case:genre", run.Verdicts[0].Changed.Keys);
    }

    static string Runes(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(12); left > 0; left--)
        {
            var code = random.Next(3) switch { 0 => random.Next(0x80), 1 => random.Next(0x2FFF), _ => random.Next(0x10000, 0x1F000) };
            text.Append(Rune.IsValid(code) ? new Rune(code).ToString() : "A");
        }

        return text.ToString();
    }
}
