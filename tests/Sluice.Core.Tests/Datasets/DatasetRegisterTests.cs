using System.Text;
using Sluice.Batches;
using Sluice.Datasets;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Datasets;

public sealed class DatasetRegisterTests : DatasetContext
{
    DatasetRegister Register => On(ledger);

    [Fact]
    public async Task A_dataset_is_made_described_and_found()
    {
        var made = (await Register.CreateAsync("films", Change("""
            { "description": "Films of a year", "owner": "ann", "tags": ["b", "a", " b "], "metadata": { "source": "imdb" },
              "schema": [{ "name": "id", "type": "int64", "nullable": false }] }
            """), default))!;
        var found = (await Register.FindAsync("films", default))!;

        Assert.Equal(made.ETag, found.ETag);
        Assert.Equal((DatasetState.Created, "Films of a year", "ann"), (found.Record.State, found.Record.Description, found.Record.Owner));
        Assert.Equal(["a", "b"], found.Record.Tags);
        Assert.Equal("imdb", found.Record.Metadata["source"]);
        Assert.Equal([new Field("id", ColumnType.Int64, false)], found.Record.Schema!);
        Assert.Null(await Register.FindAsync("none", default));
        Assert.Null(await Register.FindAsync("../x", default));
    }

    [Fact]
    public async Task A_name_is_given_once_also_to_a_dataset_that_only_has_versions()
    {
        await Register.CreateAsync("films", Change("{}"), default);
        await CatalogueOn(ledger).CommitAsync(DatasetCatalogueTests.Manifest(1) with { Dataset = "books" }, "k", "r", default);

        Assert.Null(await Register.CreateAsync("films", Change("{}"), default));
        Assert.Null(await Register.CreateAsync("books", Change("{}"), default));
        Assert.Equal((DatasetState.Ready, "r"), ((await Register.FindAsync("books", default))!.Record.State, (await Register.FindAsync("books", default))!.Record.Run));
        Assert.Equal(["books", "films"], await Register.ListAsync(null, default).Select(d => d.Record.Dataset).ToListAsync());
        Assert.Equal(["films"], await Register.ListAsync("books", default).Select(d => d.Record.Dataset).ToListAsync());
    }

