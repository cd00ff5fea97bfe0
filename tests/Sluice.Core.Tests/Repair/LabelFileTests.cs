using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Repair;

namespace Sluice.Core.Tests.Repair;

public sealed class LabelFileTests
{
    static readonly Batch rows = DirtyTable.Text(("row", ["a", "b", "c"]), ("x", ["1", null, "3"]));

    [Fact]
    public void What_is_written_is_read_back()
    {
        var filled = LabelFile.ToFill(rows, [2, 1]);

        var labels = LabelFile.Read(rows, filled, "f.csv").ToList();

        Assert.Equal(["row_", "row", "x"], filled.Schema.Select(f => f.Name));
        Assert.Equal([2, 1], labels.Select(l => l.Row));
        Assert.Equal(["c", "3"], labels[0].Label.Clean);
        Assert.Equal(labels[1].Label.Dirty, labels[1].Label.Clean);
    }

    [Fact]
    public void Other_columns_and_rows_that_are_not_there_are_refused()
    {
        Assert.StartsWith("The labels 'f.csv' have the columns x; expected row_, row, x.", Message(DirtyTable.Text(("x", ["1"]))), StringComparison.Ordinal);
        Assert.StartsWith("Row 1 of the labels 'f.csv' has '4' in column 'row_'; expected the number of a data row, 1 to 3.", Message(DirtyTable.Text(("row_", ["4"]), ("row", ["a"]), ("x", ["1"]))), StringComparison.Ordinal);
    }

    static string Message(Batch filled) => Assert.Throws<DataException>(() => LabelFile.Read(rows, filled, "f.csv").ToList()).Message;
}
