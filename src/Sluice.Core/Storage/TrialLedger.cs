namespace Sluice.Storage;

/// <summary>A ledger whose rows about some datasets are in memory: a run on it commits versions of them that nobody else sees. All else, such as what was spent, is in the ledger behind it.</summary>
sealed class TrialLedger(Ledger behind, IReadOnlySet<string> datasets) : Ledger
{
    readonly MemoryLedger memory = new();

    public override string Location => behind.Location;

    public override Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation) => Of(partition, row).GetAsync(partition, row, cancellation);

    public override Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation) =>
        Of(partition, row).InsertAsync(partition, row, json, cancellation);

    public override Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation) => Of(row.Partition, row.Row).ReplaceAsync(row, json, cancellation);

    public override IAsyncEnumerable<LedgerRow> ListAsync(string partition, string? rowPrefix, CancellationToken cancellation) =>
        Of(partition, "").ListAsync(partition, rowPrefix, cancellation);

    public override Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation) => Of(row.Partition, row.Row).DeleteAsync(row, cancellation);

    Ledger Of(string partition, string row) => datasets.Contains(DatasetOf(partition, row)) ? memory : behind;

    static string DatasetOf(string partition, string row) => partition.Split(':', 2) switch
    {
        ["datasets" or "dataset-records"] => row,
        ["versions" or "runs", var dataset] => dataset,
        _ => "",
    };
}