    [Fact]
    public async Task Of_many_that_make_one_name_at_once_one_does()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Register.CreateAsync("films", Change($$"""{"owner":"{{i}}"}"""), default))));

        Assert.Equal(made.Single(m => m is not null)!.Record.Owner, (await Register.FindAsync("films", default))!.Record.Owner);
    }

    [Fact]
    public async Task Changes_at_once_are_all_kept()
    {
        await Register.CreateAsync("films", Change("{}"), default);

        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Register.ChangeAsync("films", Change($$$"""{"metadata":{"k{{{i}}}":"v"}}"""), null, default))));

        Assert.Equal(24, (await Register.FindAsync("films", default))!.Record.Metadata.Count);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_null_removes()
    {
        await Register.CreateAsync("films", Change("""{"description":"d","owner":"o","tags":["t"],"metadata":{"a":"1","b":"2"}}"""), default);

        var record = (await Register.ChangeAsync("films", Change("""{"description":null,"metadata":{"a":null,"c":"3"}}"""), null, default))!.Record;

        Assert.Equal((null, "o", "t"), (record.Description, record.Owner, Assert.Single(record.Tags)));
        Assert.Equal(["b=2", "c=3"], record.Metadata.Select(m => $"{m.Key}={m.Value}"));
    }

    [Fact]
    public async Task Who_saw_an_older_record_changes_and_deletes_nothing()
    {
        var seen = (await Register.CreateAsync("films", Change("{}"), default))!.ETag;
        await Register.ChangeAsync("films", Change("""{"owner":"ann"}"""), seen, default);

        Assert.Null(await Register.ChangeAsync("films", Change("""{"owner":"bob"}"""), seen, default));
        Assert.Equal("Dataset 'films' was changed or deleted meanwhile. Look at it again.", await Register.DeleteAsync("films", seen, default));
        Assert.Equal("ann", (await Register.FindAsync("films", default))!.Record.Owner);
    }

    [Fact]
    public async Task Only_a_dataset_without_versions_is_deleted()
    {
        await Register.CreateAsync("films", Change("{}"), default);
        await Register.CreateAsync("books", Change("{}"), default);
        await CatalogueOn(ledger).CommitAsync(DatasetCatalogueTests.Manifest(1), "k", "r", default);

        Assert.Equal("Dataset 'films' has 1 version, which are kept as evidence of what was made. Archive it instead.", await Register.DeleteAsync("films", null, default));
        Assert.Null(await Register.DeleteAsync("books", null, default));
        Assert.Null(await Register.FindAsync("books", default));
    }

    [Fact]
    public async Task A_run_takes_a_dataset_along_the_line_and_a_second_delivery_of_any_move_changes_nothing()
    {
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await Register.BeginAsync("films", "r1", default);
            await Register.ValidatedAsync("films", "r1", default);
            await Register.ReadyAsync("films", "r1", default);
            await Register.QuarantinedAsync("films", "r1", "late", default);
        }

        var record = (await Register.FindAsync("films", default))!.Record;
        Assert.Equal(
            [(DatasetState.Created, DatasetState.Processing), (DatasetState.Processing, DatasetState.Validated), (DatasetState.Validated, DatasetState.Ready)],
            record.Moves.Select(m => (m.From, m.To)));
        Assert.All(record.Moves, move => Assert.Equal("r1", move.Run));
    }

    [Fact]
    public async Task Of_two_runs_at_once_the_one_that_began_last_decides()
    {
        await Register.BeginAsync("films", "r1", default);
        await Register.BeginAsync("films", "r2", default);
        await Register.BeginAsync("films", "r1", default);
        await Register.ValidatedAsync("films", "r1", default);
        await Register.ReadyAsync("films", "r1", default);
        Assert.Equal((DatasetState.Processing, "r2"), await StateAsync(ledger));

        await Register.FailedAsync("films", "r2", "no disk", default);
        Assert.Equal((DatasetState.Failed, "r2"), await StateAsync(ledger));
        Assert.Equal("no disk", (await Register.FindAsync("films", default))!.Record.Moves[^1].Reason);
    }

    [Fact]
    public async Task A_run_that_fails_before_it_begins_is_seen_too()
    {
        await Register.FailedAsync("films", "r1", "no file", default);

        Assert.Equal((DatasetState.Failed, "r1"), await StateAsync(ledger));
    }

    [Fact]
    public async Task Many_runs_that_begin_at_once_leave_one_that_decides_and_a_whole_chain_of_moves()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Register.BeginAsync("films", $"r{i}", default))));

        var record = (await Register.FindAsync("films", default))!.Record;
        Assert.Equal(24, record.Moves.Select(m => m.Run).Distinct().Count());
        Assert.Equal(record.Run, record.Moves[^1].Run);
        Assert.Equal(record.Moves.SkipLast(1).Select(m => m.To), record.Moves.Skip(1).Select(m => m.From));
    }

    [Fact]
    public async Task The_moves_that_are_kept_are_bounded()
    {
        for (var run = 0; run < 60; run++)
        {
            await Register.FailedAsync("films", $"r{run}", new string('x', 1_000), default);
        }

        var record = (await Register.FindAsync("films", default))!.Record;
        Assert.Equal((DatasetRecord.MaxMoves, "r59", 400), (record.Moves.Count, record.Run, record.Moves[^1].Reason!.Length));
    }

    [Fact]
    public async Task An_archived_dataset_takes_no_run_and_nothing_follows()
    {
        await Register.BeginAsync("films", "r1", default);
        await Register.ValidatedAsync("films", "r1", default);
        await Register.ReadyAsync("films", "r1", default);
        await Register.ChangeAsync("films", Change("""{"state":"archived"}"""), null, default);

        await Register.FailedAsync("films", "r2", "why", default);
        var refused = await Assert.ThrowsAsync<PipelineException>(() => Register.BeginAsync("films", "r2", default));
        var back = await Assert.ThrowsAsync<DataException>(() => Register.ChangeAsync("films", Change("""{"state":"ready"}"""), null, default));

        Assert.Equal("Dataset 'films' is archived and takes no more versions. Give the pipeline another 'dataset'.", refused.Message);
        Assert.Equal("Dataset 'films' is archived and cannot become ready. Nothing follows that state.", back.Message);
        Assert.Equal((DatasetState.Archived, null), await StateAsync(ledger));
    }

    [Theory]
    [InlineData("archived", "Dataset 'films' is created and cannot become archived. It can become: processing.")]
    [InlineData("ready", "Dataset 'films' is created and cannot become ready. It can become: processing.")]
    [InlineData("processing", "Dataset 'films' becomes processing by a run, not by hand. A person can only archive it.")]
    public async Task A_state_that_may_not_follow_is_refused_and_nothing_is_changed(string state, string message)
    {
        var etag = (await Register.CreateAsync("films", Change("{}"), default))!.ETag;

        var error = await Assert.ThrowsAsync<DataException>(() => Register.ChangeAsync("films", Change($$"""{"state":"{{state}}","owner":"x"}"""), null, default));

        Assert.Equal(message, error.Message);
        Assert.Equal(etag, (await Register.FindAsync("films", default))!.ETag);
    }

    [Theory]
    [InlineData("x", "The change is not JSON (line 1, byte 0). Expected an object such as {\"description\": \"…\", \"tags\": [\"…\"]}.")]
    [InlineData("[]", "The change is a list. Expected an object with some of: description, owner, tags, metadata, schema, state.")]
    [InlineData("""{"rows":1}""", "'rows' is nothing that can be said of a dataset. Expected some of: description, owner, tags, metadata, schema, state.")]
    [InlineData("""{"description":1}""", "'description' is 1. Expected a text.")]
    [InlineData("""{"tags":"a"}""", "'tags' is 'a'. Expected a list of texts.")]
    [InlineData("""{"tags":[" "]}""", "A tag is empty or has a control character. Expected a word or a few.")]
    [InlineData("""{"metadata":[]}""", "'metadata' is a list. Expected an object with a text for each name.")]
    [InlineData("""{"metadata":{"a":1}}""", "'metadata' for 'a' is 1. Expected a text.")]
    [InlineData("""{"schema":[]}""", "'schema' has no columns, or one without a name. Expected a list such as [{\"name\": \"id\", \"type\": \"int64\"}].")]
    [InlineData("""{"schema":[{"name":"a","type":"int64"},{"name":"a","type":"text"}]}""", "Column 'a' appears twice in a schema. Column names must be unique: rename one.")]
    [InlineData("""{"state":"3"}""", "The state is '3'. Expected one of: created, processing, validated, ready, archived, failed, quarantined.")]
    public async Task A_change_that_is_wrong_is_refused_with_what_was_found_and_expected(string json, string message)
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Register.CreateAsync("films", Change(json), default));

        Assert.Equal(message, error.Message);
        Assert.Null(await Register.FindAsync("films", default));
    }

    [Fact]
    public async Task A_type_that_does_not_exist_and_a_name_said_twice_are_refused()
    {
        var type = await Assert.ThrowsAsync<DataException>(() => Register.CreateAsync("films", Change("""{"schema":[{"name":"a","type":"number"}]}"""), default));
        var twice = Assert.Throws<DataException>(() => Change("""{"owner":"a","owner":"b"}"""));
        var large = await Assert.ThrowsAsync<DataException>(() => Register.CreateAsync("films", Change($$"""{"description":"{{new string('x', 4_001)}}"}"""), default));

        Assert.StartsWith("'schema' is not a list of columns (at $[0].type). Expected such as", type.Message, StringComparison.Ordinal);
        Assert.StartsWith("The change is not JSON", twice.Message, StringComparison.Ordinal);
        Assert.Equal("'description' has 4,001 characters; expected at most 4,000.", large.Message);
    }

    [Fact]
    public async Task After_a_restart_the_next_delivery_goes_on_from_the_state_that_was_kept()
    {
        using var folder = new TemporaryFolder();
        await using (var rows = new SqliteLedger(Path.Combine(folder.Path, "ledger.db")))
        {
            await On(rows).BeginAsync("films", "r1", default);
        }

        await using var again = new SqliteLedger(Path.Combine(folder.Path, "ledger.db"));
        Assert.Equal((DatasetState.Processing, "r1"), await StateAsync(again));
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await On(again).BeginAsync("films", "r1", default);
            await On(again).ValidatedAsync("films", "r1", default);
            await On(again).ReadyAsync("films", "r1", default);
        }

        Assert.Equal((DatasetState.Ready, "r1"), await StateAsync(again));
    }

    static DatasetChange Change(string json) => DatasetChange.Parse(Encoding.UTF8.GetBytes(json));

    async Task<(DatasetState, string?)> StateAsync(Ledger rows) => (await On(rows).FindAsync("films", default))!.Record is var record ? (record.State, record.Run) : default;

    DatasetRegister On(Ledger rows) => new(rows, CatalogueOn(rows), TimeProvider.System);
}
