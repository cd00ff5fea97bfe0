using Sluice.Runs;

namespace Sluice.Tests.Runs;

public sealed class ChangedCellsTests
{
    const string Steps = TestRuns.Source + """
          - { id: keep, type: filter, config: { condition: 'id <> 2', reason: two } }
          - { id: clean, type: data_cleaning, config: { operations: [strip_whitespace, handle_missing], columns: [amount, name], missing_strategy: median } }

        """;

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(16)]
    public async Task Every_cell_that_steps_changed_is_listed_with_its_input_row_however_the_input_is_cut(long batchBytes)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,amount,name\n1,2, Ann\n2,,Bob \n3,,Cy\n4,4,Di \n5,6,Eve\n");
        var run = await runs.RunAsync(Steps, "r1", batchBytes);

        var cells = await runs.NewEngine().ChangesAsync("r1", default);

        Assert.NotNull(run.Outcome.Version);
        Assert.Equal(["1 name clean/0:strip_whitespace ' Ann' 'Ann'", "3 amount clean/1:handle_missing '' '4'", "4 name clean/0:strip_whitespace 'Di ' 'Di'"], await LinesAsync(cells));
        Assert.Equal(3, cells.Rows);
        var record = await runs.RecordAsync(run.Outcome);
        Assert.Equal(record.Steps.Sum(s => s.Changed.Values.Sum()), cells.Rows);
    }

    [Fact]
    public async Task What_was_personal_is_said_to_be_changed_and_not_repeated()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,contact\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},ann{i}@example.org\n")));
        await runs.RunAsync(TestRuns.Source + "  - { id: pii, type: pii_detection, config: { action: mask } }\n", "r1");

        var lines = await LinesAsync(await runs.NewEngine().ChangesAsync("r1", default));

        Assert.Equal(20, lines.Count);
        Assert.All(lines, line => Assert.EndsWith(" '' ''", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_without_changes_has_none_and_an_unknown_one_is_refused()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id\n1\n2\n");
        await runs.RunAsync(TestRuns.Source, "r1");

        var none = await runs.NewEngine().ChangesAsync("r1", default);
        var error = await Assert.ThrowsAsync<DataException>(() => runs.NewEngine().ChangesAsync("other", default));

        Assert.Equal((0, 0), (none.Rows, none.Columns.Count));
        Assert.Equal("There is no record of a run 'other' in this store.", error.Message);
    }

    static async Task<List<string>> LinesAsync(ChangedCells cells)
    {
        var lines = new List<string>();
        await foreach (var batch in cells.ReadAsync(default))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                string Cell(string name) => batch[name].IsNull(row) ? "" : batch[name].Display(row);
                lines.Add($"{Cell("row")} {Cell("column")} {Cell("operations")} '{Cell("old_value")}' '{Cell("new_value")}'");
            }
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
