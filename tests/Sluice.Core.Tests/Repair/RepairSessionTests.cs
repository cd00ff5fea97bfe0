using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Repair;

namespace Sluice.Core.Tests.Repair;

public sealed class RepairSessionTests
{
    const int Seed = 77;

    [Fact]
    public void Without_labels_finds_slips_and_contradictions_and_repairs_them_by_the_other_rows()
    {
        var table = Hospitals.Of(600, Seed);

        var findings = new RepairSession(table.Dirty).Findings(table.Dirty).ToList();

        // The other way of writing a size is no mistake that a table tells of by itself.
        var wrong = table.Wrong.Where(cell => cell.Column < 4).ToHashSet();
        var found = findings.Where(f => f.Column < 4).ToList();
        Assert.True(found.Count(f => wrong.Contains((f.Column, f.Row))) >= 0.9 * wrong.Count, $"{found.Count} found of {wrong.Count}");
        Assert.True(found.Count(f => !wrong.Contains((f.Column, f.Row))) <= 0.1 * wrong.Count);
        var repaired = found.Where(f => f.New is not null).ToList();
        Assert.True(repaired.Count(f => f.New == Hospitals.Pair.Text(table.Clean, f.Column, f.Row)) >= 0.9 * wrong.Count);
    }

    [Fact]
    public void A_few_labelled_rows_teach_another_way_of_writing()
    {
        var table = Hospitals.Of(600, Seed);
        var session = new RepairSession(table.Dirty);

        for (var label = 0; label < 10; label++)
        {
            Label(session, table, session.NextToLabel());
        }

        var right = session.Findings(table.Dirty).Count(f => f.Column == 4 && f.New == Hospitals.Pair.Text(table.Clean, 4, f.Row));
        Assert.True(right >= 0.95 * table.Wrong.Count(cell => cell.Column == 4), $"{right} right");
    }

    [Fact]
    public void A_labelled_row_is_taken_at_its_word()
    {
        var table = Hospitals.Of(200, Seed);
        var session = new RepairSession(table.Dirty);
        var clean = TextTable.Row(table.Dirty, 5);
        clean[1] = "elsewhere";

        session.Label(new LabelledRow(TextTable.Row(table.Dirty, 5), clean));

        Assert.Equal((1, "elsewhere", "label", 1.0), session.Findings(table.Dirty).Where(f => f.Row == 5).Select(f => (f.Column, f.New, f.Operator, f.Confidence)).Single());
    }

    [Fact]
    public void Asks_for_each_row_once_and_then_for_none()
    {
        var table = Hospitals.Of(12, Seed);
        var session = new RepairSession(table.Dirty);
        var asked = new List<int>();

        for (var row = session.NextToLabel(); row >= 0; row = session.NextToLabel())
        {
            asked.Add(row);
            Label(session, table, row);
        }

        Assert.Equal(Enumerable.Range(0, 12), asked.Order());
    }

    [Fact]
    public void Changes_nothing_below_the_least_confidence_but_flags_it()
    {
        var table = Hospitals.Of(300, Seed);
        var session = new RepairSession(table.Dirty);

        var (bold, shy) = (session.Findings(table.Dirty, 0).ToList(), session.Findings(table.Dirty, 1.1).ToList());

        Assert.Equal(bold.Select(f => (f.Row, f.Column)), shy.Select(f => (f.Row, f.Column)));
        Assert.All(shy, f => Assert.Null(f.New));
        Assert.Contains(bold, f => f.New is not null);
    }

    [Fact]
    public void The_order_of_the_rows_makes_no_difference()
    {
        var table = Hospitals.Of(300, Seed);
        var shuffled = Enumerable.Range(0, table.Dirty.Rows).ToArray();
        new Random(Seed).Shuffle(shuffled);

        var (session, other) = (new RepairSession(table.Dirty), new RepairSession(table.Dirty.Take(shuffled)));
        Assert.Equal(TextTable.Row(table.Dirty, session.NextToLabel()), TextTable.Row(table.Dirty, shuffled[other.NextToLabel()]));
        var expected = session.Findings(table.Dirty).OrderBy(f => f.Row).ThenBy(f => f.Column);
        var found = other.Findings(table.Dirty.Take(shuffled)).Select(f => f with { Row = shuffled[f.Row] }).OrderBy(f => f.Row).ThenBy(f => f.Column);

        Assert.Equal(expected, found);
    }

    [Fact]
    public void A_clean_table_is_left_alone()
    {
        var table = Hospitals.Of(400, Seed);

        Assert.DoesNotContain(new RepairSession(table.Clean).Findings(table.Clean), f => f.New is not null);
    }

    [Fact]
    public void A_repaired_table_is_left_alone()
    {
        var table = Hospitals.Of(400, Seed);
        var repaired = RepairLog.Apply(table.Dirty, RepairLog.Of(table.Dirty, new RepairSession(table.Dirty).Findings(table.Dirty)));

        Assert.DoesNotContain(new RepairSession(repaired).Findings(repaired), f => f.New is not null);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Survives_hostile_tables(string name, Batch rows)
    {
        var session = new RepairSession(rows);
        if (session.NextToLabel() is var next && next >= 0)
        {
            session.Label(new LabelledRow(TextTable.Row(rows, next), TextTable.Row(rows, next)));
        }

        var log = RepairLog.Of(rows, session.Findings(rows));
        var undone = RepairLog.Undo(RepairLog.Apply(rows, log), log);

        Assert.NotEmpty(name);
        RandomBatches.AssertSame(rows, undone);
    }

    public static TheoryData<string, Batch> Hostile() => new()
    {
        { "no rows", DirtyTable.Text(("a", []), ("b", [])) },
        { "no columns", new Batch(new Schema([]), [], 0) },
        { "one row", DirtyTable.Text(("a", ["1"]), ("b", [null])) },
        { "all missing", DirtyTable.Text(("a", new string?[50]), ("b", [.. Enumerable.Repeat("  ", 50)])) },
        { "all equal", DirtyTable.Text(("a", [.. Enumerable.Repeat("x", 50)]), ("b", [.. Enumerable.Repeat("y", 50)])) },
        { "words for no number", DirtyTable.Text(("a", [.. Enumerable.Range(0, 60).Select(i => (i % 4) switch { 0 => "NaN", 1 => "∞", 2 => "-Infinity", _ => $"{i}" })])) },
        { "cells of a megabyte", DirtyTable.Text(("a", [.. Enumerable.Range(0, 12).Select(i => new string((char)('a' + (i % 3)), 1 << 20))]), ("b", [.. Enumerable.Range(0, 12).Select(i => $"{i % 3}")])) },
        { "every plane", DirtyTable.Text(("a", [.. Enumerable.Range(0, 17).SelectMany(p => new[] { char.ConvertFromUtf32((p << 16) + 0x100), char.ConvertFromUtf32((p << 16) + 0x3042) })])) },
        { "300 columns", DirtyTable.Text([.. Enumerable.Range(0, 300).Select(c => ($"c{c}", Enumerable.Range(0, 30).Select(r => (string?)$"{r * c % 7}").ToArray()))]) },
    };

    static void Label(RepairSession session, Hospitals.Pair table, int row) =>
        session.Label(new LabelledRow(TextTable.Row(table.Dirty, row), TextTable.Row(table.Clean, row)));
}
