using System.Text.Json;
using Sluice.Batches;
using Sluice.Datasets;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Datasets;

public sealed class DatasetCatalogueTests : DatasetContext
{
    DatasetCatalogue Catalogue => CatalogueOn(ledger);

    [Fact]
    public async Task Versions_are_numbered_in_order_of_commit_and_name_their_parent()
    {
        var ids = await CommitAsync(3);

        var versions = await Catalogue.VersionsAsync("films", default);

        Assert.Equal([(1, ids[0], null), (2, ids[1], ids[0]), (3, ids[2], ids[1])], versions.Select(v => (v.Number, v.Version, v.Parent)));
        Assert.Equal(["run-1", "run-2", "run-3"], versions.Select(v => v.Run));
        Assert.Equal([1L, 2L, 3L], versions.Select(v => v.Rows));
        Assert.Equal(3, Assert.Single(await Catalogue.ListAsync(default).ToListAsync()).Number);
    }

    [Fact]
    public async Task A_second_delivery_and_another_run_with_the_same_result_change_nothing()
    {
        var ids = await CommitAsync(2);

        Assert.Equal(ids[0], await Catalogue.CommitAsync(Manifest(1), "key-1", "run-1", default));
        Assert.Equal(ids[1], await Catalogue.CommitAsync(Manifest(2), "key-2", "run-2", default));
        Assert.Equal(ids[1], await Catalogue.CommitAsync(Manifest(2), "key-2", "later", default));

        Assert.Equal(ids, (await Catalogue.VersionsAsync("films", default)).Select(v => v.Version));
    }

    [Fact]
    public async Task A_version_whose_input_is_put_back_is_the_head_again()
    {
        var ids = await CommitAsync(2);

        await Catalogue.CommitAsync(Manifest(1), "key-1", "later", default);

        Assert.Equal([ids[0], ids[1], ids[0]], (await Catalogue.VersionsAsync("films", default)).Select(v => v.Version));
        Assert.Equal((3, ids[0]), ((await Catalogue.ShowAsync("films", "latest", default)).Entry.Number, (await Catalogue.ShowAsync("films", "3", default)).Entry.Version));
        Assert.Equal(3, (await Catalogue.ShowAsync("films", ids[0], default)).Entry.Number);
        Assert.Equal(1, (await Catalogue.ShowAsync("films", "1", default)).Entry.Number);
    }

    [Fact]
    public async Task A_version_is_found_by_id_start_number_and_latest()
    {
        var ids = await CommitAsync(12);

        foreach (var name in new[] { ids[1], ids[1][..10], "2" })
        {
            Assert.Equal(ids[1], (await Catalogue.ShowAsync("films", name, default)).Entry.Version);
        }

        var (entry, manifest) = await Catalogue.ShowAsync("films", "latest", default);
        Assert.Equal((12, ids[11], 12L), (entry.Number, manifest.Id(), manifest.Rows));
    }

    [Fact]
    public async Task An_unknown_version_is_refused_with_those_there_are()
    {
        var ids = await CommitAsync(2);

        var error = await Assert.ThrowsAsync<DataException>(() => Catalogue.ShowAsync("films", "7", default));

        Assert.Equal($"Version '7' of dataset 'films' does not exist. There are: 1 ({ids[0]}), 2 ({ids[1]}).", error.Message);
    }

