using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class MemoryLedgerTests : LedgerContract
{
    protected override Task<Ledger> OpenAsync() => Task.FromResult<Ledger>(new MemoryLedger());
}
