namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice changes --step</c>, <c>sluice undo</c> and <c>sluice pii access</c> on a store.</summary>
public sealed class UndoTests : IDisposable
{
    readonly TestFolder folder = new();

    public UndoTests()
    {
        folder.Write("data.csv", "id,amount,name,mail\n1,2, Ann,a@example.org\n2,,Bob ,b@example.org\n3,,cy,c@example.org\n4,4,Di ,d@example.org\n5,6,Eve,e@example.org\n6,9,Fay ,f@example.org\n");
        folder.Write("pipeline.yaml", """
            name: People
            steps:
              - { id: read, type: csv, config: { file_path: data.csv } }
              - { id: strip, type: strip_whitespace }
              - { id: fill, type: handle_missing, config: { columns: [amount], missing_strategy: median } }
              - { id: case, type: standardize_case, config: { columns: [name], case: upper } }
              - { id: keep, type: filter, config: { condition: 'id <> 6', reason: six } }
              - { id: pii, type: pii_detection }
              - { id: out, type: csv_sink, config: { file_path: out/rows.csv } }
            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_step_is_undone_in_a_version_of_its_own_without_the_input()
    {
        var run = await SluiceAsync("run", "pipeline.yaml", "--json");
        File.Delete(folder["data.csv"]);

        var shown = await SluiceAsync("changes", "people@1", "--step", "fill");
        var undone = await SluiceAsync("undo", "people", "--step", "fill", "--json");
        var again = await SluiceAsync("undo", "people", "--step", "fill");
        var conflicts = await SluiceAsync("undo", "people@1", "--step", "strip");

        Assert.Equal([0, 0, 0, 0, 0], new[] { run, shown, undone, again, conflicts }.Select(r => r.ExitCode));
        Assert.Matches("│ 2 +│ amount +│ · +│ 5 +│ 5 +│ undoable +│", shown.Output);
        Assert.Contains("2 cells changed by fill: 2 undoable.", shown.Output, StringComparison.Ordinal);
        Assert.Equal((2L, (string)run.Json["version"]!), ((long)undone.Json["cells"]!, (string)undone.Json["of"]!));
        Assert.Contains("is undone in version", again.Output, StringComparison.Ordinal);
        Assert.Contains("3 cells left as they are: changed_since:name", conflicts.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await SluiceAsync("datasets", "list", "--json")).Json[0]!["number"]!.GetValue<int>());
        var second = await SluiceAsync("datasets", "export", "people@2", "-o", "second.csv");
        Assert.Equal(0, second.ExitCode);
        Assert.StartsWith("id,amount,name,mail\n1,2,ANN,a@example.org\n2,,BOB,", (await File.ReadAllTextAsync(folder["second.csv"])).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await SluiceAsync("run", "pipeline.yaml", "--json");

        foreach (var (error, arguments) in new (string, string[])[]
        {
            ("Step 'keep' changed no cell of a column of the version, so there is nothing to undo. Steps that did: strip, fill, case. Rows that it took out", ["undo", "people", "--step", "keep"]),
            ("The version has no step 'nope'. It has: strip, fill, case, keep, pii.", ["undo", "people", "--step", "nope"]),
            ("Step 'fill' changed nothing in column 'name'. It changed: amount.", ["undo", "people", "--step", "fill", "--column", "name"]),
            ("Dataset 'none' does not exist", ["undo", "none", "--step", "fill"]),
            ("Dataset 'none' does not exist in this store.", ["pii", "access", "none"]),
            ("--days is 0 and --limit 20; expected 1 to 400 days and 1 to 100,000 reads.", ["pii", "access", "people", "--days", "0"]),
        })
        {
            var result = await SluiceAsync(arguments);

            Assert.Equal(2, result.ExitCode);
            Assert.Contains(error, result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_export_of_personal_data_is_on_record()
    {
        await SluiceAsync("run", "pipeline.yaml", "--json");
        var none = await SluiceAsync("pii", "access", "people");

        await SluiceAsync("datasets", "export", "people", "-o", "people.csv");
        await SluiceAsync("profile", "people@latest");
        var text = await SluiceAsync("pii", "access", "people");
        var json = await SluiceAsync("pii", "access", "people", "--json", "--alerts");

        Assert.Contains("No read of personal data of 'people' is noted.", none.Output, StringComparison.Ordinal);
        Assert.Matches("│ export +│ v-[0-9a-f]+ +│ email", text.Output);
        Assert.Matches("│ profile +│ v-[0-9a-f]+ +│ email", text.Output);
        Assert.Matches("2 reads by .+@.+, from", text.Output);
        Assert.Equal("new_principal", (string)Assert.Single(json.Json["reads"]!.AsArray())!["alerts"]![0]!);
        Assert.DoesNotContain("example.org", text.Output + json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_and_evidence_are_reads_where_they_show_values_even_of_what_is_masked_since()
    {
        folder.Write("pipeline.yaml", (await File.ReadAllTextAsync(folder["pipeline.yaml"])).Replace("type: pii_detection }", "type: pii_detection, config: { action: mask } }", StringComparison.Ordinal));
        await SluiceAsync("run", "pipeline.yaml", "--json");

        await SluiceAsync("changes", "people@1", "--json");
        await SluiceAsync("evidence", "people@1");
        var none = await SluiceAsync("pii", "access", "people");
        await SluiceAsync("changes", "people@1");
        await SluiceAsync("changes", "people@1", "--step", "pii");
        await SluiceAsync("evidence", "people@1", "-o", "evidence.csv");
        var reads = await SluiceAsync("pii", "access", "people", "--json");

        Assert.Contains("No read of personal data of 'people' is noted.", none.Output, StringComparison.Ordinal);
        Assert.Equal(["evidence", "changes", "changes"], reads.Json["reads"]!.AsArray().Select(r => (string)r!["how"]!));
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, [.. arguments, "--store", "store"]);
}
