using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class FixTypesTests : StepContract
{
    protected override Step Create() => new FixTypes(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new FixTypes(new() { Columns = ["nowhere"] }), "columns[0]");

    [Fact]
    public void Converts_to_the_type_of_most_values_and_flags_the_others()
    {
        var run = StepRunner.Run(Create(), StepRunner.Cut(DirtyTable.Text(("a", ["1", " 2 ", "1,234", "N/A", "abc", "", null, "-3"])), 3));

        Assert.Equal(new Field("a", ColumnType.Int64), run.Schema[0]);
        Assert.Equal(["1", "2", "1234", null, null, null, null, "-3"], DirtyTable.Shown(run.All, "a"));
        var (rule, row) = Assert.Single(Flagged(run));
        Assert.Equal(new Rule("unconvertible", "a", Severity.Medium, Rejects: false), rule);
        Assert.Equal(4, row);
        Assert.Equal([new ColumnKind("a", ColumnType.Int64, DayFirst: false, Misfits: 2, Present: 6)], new Fitted(run.Json).As<ColumnKind[]>());
        Assert.Equal(7, run.Verdicts.Sum(v => v.Changed["fix_types:a"]));
    }

    [Theory]
    [InlineData(ColumnType.Float64, "1|2.5|1e3", "1|2.5|1000")]
    [InlineData(ColumnType.Boolean, "yes|NO|True|0|1", "true|false|true|false|true")]
    [InlineData(ColumnType.Date, "Jun 12 1998|1998-06-13|12-Jun-98", "1998-06-12|1998-06-13|1998-06-12")]
    [InlineData(ColumnType.Date, "13/06/1998|6/12/1998", "1998-06-13|1998-12-06")]
    [InlineData(ColumnType.Date, "06/13/1998|6/12/1998", "1998-06-13|1998-06-12")]
    [InlineData(ColumnType.Timestamp, "1998-06-12 10:30:00|1998-06-13", "1998-06-12T10:30:00|1998-06-13T00:00:00")]
    public void Recognises(ColumnType type, string from, string to)
    {
        var run = StepRunner.Run(Create(), DirtyTable.Text(("a", from.Split('|'))));

        Assert.Equal(type, run.Schema["a"].Type);
        Assert.Equal(to.Split('|'), DirtyTable.Shown(run.All, "a"));
        Assert.Empty(Flagged(run));
    }

    [Theory]
    [InlineData("10001|02134|94105")] // Postal codes lose their zeros.
    [InlineData("9007199254740993|0.5")] // A double cannot hold the first.
    [InlineData("12345678901234567890123|5")] // Nor 64 bits this one, which leaves half.
    [InlineData("M|F|f|F")] // F is false only next to words for true.
    [InlineData("Alien|300|Heat")] // Most are words.
    [InlineData("n/a|-|?")]
    [InlineData("")]
    public void Leaves_text_that_would_lose_something(string values)
    {
        var parts = values.Split('|');
        var step = new FixTypes(new() { MinShare = parts.Length == 2 ? 0.6 : 0.5 });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", parts)));

        Assert.Equal(ColumnType.Text, run.Schema["a"].Type);
        Assert.Equal(parts, DirtyTable.Shown(run.All, "a"));
        Assert.Empty(run.Verdicts[0].Changed);
    }

    [Fact]
    public void Rejects_what_does_not_convert_on_request()
    {
        var step = new FixTypes(new() { Unconvertible = UnconvertibleAction.Reject, MissingTokens = ["gone"] });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["1", "n/a", "2", "GONE", "3"])));

        Assert.Equal(["1", "2", null, "3"], DirtyTable.Shown(run.All, "a"));
        Assert.Equal(1, run.Verdicts[0].Rejected);
    }

    [Fact]
    public void Converts_from_the_share_that_is_asked_for()
    {
        var batch = DirtyTable.Text(("a", ["1", "2", "3", "x"]));

        Assert.Equal(ColumnType.Int64, StepRunner.Run(new FixTypes(new() { MinShare = 0.75 }), batch).Schema["a"].Type);
        Assert.Equal(ColumnType.Text, StepRunner.Run(new FixTypes(new() { MinShare = 0.76 }), batch).Schema["a"].Type);
    }

    [Fact]
    public void Plans_open_types_and_leaves_JSON_alone()
    {
        var planned = Create().Plan(Sample().Schema, new StepProblems());

        Assert.Equal(Unify.Fitted, planned["amount"].Format);
        Assert.Equal("json", planned["notes"].Format);
        Assert.Equal(Sample().Schema["count"], planned["count"]);
    }

    [Fact]
    public void Its_kinds_are_those_that_convert()
    {
        var kinds = new CellKinds(CellKinds.DefaultTokens);
        foreach (var (text, kind) in new (string, CellKind)[]
        {
            ("", CellKind.Blank), (" \u00A0", CellKind.Blank), ("N/A", CellKind.Token), ("-", CellKind.Token), ("-5", CellKind.Integer), ("0", CellKind.Bit),
            ("00", CellKind.Code), ("007", CellKind.Code), ("9007199254740993", CellKind.LongInteger), ("1.5", CellKind.Decimal), ("yes", CellKind.True), ("F", CellKind.False),
            ("1998-06-12", CellKind.Date), ("June 12, 1998", CellKind.Date), ("1998-06-12T10:00", CellKind.Timestamp), ("$5", CellKind.Text), ("12%", CellKind.Text),
            ("1,23", CellKind.Text), ("31/31/1998", CellKind.Text), ("+", CellKind.Text), ("May", CellKind.Text), (new string('1', 65), CellKind.Text),
        })
        {
            Assert.True(kinds.Of(DirtyTable.Utf8(text)) == kind, $"'{text}' is {kinds.Of(DirtyTable.Utf8(text))}; expected {kind}");
        }
    }

    static IEnumerable<(Rule Rule, int Row)> Flagged(StepRun run)
    {
        var offset = 0;
        for (var i = 0; i < run.Verdicts.Count; i++)
        {
            var verdicts = run.Verdicts[i];
            for (var rule = 0; rule < verdicts.Rules.Count; rule++)
            {
                foreach (var row in verdicts.Failing(rule))
                {
                    yield return (verdicts.Rules[rule], offset + row);
                }
            }

            offset += verdicts.Rows;
        }
    }
}

public sealed class FixTypesByRejectingTests : StepContract
{
    protected override Step Create() => new FixTypes(new() { Unconvertible = UnconvertibleAction.Reject, Columns = ["amount", "when"] });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}
