using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class ImputeMissingTests : StepContract
{
    protected override Step Create() => new ImputeMissing(new());

    protected override (Step Step, string Path)? WithUnknownColumn => (new ImputeMissing(new() { Columns = ["nowhere"] }), "columns[0]");

    [Theory]
    [InlineData(ImputeMethod.Knn)]
    [InlineData(ImputeMethod.Model)]
    public void Takes_the_value_from_rows_that_are_alike(ImputeMethod method)
    {
        var random = new Random(3);
        var kinds = Enumerable.Range(0, 400).Select(_ => random.Next(4)).ToArray();
        var batch = DirtyTable.Text(
            ("kind", [.. kinds.Select(k => $"k{k}")]),
            ("colour", [.. kinds.Select((k, row) => row % 10 == 0 ? null : $"c{k}")]));

        var run = StepRunner.Run(new ImputeMissing(new() { Method = method }), batch);

        Assert.Equal(kinds.Select(k => $"c{k}"), DirtyTable.Shown(run.All, "colour"));
        Assert.Equal(40, run.Verdicts[0].Changed["impute_missing:colour"]);
        Assert.Equal(40, run.Verdicts[0].Failing(0).Count);
    }

    [Theory]
    [InlineData(ImputeMethod.Knn, 15)]
    [InlineData(ImputeMethod.Model, 1)]
    public void Works_numbers_out_from_numbers(ImputeMethod method, double near)
    {
        var random = new Random(8);
        var x = Enumerable.Range(0, 500).Select(_ => random.NextDouble() * 100).ToArray();
        var numbers = DirtyTable.Numbers("x", [.. x.Select(v => (double?)v)]);
        var y = DirtyTable.Numbers("y", [.. x.Select((v, row) => row % 20 == 0 ? (double?)null : (3 * v) + 7)]);
        var batch = numbers.With(y.Schema[0], y[0]);

        var run = StepRunner.Run(new ImputeMissing(new() { Method = method }), batch);

        Assert.All(Enumerable.Range(0, 500), row => Assert.InRange(run.All.Float64("y")[row] - ((3 * x[row]) - -7), -near, near));
    }

    [Fact]
    public void Marks_the_cells_it_filled()
    {
        var batch = DirtyTable.Text(("a", ["x", null, "x"]), ("b", ["1", "1", "1"]));

        var run = StepRunner.Run(new ImputeMissing(new() { Columns = ["a"], MarkColumns = true }), batch);

        Assert.Equal(["False", "True", "False"], DirtyTable.Shown(run.All, "a_imputed").Select(v => bool.Parse(v!).ToString()));
        Assert.Equal(["x", "x", "x"], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void Learns_from_the_training_set_alone_and_not_from_the_name_of_the_set()
    {
        var rows = DirtyTable.Text(
            ("kind", ["k", "k", "k", "k", "k", "k"]), ("colour", ["red", "red", null, "blue", "blue", "blue"]), ("split", ["train", "train", "test", "test", "test", "test"]));

        var run = StepRunner.Run(new ImputeMissing(new() { Columns = ["colour"] }), rows);

        Assert.Equal("red", run.All["colour"].Display(2));
        Assert.Equal("""[["k","red"]]""", System.Text.Encoding.UTF8.GetString(run.Json));
        Assert.Equal("red", new ImputeMissing(new() { Columns = ["colour"] }).Apply(rows.Select(new HashSet<string> { "kind", "colour" }), new Fitted(run.Json), new Verdicts(6))["colour"].Display(2));
    }

    [Fact]
    public void Marks_need_named_columns() => Assert.Equal(
        ["mark_columns: It adds a column for each of columns, but columns is not given. Name the columns to fill."],
        StepRunner.Problems(new ImputeMissing(new() { MarkColumns = true }), DirtyTable.Text(("a", ["1"])).Schema).Take(1));
}
