using Sluice.Runs;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Joins;

public sealed class JoinTests
{
    const string Orders = "id,customer,amount\n1,a,10\n2,b,20\n3,,30\n4,z,40\n5,a,50\n";
    const string Customers = "customer,city,amount\na,Bonn,1\nb,Ulm,2\nb,Kiel,3\nc,Jena,4\n,Mars,5\n";

    static string Yaml(string join, string more = "") => TestRuns.Source + $$"""
          - { id: joined, type: join, config: { file: table.csv, {{join}} } }
        {{more}}
        """;

    static async Task<(List<string> Rows, RunRecord Record)> RunAsync(string join, string left = Orders, string right = Customers, long batchBytes = 600)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", left);
        runs.Write("table.csv", right);
        var run = await runs.RunAsync(Yaml(join), batchBytes: batchBytes);
        return (await runs.RowsAsync(run.Version), await runs.RecordAsync(run.Outcome));
    }

    [Fact]
    public async Task Inner_keeps_rows_with_a_match_once_for_each_and_counts_what_it_made()
    {
        var (rows, record) = await RunAsync("on: [customer]");

        Assert.Equal(["1|a|10|Bonn|1", "2|b|20|Ulm|2", "2|b|20|Kiel|3", "5|a|50|Bonn|1"], rows);
        Assert.Equal(2, record.Rejected["no_match"]);
        Assert.Equal(1, record.Made!["matches"]);
        Assert.Equal((5, 4), (record.Steps[0].RowsIn, record.Steps[0].RowsOut));
    }

    [Theory]
    [InlineData("left", "1|a|10|Bonn|1;2|b|20|Ulm|2;2|b|20|Kiel|3;3||30||;4|z|40||;5|a|50|Bonn|1")]
    [InlineData("right", "1|a|10|Bonn|1;2|b|20|Ulm|2;2|b|20|Kiel|3;5|a|50|Bonn|1;|c||Jena|4;|||Mars|5")]
    [InlineData("outer", "1|a|10|Bonn|1;2|b|20|Ulm|2;2|b|20|Kiel|3;3||30||;4|z|40||;5|a|50|Bonn|1;|c||Jena|4;|||Mars|5")]
    public async Task Other_kinds_keep_what_they_say(string how, string expected)
    {
        foreach (var bytes in new[] { 15L, 600 })
        {
            var (rows, _) = await RunAsync($"on: [customer], how: {how}", batchBytes: bytes);

            Assert.Equal(expected.Split(';'), rows);
        }
    }

    [Fact]
    public async Task A_version_is_the_same_however_the_input_is_cut()
    {
        var left = TestRuns.Csv(300, 7);
        var right = string.Concat(Enumerable.Range(0, 150).Select(i => $"{i * 3 % 200},note {i}\n").Prepend("id,note\n"));
        foreach (var how in new[] { "inner", "left", "right", "outer" })
        {
            var versions = new HashSet<string>();
            foreach (var bytes in new[] { 300L, 2_000, 100_000 })
            {
                await using var runs = new TestRuns();
                runs.Write("data.csv", left);
                runs.Write("table.csv", right);
                versions.Add((await runs.RunAsync(Yaml($"on: [id], how: {how}"), batchBytes: bytes)).Version);
            }

            Assert.Single(versions);
        }
    }

    [Fact]
    public async Task Two_keys_and_other_names_and_chosen_columns()
    {
        var (rows, _) = await RunAsync(
            "on: [id, customer], table_on: [nr, who], columns: [amount], suffix: _there", Orders, "nr,who,amount,x\n1,a,7,q\n2,a,8,q\n");

        Assert.Equal(["1|a|10|7"], rows);
    }

    [Fact]
    public async Task A_row_with_more_matches_than_allowed_is_rejected()
    {
        var (rows, record) = await RunAsync("on: [customer], max_matches: 1");

        Assert.Equal(["1|a|10|Bonn|1", "5|a|50|Bonn|1"], rows);
        Assert.Equal(1, record.Rejected["too_many_matches"]);
        Assert.Null(record.Made);
    }

    [Fact]
    public async Task Another_content_of_the_table_is_another_version_and_the_same_is_up_to_date()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Orders);
        runs.Write("table.csv", Customers);
        var first = await runs.RunAsync(Yaml("on: [customer]"));
        var again = await runs.RunAsync(Yaml("on: [customer]"));
        runs.Write("table.csv", Customers.Replace("Bonn", "Rome", StringComparison.Ordinal));

        var changed = await runs.RunAsync(Yaml("on: [customer]"));

        Assert.True(again.Outcome.UpToDate);
        Assert.NotEqual(first.Version, changed.Version);
        Assert.Contains("1|a|10|Rome|1", await runs.RowsAsync(changed.Version));
    }

    [Fact]
    public async Task A_table_that_changes_under_a_run_stops_it()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Orders);
        runs.Write("table.csv", Customers);
        var request = await runs.RequestAsync(Yaml("on: [customer]"));
        await runs.NewEngine().AdvanceAsync(request, StageKind.Start, 0, CancellationToken.None);
        runs.Write("table.csv", Customers + "d,Rome,1\n");

        var error = await Assert.ThrowsAsync<SourceException>(() => runs.NewEngine().RunUnitAsync(request.RunId, StageKind.Ingest, 0, 0, CancellationToken.None));

        Assert.Contains("\"table.csv\" has changed since the run began", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_a_dataset_can_be_the_table()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", Customers);
        var table = await runs.RunAsync(TestRuns.Source);
        runs.Write("data.csv", Orders);
        var yaml = TestRuns.Source.Replace("dataset: t", "dataset: joined", StringComparison.Ordinal)
            + $"  - {{ id: joined, type: join, config: {{ dataset: t, version: {table.Version}, on: [customer] }} }}\n";

        var run = await runs.RunAsync(yaml);

        Assert.Equal(4, (await runs.Catalogue.OpenAsync("joined", run.Version, CancellationToken.None)).Rows);
    }

    [Theory]
    [InlineData("on: [nowhere]", "Column 'nowhere' does not exist here.")]
    [InlineData("on: [customer], columns: [nowhere]", "Column 'nowhere' does not exist here.")]
    [InlineData("on: [id], table_on: [city]", "Column 'id' is int64 and the table's 'city' is text: they never match.")]
    [InlineData("on: [customer], table_on: [customer, city]", "'table_on' has 2 columns and 'on' has 1.")]
    [InlineData("on: [customer], dataset: t", "The other table is named once")]
    public async Task Refuses_what_cannot_be_joined(string join, string message)
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => RunAsync(join));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_table_that_is_too_large_or_missing()
    {
        var large = await Assert.ThrowsAsync<SourceException>(() => RunAsync("on: [customer], max_table_mb: 1", right: Customers + new string('x', 2 << 20) + ",y,1\n"));
        var missing = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", Orders);
            await runs.RunAsync(Yaml("on: [customer]"));
        });

        Assert.Contains("more than 1 MiB, the limit of max_table_mb", large.Message, StringComparison.Ordinal);
        Assert.Contains("table.csv", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_over_no_rows_is_refused()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,customer,amount\n");
        runs.Write("table.csv", Customers);

        var error = await Assert.ThrowsAsync<DataException>(() => runs.RunAsync(Yaml("on: [customer], how: right")));

        Assert.Contains("came to no rows at all", error.Message, StringComparison.Ordinal);
    }
}
