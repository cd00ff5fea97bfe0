using Sluice.Datasets;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Datasets;

/// <summary>What runs do to the state of their dataset, and what is found of the versions they make.</summary>
public sealed class DatasetRunTests : IAsyncDisposable
{
    const string Gated = TestRuns.Source + """
          - id: check
            type: quality_validation
            config: { min_quality_score: 99.5 }

        """;

    readonly TestRuns runs = new();

    DatasetRegister Register => new(runs.Ledger, runs.Catalogue, TimeProvider.System);

    DatasetSearch Search => new(Register, runs.Catalogue);

    public ValueTask DisposeAsync() => runs.DisposeAsync();

    [Fact]
    public async Task A_run_that_commits_leaves_its_dataset_ready_and_one_without_news_leaves_it_as_it_is()
    {
        runs.Write("data.csv", "id,amount\n1,2\n2,3\n");

        var made = await runs.RunAsync(TestRuns.Source, "r1", deliveries: 2);
        var same = await runs.RunAsync(TestRuns.Source, "r2");

        Assert.Equal((false, true), (made.Outcome.UpToDate, same.Outcome.UpToDate));
        Assert.Equal([DatasetState.Processing, DatasetState.Validated, DatasetState.Ready], await MovesAsync());
    }

    [Fact]
    public async Task A_gate_that_refuses_quarantines_and_putting_the_input_back_makes_ready_again()
    {
        const string good = "id,amount\n1,2\n2,3\n";
        runs.Write("data.csv", good);
        await runs.RunAsync(Gated);
        runs.Write("data.csv", "id,amount\n,\n2,\n");
        var refused = await runs.RunAsync(Gated);
        var record = (await Register.FindAsync("t", default))!.Record;
        Assert.Equal((DatasetState.Quarantined, refused.Outcome.GateFailure), (record.State, record.Moves[^1].Reason));

        runs.Write("data.csv", good);
        var back = await runs.RunAsync(Gated);

        Assert.True(back.Outcome.UpToDate);
        Assert.Equal(DatasetState.Ready, (await Register.FindAsync("t", default))!.Record.State);
    }

    [Fact]
    public async Task A_run_into_an_archived_dataset_is_refused_before_it_reads_anything()
    {
        runs.Write("data.csv", "id\n1\n");
        await runs.RunAsync(TestRuns.Source);
        await Register.ChangeAsync("t", DatasetChange.Parse("""{"state":"archived"}"""u8), null, default);
        runs.Write("data.csv", "id\n2\n");

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(TestRuns.Source, "late"));

        Assert.StartsWith("Dataset 't' is archived", error.Message, StringComparison.Ordinal);
        Assert.Null(await runs.Store.StatAsync("runs/late/plan.json", default));
        Assert.Single(await runs.Catalogue.VersionsAsync("t", default));
    }

    [Fact]
    public async Task A_dataset_is_found_by_what_is_said_of_it_and_by_what_its_newest_version_holds()
    {
        runs.Write("data.csv", "id,amount\n1,2\n2,3\n");
        await runs.RunAsync(TestRuns.Source);
        await Register.ChangeAsync("t", DatasetChange.Parse("""{"description":"Films of a YEAR","tags":["gold"]}"""u8), null, default);
        await Register.CreateAsync("empty", DatasetChange.Parse("""{"tags":["gold"],"schema":[{"name":"email","type":"text"}]}"""u8), default);

        async Task<string> Found(DatasetQuery query) => string.Join(' ', await Search.FindAsync(query, null, default).Select(d => d.Dataset).ToListAsync());
        Assert.Equal("empty t", await Found(new DatasetQuery()));
        Assert.Equal("t", await Found(new DatasetQuery(Text: "year")));
        Assert.Equal("empty t", await Found(new DatasetQuery(Tag: "gold")));
        Assert.Equal("", await Found(new DatasetQuery(Tag: "Gold")));
        Assert.Equal("t", await Found(new DatasetQuery(Column: "amount")));
        Assert.Equal("empty", await Found(new DatasetQuery(Column: "email", Tag: "gold")));
        Assert.Equal("t", await Found(new DatasetQuery(Kind: "INT64")));
        Assert.Equal("t", await Found(new DatasetQuery(MinQuality: 1)));
        Assert.Equal("empty", await Found(new DatasetQuery(State: DatasetState.Created)));
        Assert.Equal("The lowest quality is 'NaN'. Expected a number from 0 to 100.", Assert.Throws<DataException>(() => DatasetQuery.QualityOf("NaN")).Message);
    }

    [Fact]
    public async Task A_dataset_is_found_by_the_personal_data_that_a_step_found()
    {
        runs.Write("data.csv", "id,contact\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},ann{i}@example.org\n")));
        await runs.RunAsync(TestRuns.Source + "  - id: pii\n    type: pii_detection\n    config: { action: flag }\n");

        Assert.Single(await Search.FindAsync(new DatasetQuery(Kind: "email"), null, default).ToListAsync());
        Assert.Empty(await Search.FindAsync(new DatasetQuery(Kind: "iban"), null, default).ToListAsync());
    }

    [Fact]
    public async Task A_declared_schema_is_compared_with_the_newest_version()
    {
        runs.Write("data.csv", "id,amount\n1,2\n2,\n");
        await Register.CreateAsync("t", DatasetChange.Parse(
            """{"schema":[{"name":"id","type":"text"},{"name":"amount","type":"int64","nullable":false},{"name":"day","type":"date"}]}"""u8), default);
        Assert.Empty((await ViewAsync()).Misfits);
        await runs.RunAsync(TestRuns.Source);

        var view = await ViewAsync();

        Assert.True(view.IsDeclared);
        Assert.Equal(["id: int64, declared text", "amount: has missing values, declared without", "day: missing"], view.Misfits);
        Assert.NotNull(await runs.Store.StatAsync(view.StorageLocation!, default));
    }

    async Task<DatasetView> ViewAsync() => await Search.ViewAsync((await Register.FindAsync("t", default))!.Record, default);

    async Task<IEnumerable<DatasetState>> MovesAsync() => (await Register.FindAsync("t", default))!.Record.Moves.Select(m => m.To);
}
