using System.Runtime.CompilerServices;
using Sluice.Connectors;

namespace Sluice.Repair;

/// <summary>One batch as rows to write.</summary>
public sealed class BatchRows(Batch batch) : DatasetRows
{
    public override Schema Schema => batch.Schema;

    public override long Rows => batch.Rows;

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.WaitAsync(cancellation);
        yield return batch;
    }
}
