using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class SqliteLedgerTests : LedgerContract, IDisposable
{
    readonly TemporaryFolder folder = new();

    string File => folder.File("ledger.db");

    public void Dispose() => folder.Dispose();

    protected override Task<Ledger> OpenAsync() => Task.FromResult<Ledger>(new SqliteLedger(File));

    [Fact]
    public async Task A_restarted_ledger_shows_everything_with_the_same_etags()
    {
        var first = await Ledger.InsertAsync("p", "a", "1", default);
        var second = await Ledger.InsertAsync("p", "b", "2", default);
        await Ledger.DisposeAsync();

        await using var reopened = new SqliteLedger(File);

        Assert.Equal([first!, second!], await reopened.ListAsync("p", null, default).ToListAsync());
        Assert.NotNull(await reopened.ReplaceAsync(second!, "3", default));
    }

    [Fact]
    public async Task Two_ledgers_on_one_file_see_each_other()
    {
        await using var other = new SqliteLedger(File, new SqliteLedger.Options { Fsync = true });
        var row = await Ledger.InsertAsync("p", "r", "1", default);

        var replaced = await other.ReplaceAsync(row!, "2", default);

        Assert.Null(await Ledger.ReplaceAsync(row!, "x", default));
        Assert.Equal(replaced, await Ledger.GetAsync("p", "r", default));
    }

    [Fact]
    public async Task Increments_through_two_connections_lose_none()
    {
        await using var other = new SqliteLedger(File);
        await Ledger.InsertAsync("p", "counter", "0", default);

        await Race.RunAsync(2, async writer =>
        {
            var ledger = writer == 0 ? Ledger : other;
            for (var done = 0; done < 100;)
            {
                var row = await ledger.GetAsync("p", "counter", default);
                done += await ledger.ReplaceAsync(row!, $"{int.Parse(row!.Json) + 1}", default) is not null ? 1 : 0;
            }

            return true;
        });

        Assert.Equal("200", (await Ledger.GetAsync("p", "counter", default))!.Json);
    }

    [Fact]
    public async Task A_ledger_that_another_holds_says_so_and_works_afterwards()
    {
        using var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        holder.Open();
        await using var impatient = new SqliteLedger(File, new SqliteLedger.Options { LockTimeout = TimeSpan.FromMilliseconds(50) });
        StoreException error;
        using (holder.BeginTransaction(deferred: false))
        {
            error = await Assert.ThrowsAsync<StoreException>(() => impatient.InsertAsync("p", "r", "1", default));
        }

        Assert.Equal($"The ledger in file \"{File}\" is locked by another process. Wait for it to finish, or stop it, and run again.", error.Message);
        Assert.NotNull(await impatient.InsertAsync("p", "r", "1", default));
    }

    [Fact]
    public async Task A_file_that_is_no_ledger_is_refused_and_kept()
    {
        var other = folder.File("notes.txt");
        var text = string.Concat(Enumerable.Repeat("These are notes, not a database. ", 100));
        await System.IO.File.WriteAllTextAsync(other, text);

        var error = Assert.Throws<StoreException>(() => new SqliteLedger(other));

        Assert.StartsWith($"The ledger in file \"{other}\" is damaged or not a ledger (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Restore it from a copy, or choose another store.", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(other));
    }

    [Fact]
    public void A_path_that_is_a_folder_is_refused()
    {
        var error = Assert.Throws<StoreException>(() => new SqliteLedger(folder.Path));

        Assert.StartsWith($"The ledger in file \"{folder.Path}\" cannot be read or written (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_is_made()
    {
        await using var ledger = new SqliteLedger(folder.File("a/b/ledger.db"));

        Assert.NotNull(await ledger.InsertAsync("p", "r", "1", default));
    }
}
