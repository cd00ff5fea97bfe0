using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Core.Tests.Repair;

public sealed class RepairErrorsTests : StepContract
{
    protected override Step Create() => new RepairErrors(new() { ProvenanceColumn = "repairs" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new RepairErrors(new() { Columns = ["nowhere"] }), "columns[0]");

    protected override Batch Sample() => Hospitals.Of(300, 9).Dirty;

    [Fact]
    public void Repairs_as_a_session_on_the_same_rows_does()
    {
        var rows = Sample();

        var run = StepRunner.Run(new RepairErrors(new()), rows);

        var session = new RepairSession(rows);
        RandomBatches.AssertSame(RepairLog.Apply(rows, RepairLog.Of(rows, session.Findings(rows))), run.All);
        Assert.NotEmpty(run.Verdicts[0].Changed);
    }

    [Fact]
    public void Learns_from_corrected_rows_of_the_pipeline()
    {
        var table = Hospitals.Of(300, 9);
        var wrong = table.Wrong.Where(c => c.Column == 4).Take(2).Select(c => c.Row).ToList();
        var labels = wrong.Concat(Enumerable.Range(0, 6)).Distinct().Select(row => new RepairErrors.CorrectedRow { Dirty = Values(table.Dirty, row), Clean = Values(table.Clean, row) });

        var run = StepRunner.Run(new RepairErrors(new() { Labels = [.. labels] }), table.Dirty);

        var before = table.Wrong.Count(c => c.Column == 4);
        var after = DirtyTable.Shown(table.Clean, "size").Zip(DirtyTable.Shown(run.All, "size")).Count(pair => pair.First != pair.Second);
        Assert.True(after <= 0.2 * before, $"{after} of {before} sizes are still wrong");
    }

    [Fact]
    public void Undo_gives_back_the_bytes_and_of_one_operator_what_the_others_left()
    {
        var rows = Sample();
        var repaired = StepRunner.Run(Create(), rows).All;
        Assert.Contains(DirtyTable.Shown(repaired, "repairs"), r => r is not null);

        var undone = StepRunner.Run(new UndoRepairs(new()), repaired).All;
        var partly = StepRunner.Run(new UndoRepairs(new() { Operators = ["dependency"] }), repaired).All;
        var rest = StepRunner.Run(new UndoRepairs(new()), partly).All;

        RandomBatches.AssertSame(rows, undone.Select(rows.Schema.Select(f => f.Name).ToHashSet()));
        Assert.All(DirtyTable.Shown(undone, "repairs"), Assert.Null);
        Assert.DoesNotContain(DirtyTable.Shown(partly, "repairs"), r => r?.Contains("\"dependency\"", StringComparison.Ordinal) == true);
        RandomBatches.AssertSame(undone, rest);
    }

    [Fact]
    public void Works_on_columns_of_every_type()
    {
        var rows = DirtyTable.Of(rows: 300, 4);

        var repaired = StepRunner.Run(Create(), rows);
        var undone = StepRunner.Run(new UndoRepairs(new()), repaired.All).All;

        Assert.Equal(rows.Schema.Select(f => f.Type), repaired.Schema.Take(rows.Schema.Count).Select(f => f.Type));
        Assert.Equal(DirtyTable.Shown(rows, "name"), DirtyTable.Shown(undone, "name"));
        Assert.Equal(DirtyTable.Shown(rows, "count"), DirtyTable.Shown(undone, "count"));
    }

    [Fact]
    public void Refuses_a_provenance_column_that_is_there()
    {
        Assert.Equal(["provenance_column: 'city' is a column of the data already. Give a name that no column has."], StepRunner.Problems(new RepairErrors(new() { ProvenanceColumn = "city" }), Sample().Schema));
    }

    static Dictionary<string, string> Values(Batch rows, int row) => rows.Schema.Where(f => !rows[f.Name].IsNull(row)).ToDictionary(f => f.Name, f => rows[f.Name].Display(row));
}
