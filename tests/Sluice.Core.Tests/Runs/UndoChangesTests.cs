using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Runs;

namespace Sluice.Tests.Runs;

/// <summary>One step of a version is undone: its cells and no others, on the rows that are left, without a log.</summary>
public sealed class UndoChangesTests
{
    // 2 and 6 go after stripping; 3 is filled; ' x ' is stripped, then made upper case.
    const string Data = "id,amount,name,code\n1,2, Ann,a\n2,,Bob ,b\n3,,Cy, x \n4,4,Di ,d\n5,6,Eve,e\n6,9,Fay ,f\n";

    const string Steps = TestRuns.Source + """
          - { id: clean, type: data_cleaning, config: { operations: [strip_whitespace, handle_missing], columns: [amount, name, code], missing_strategy: median } }
          - { id: upper, type: standardize_case, config: { columns: [code], case: upper } }
          - { id: keep, type: filter, config: { condition: 'id <> 2 AND id <> 6', reason: some } }

        """;

    static string Undo(string step, string more = "") => Steps + $"  - {{ id: undo, type: undo_changes, config: {{ step: '{step}'{more} }} }}\n";

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(16)]
    public async Task Its_cells_are_as_before_and_no_other_is_touched_however_the_input_is_cut(long batchBytes)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);

        var plain = await runs.RunAsync(Steps, batchBytes: batchBytes);
        var strip = await runs.RunAsync(Undo("clean/0:strip_whitespace"), batchBytes: batchBytes);
        var fill = await runs.RunAsync(Undo("clean/1:handle_missing"), batchBytes: batchBytes);
        var group = await runs.RunAsync(Undo("clean", ", columns: [name, amount]"), batchBytes: batchBytes);

        Assert.Equal(["1|2|Ann|A", "3|5|Cy|X", "4|4|Di|D", "5|6|Eve|E"], await runs.RowsAsync(plain.Version));
        Assert.Equal(["1|2| Ann|A", "3|5|Cy|X", "4|4|Di |D", "5|6|Eve|E"], await runs.RowsAsync(strip.Version));
        Assert.Equal(["1|2|Ann|A", "3||Cy|X", "4|4|Di|D", "5|6|Eve|E"], await runs.RowsAsync(fill.Version));
        Assert.Equal(["1|2| Ann|A", "3||Cy|X", "4|4|Di |D", "5|6|Eve|E"], await runs.RowsAsync(group.Version));
    }

    [Fact]
    public async Task A_cell_that_changed_again_is_left_and_is_evidence()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);

        var record = await runs.RecordAsync((await runs.RunAsync(Undo("clean/0:strip_whitespace"))).Outcome);

        var undo = record.Steps[^1];
        Assert.Equal([("changed_since:code", 1L)], undo.Failures.Select(f => (f.Key, f.Value)));
        Assert.Equal([("undo:name", 2L)], undo.Changed.Select(c => (c.Key, c.Value)));
        var evidence = new List<string>();
        await foreach (var batch in new EvidenceRows(runs.Files, record).ReadAsync(default))
        {
            evidence.AddRange(Enumerable.Range(0, batch.Rows).Select(row => $"{batch["row"].Display(row)} {batch["reason"].Display(row)} {batch["column"].Display(row)}"));
        }

        Assert.Contains("3 changed_since code", evidence);
    }

    [Fact]
    public async Task What_one_step_changed_is_listed_with_what_became_of_it()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);
        await runs.RunAsync(Steps, "r1", batchBytes: 16);

        var changes = await runs.NewEngine().ChangesAsync("r1", "clean/0:strip_whitespace", default);
        var none = await runs.NewEngine().ChangesAsync("r1", "keep", default);

        Assert.Equal(
            ["1 name ' Ann' 'Ann' 'Ann' undoable", "2 name 'Bob ' 'Bob' '' row_gone", "3 code ' x ' 'x' 'X' changed_since", "4 name 'Di ' 'Di' 'Di' undoable", "6 name 'Fay ' 'Fay' '' row_gone"],
            await LinesAsync(changes));
        Assert.Equal([("changed_since", 1L), ("row_gone", 2L), ("undoable", 2L)], changes.Undo.Select(u => (u.Key, u.Value)));
        Assert.Equal((5, 0), (changes.Rows, none.Rows));
        var error = await Assert.ThrowsAsync<DataException>(() => runs.NewEngine().ChangesAsync("r1", "nope", default));
        Assert.Equal("Run 'r1' has no step 'nope'. It has: clean/0:strip_whitespace, clean/1:handle_missing, upper, keep.", error.Message);
    }

    [Fact]
    public async Task Rows_that_a_step_made_have_the_cells_of_the_row_they_are_of()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,name,kind\n1, Ann,a\n2,Bob,b\n3,Cy,b\n4,Di,b\n");
        const string Copies = TestRuns.Source + """
              - { id: strip, type: strip_whitespace }
              - { id: more, type: balance, config: { column: kind, method: oversample, set_column: '' } }

            """;

        var run = await runs.RunAsync(Copies + "  - { id: undo, type: undo_changes, config: { step: strip } }\n");

        Assert.Equal(["1| Ann|a", "1| Ann|a", "1| Ann|a", "2|Bob|b", "3|Cy|b", "4|Di|b"], await runs.RowsAsync(run.Version));
    }

    [Fact]
    public async Task A_column_of_another_type_stays_and_says_so()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,n\n1,1\n2,2\n3,unknown\n4,4\n5,5\n6,6\n7,7\n8,8\n9,9\n10,10\n");

        var run = await runs.RunAsync(TestRuns.Source
            + "  - { id: types, type: fix_types, config: { columns: [n], missing_tokens: [unknown] } }\n  - { id: undo, type: undo_changes, config: { step: types } }\n");

        var record = await runs.RecordAsync(run.Outcome);
        Assert.Equal([("other_type:n", 1L)], record.Steps[^1].Failures.Select(f => (f.Key, f.Value)));
        Assert.Contains("3|", await runs.RowsAsync(run.Version));
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(1 << 20, true)]
    public async Task Of_any_table_exactly_the_cells_that_the_step_changed_and_nobody_after_it_are_back(long batchBytes, bool looking)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(400, seed: 22));
        var clean = TestRuns.Source + $$"""
              - { id: strip, type: strip_whitespace }
              - { id: once, type: remove_duplicates, config: { duplicate_keys: [id] } }
              - { id: fill, type: handle_missing, config: { columns: [amount], missing_strategy: median } }
              - { id: keep, type: filter, config: { condition: 'amount >= 0', reason: negative } }
              - { id: boom, type: blow_up, config: { column: name, word: 'name 77', looking: {{(looking ? "true" : "false")}} } }

            """;

        var plain = await runs.RunAsync(clean, "plain", batchBytes);
        var undone = await runs.RunAsync(clean + "  - { id: undo, type: undo_changes, config: { step: strip } }\n", "undone", batchBytes);

        var (before, after) = (await runs.RowsAsync(plain.Version), await runs.RowsAsync(undone.Version));
        var changes = await runs.NewEngine().ChangesAsync("plain", "strip", default);
        Assert.Equal(before.Count, after.Count);
        Assert.Equal(before, after.Select(row => string.Join('|', row.Split('|').Select(cell => cell.Trim()))));
        var back = before.Zip(after).Count(pair => pair.First != pair.Second);
        Assert.Equal(changes.Undo["undoable"], back);
        Assert.Equal(back, (await runs.RecordAsync(undone.Outcome)).Steps[^1].Changed["undo:name"]);
        Assert.True(back > 20 && changes.Undo["row_gone"] > 0);
        Assert.NotEmpty((await runs.RecordAsync(undone.Outcome)).Quarantine);
    }

    [Fact]
    public async Task An_undo_is_itself_undone()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);

        var plain = await runs.RunAsync(Steps);
        var twice = await runs.RunAsync(Undo("clean/1:handle_missing") + "  - { id: redo, type: undo_changes, config: { step: undo } }\n");

        Assert.Equal(await runs.RowsAsync(plain.Version), await runs.RowsAsync(twice.Version));
    }

    [Fact]
    public async Task On_the_rows_of_a_run_nothing_is_read_again_and_only_what_is_undone_is_new_work()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);
        await runs.RunAsync(Steps, "r1", batchBytes: 16);
        var read = await runs.RunAsync(Undo("clean/0:strip_whitespace"), "r2", batchBytes: 16);
        File.Delete(Path.Combine(runs.Folder, "data.csv"));
        await using var others = new TestRuns();

        var request = await runs.RequestAsync(Undo("clean/1:handle_missing"), "r3") with { RowsOf = "r1" };
        var seen = new List<Stage>();
        var outcome = await LocalRun.RunAsync(runs.NewEngine(), request, 2, seen.Add, default);
        var again = await LocalRun.RunAsync(runs.NewEngine(), request with { RunId = "r4" }, 2, null, default);

        Assert.NotEqual(read.Version, outcome.Version);
        Assert.Equal((outcome.Version, true), (again.Version, again.UpToDate));
        Assert.DoesNotContain(seen, s => s.Kind is StageKind.Ingest or StageKind.Observe);
        Assert.Equal(["1|2|Ann|A", "3||Cy|X", "4|4|Di|D", "5|6|Eve|E"], await runs.RowsAsync(outcome.Version!));
    }

    [Fact]
    public async Task Rows_of_a_run_with_another_source_are_refused()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Data);
        await runs.RunAsync(Steps, "r1");

        var request = await runs.RequestAsync(Steps.Replace("data.csv", "other.csv", StringComparison.Ordinal)) with { RowsOf = "r1" };
        var error = await Assert.ThrowsAsync<DataException>(() => LocalRun.RunAsync(runs.NewEngine(), request, 1, null, default));

        Assert.Equal("Run 'r1' read its rows with another source than step 'read' of this pipeline. Take the pipeline of that run.", error.Message);
    }

    [Theory]
    [InlineData("later", "Before it stand: clean/0:strip_whitespace, clean/1:handle_missing, upper, keep.")]
    [InlineData("undo", "Before it stand: clean/0:strip_whitespace, clean/1:handle_missing, upper, keep.")]
    public void What_does_not_stand_before_it_cannot_be_undone(string step, string before)
    {
        var error = Assert.Throws<PipelineException>(() => Pipeline.Parse(Undo(step), "p.yaml"));

        Assert.Contains($"Step 'undo' undoes '{step}', which does not stand before it. {before} Name one of them, or move the undo after it.", error.Problems.Single().ToString(), StringComparison.Ordinal);
    }

    static async Task<List<string>> LinesAsync(DatasetRows cells)
    {
        var lines = new List<string>();
        await foreach (var batch in cells.ReadAsync(default))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                string Cell(string name) => batch[name].IsNull(row) ? "" : batch[name].Display(row);
                lines.Add($"{Cell("row")} {Cell("column")} '{Cell("old_value")}' '{Cell("new_value")}' '{Cell("value_now")}' {Cell("undo")}");
            }
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
