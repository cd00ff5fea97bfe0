using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Repair;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Repair;

public sealed class RepairLogTests
{
    static readonly Batch rows = DirtyTable.Text(("a", ["x", " ", null]), ("b", ["1", "2", "3"]));

    static readonly RepairEntry[] log =
    [
        .. RepairLog.Of(rows, [new(0, 0, "x", "y", "slip", "close", 0.91234), new(1, 0, null, "z", "dependency", "others", 0.8), new(2, 0, null, "w", "slip", "close", 0.7), new(2, 1, "3", null, "value", "rare", 0.6)]),
    ];

    [Fact]
    public void Keeps_what_was_in_the_cell_to_the_byte()
    {
        Assert.Equal(["x", " ", null, "3"], log.Select(e => e.Old));
        Assert.Equal([1L, 2, 3, 3], log.Select(e => e.Row));
        Assert.Equal(0.9123, log[0].Confidence);
    }

    [Fact]
    public void Applies_new_values_and_undoes_them()
    {
        var repaired = RepairLog.Apply(rows, log);

        Assert.Equal(["y", "z", "w"], DirtyTable.Shown(repaired, "a"));
        Assert.Equal(["1", "2", "3"], DirtyTable.Shown(repaired, "b"));
        RandomBatches.AssertSame(rows, RepairLog.Undo(repaired, log));
    }

    [Fact]
    public void Undoes_one_operator_as_if_it_had_never_been()
    {
        var without = RepairLog.Apply(rows, log.Where(e => e.Operator != "slip"));

        RandomBatches.AssertSame(without, RepairLog.Undo(RepairLog.Apply(rows, log), log, "slip"));
    }

    [Fact]
    public void Undo_refuses_rows_that_were_changed_since()
    {
        var error = Assert.Throws<DataException>(() => RepairLog.Undo(rows, log));

        Assert.Equal("Row 1, column 'a', has 'x'; the log expected 'y'. The file was changed since, or is another one. Use the log of this file.", error.Message);
        Assert.StartsWith("The log tells of column 'a', which these rows do not have. They have: c.", Assert.Throws<DataException>(() => RepairLog.Undo(DirtyTable.Text(("c", ["1"])), log)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_what_it_wrote()
    {
        using var folder = new TemporaryFolder();

        await RepairLog.WriteAsync(folder.File("log.jsonl"), log, default);

        Assert.Equal(log, await RepairLog.ReadAsync(folder.File("log.jsonl"), default));
    }

    [Fact]
    public async Task Says_what_is_no_log()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("other.jsonl"), "{\"a\": 1}\n");

        var other = await Assert.ThrowsAsync<DataException>(() => RepairLog.ReadAsync(folder.File("other.jsonl"), default));
        var none = await Assert.ThrowsAsync<DataException>(() => RepairLog.ReadAsync(folder.File("none.jsonl"), default));

        Assert.StartsWith("Line 1 of '", other.Message, StringComparison.Ordinal);
        Assert.Contains("is no entry of a repair log", other.Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no repair log '", none.Message, StringComparison.Ordinal);
    }
}