    [Fact]
    public async Task An_ambiguous_start_is_refused()
    {
        // Of 300 ids two begin with the same two digits for certain.
        var ids = await CommitAsync(300);
        var start = ids.GroupBy(id => id[..4]).First(g => g.Count() > 1).Key;

        var error = await Assert.ThrowsAsync<DataException>(() => Catalogue.ShowAsync("films", start, default));

        Assert.StartsWith($"Version '{start}' of dataset 'films' is ambiguous. There are: 1 (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_dataset_is_refused_with_those_there_are()
    {
        var none = await Assert.ThrowsAsync<DataException>(() => Catalogue.ShowAsync("film", "latest", default));
        await CommitAsync(1);
        var one = await Assert.ThrowsAsync<DataException>(() => Catalogue.ShowAsync("film", "latest", default));

        Assert.Equal("Dataset 'film' does not exist. There are none yet: run a pipeline.", none.Message);
        Assert.Equal("Dataset 'film' does not exist. There are: films.", one.Message);
    }

    [Fact]
    public async Task A_run_key_finds_the_newest_version_made_under_it()
    {
        await CommitAsync(1);
        Assert.Null(await Catalogue.FindByRunKeyAsync("films", "other", default));
        Assert.Equal(Manifest(1).Id(), await Catalogue.FindByRunKeyAsync("films", "key-1", default));

        await Catalogue.CommitAsync(Manifest(5), "key-1", "replay", default);

        Assert.Equal(Manifest(5).Id(), await Catalogue.FindByRunKeyAsync("films", "key-1", default));
    }

    [Fact]
    public async Task A_commit_that_is_killed_at_any_write_loses_no_version_to_the_commits_after_it()
    {
        for (var diesAt = 1; diesAt <= 5; diesAt++)
        {
            foreach (var answersNever in new[] { false, true })
            {
                await using var rows = new MemoryLedger();
                await CatalogueOn(rows).CommitAsync(Manifest(1), "key-1", "run-1", default);
                var killed = await Record.ExceptionAsync(
                    () => CatalogueOn(new DiskLedger(rows, new Disk { DiesAt = diesAt, AnswersNever = answersNever })).CommitAsync(Manifest(2), "key-2", "run-2", default));

                // What a reader sees between the kill and the next commit: the head counts, listed or not.
                var head = Assert.Single(await CatalogueOn(rows).ListAsync(default).ToListAsync());
                Assert.Equal(head.Version, (await CatalogueOn(rows).ShowAsync("films", "latest", default)).Entry.Version);

                await CatalogueOn(rows).CommitAsync(Manifest(3), "key-3", "run-3", default);
                var versions = await CatalogueOn(rows).VersionsAsync("films", default);

                var isCommitted = head.Number == 2;
                Assert.Equal(isCommitted ? 3 : 2, versions.Count);
                Assert.Equal(Enumerable.Range(1, versions.Count), versions.Select(v => v.Number));
                Assert.Equal(versions.SkipLast(1).Select(v => v.Version), versions.Skip(1).Select(v => v.Parent));

                await CatalogueOn(rows).CommitAsync(Manifest(2), "key-2", "run-2", default);
                Assert.Equal(3, (await CatalogueOn(rows).VersionsAsync("films", default)).Count);
                Assert.NotNull(await CatalogueOn(rows).FindByRunKeyAsync("films", "key-2", default));
            }
        }
    }

    [Fact]
    public async Task Commits_at_once_get_different_numbers()
    {
        var ids = await Task.WhenAll(Enumerable.Range(1, 24).Select(i => Task.Run(() => Catalogue.CommitAsync(Manifest(i), $"key-{i}", $"run-{i}", default))));

        var versions = await Catalogue.VersionsAsync("films", default);
        Assert.Equal(ids.Distinct().Order(), versions.Select(v => v.Version).Order());
        Assert.Equal(Enumerable.Range(1, versions.Count), versions.Select(v => v.Number));
        Assert.Equal(versions.SkipLast(1).Select(v => v.Version), versions.Skip(1).Select(v => v.Parent));
    }

    [Fact]
    public void The_id_of_a_manifest_survives_its_bytes()
    {
        var manifest = Manifest(3) with { Rejected = new(StringComparer.Ordinal) { ["Zu"] = 1, ["a"] = 2, ["_b"] = 3, ["ä"] = 4, ["A\u00ad"] = 5, ["a-b"] = 6, ["ab"] = 7 } };

        Assert.Equal(manifest.Id(), DocumentJson.Parse<VersionManifest>(DocumentJson.Bytes(manifest)).Id());
    }

    [Fact]
    public void Lost_rows_stop_a_commit()
    {
        var error = Assert.Throws<InvalidOperationException>((Manifest(3) with { RowsRead = 9 }).CheckTotals);

        Assert.Equal("Dataset 'films': 9 rows were read, 3 are kept and 1 rejected; 5 are unaccounted for. Nothing was committed.", error.Message);
    }

    internal static VersionManifest Manifest(int rows) => new()
    {
        Dataset = "films",
        Schema = [new Field("n", ColumnType.Int64)],
        Rows = rows,
        RowsRead = rows + 1,
        Rejected = new(StringComparer.Ordinal) { ["negative"] = 1 },
        Files = [],
        Inputs = [new InputDigest("films.csv", 3, "00")],
        Pipeline = new PipelineDigest("Films", "hash", JsonDocument.Parse("""{"name":"F\u00e9 1e3","x":1.50}""").RootElement),
        Engine = MemoKey.Engine,
        Steps = [],
        QualityBefore = JsonDocument.Parse("""{"score":81.5}""").RootElement,
        QualityAfter = JsonDocument.Parse("""{"score":99}""").RootElement,
    };

    async Task<List<string>> CommitAsync(int count)
    {
        var ids = new List<string>();
        for (var i = 1; i <= count; i++)
        {
            ids.Add(await Catalogue.CommitAsync(Manifest(i), $"key-{i}", $"run-{i}", default));
        }

        return ids;
    }
}
