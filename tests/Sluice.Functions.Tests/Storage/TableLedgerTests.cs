using System.Net;
using Azure.Data.Tables;
using Sluice.Functions.Storage;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Storage;

[Collection(AzuriteTests.Name)]
public sealed class TableLedgerTests : LedgerContract
{
    static readonly TableLedger.Options small = new() { PageSize = 50 };

    readonly string name = "test" + Guid.CreateVersion7().ToString("N");
    TableClient table = null!;

    protected override int ManyRows => 230;

    protected override async Task<Ledger> OpenAsync()
    {
        table = (await Azurite.SharedAsync()).Table(name);
        var ledger = new TableLedger(table, small);
        await ledger.CreateIfMissingAsync(default);
        return ledger;
    }

    [Fact]
    public async Task A_lost_answer_is_not_taken_for_another_writer()
    {
        var inserted = await (await WithAsync(FaultyHandler.LosesFirstAnswer(HttpMethod.Post))).InsertAsync("p", "r", "1", default);
        var replaced = await (await WithAsync(FaultyHandler.LosesFirstAnswer(HttpMethod.Put))).ReplaceAsync(inserted!, "2", default);

        Assert.Equal(replaced, await Ledger.GetAsync("p", "r", default));
        Assert.Null(await Ledger.ReplaceAsync(inserted!, "x", default));
    }

    [Fact]
    [Trait("Contract", "95")]
    public async Task An_empty_page_is_not_the_end()
    {
        await Ledger.InsertAsync("p", "a", "1", default);
        await Ledger.InsertAsync("p", "b", "2", default);
        var first = true;
        var ledger = await WithAsync(new FaultyHandler(async (request, send) =>
        {
            var answer = await send();
            if (first && request.Method == HttpMethod.Get)
            {
                first = false;
                answer.Content = new StringContent("""{"value":[]}""", System.Text.Encoding.UTF8, "application/json");
                answer.Headers.Add("x-ms-continuation-NextPartitionKey", "p");
                answer.Headers.Add("x-ms-continuation-NextRowKey", "a");
            }

            return answer;
        }));

        var rows = await ledger.ListAsync("p", null, default).ToListAsync();

        Assert.Equal(["a", "b"], rows.Select(row => row.Row));
    }

    [Fact]
    public async Task A_missing_table_is_not_an_absent_row()
    {
        var ledger = new TableLedger((await Azurite.SharedAsync()).Table("notmade"), small);
        var expected = $"The store in {ledger.Location} does not exist: status 404 TableNotFound. Create it, or correct its name in the settings.";

        foreach (var call in new Func<Task>[]
        {
            () => ledger.GetAsync("p", "r", default), () => ledger.InsertAsync("p", "r", "1", default),
            () => ledger.ReplaceAsync(new LedgerRow("p", "r", "1", "W/\"1\""), "2", default),
            () => ledger.ListAsync("p", null, default).ToListAsync().AsTask(),
        })
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<StoreException>(call)).Message);
        }
    }

    [Fact]
    public async Task A_busy_service_is_a_fault_that_passes()
    {
        var handler = FaultyHandler.Answers(HttpStatusCode.ServiceUnavailable, "ServerBusy");
        var ledger = await WithAsync(handler);

        var error = await Assert.ThrowsAsync<TransientException>(() => ledger.GetAsync("p", "r", default));

        Assert.Equal($"The store in {ledger.Location} is busy: status 503 ServerBusy.", error.Message);
        Assert.Equal(3, handler.Requests);
    }

    [Fact]
    public async Task A_row_of_something_else_is_refused()
    {
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Other"] = "x" });

        var error = await Assert.ThrowsAsync<DataException>(() => Ledger.GetAsync("p", "r", default));

        Assert.Equal(
            $"The row \"p\" / \"r\" in {Ledger.Location} has no property Json: it was written by something else. Remove it or choose another " +
            "table.", error.Message);
    }

    async Task<TableLedger> WithAsync(HttpMessageHandler handler) => new((await Azurite.SharedAsync()).Table(name, handler), small);
}
