using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Embedding;
using Sluice.Splits;
using Sluice.Storage;

namespace Sluice.Core.Tests.Splits;

/// <summary>Checks a split again from some rows, in batches.</summary>
static class Audits
{
    public static async Task<SplitAuditReport> OfAsync(Split.Options options, SplitReport report, Batch rows)
    {
        var audit = new SplitAudit(options, report);
        var vectors = new VectorStore(new MemoryStore());
        foreach (var part in StepRunner.Cut(rows, 130))
        {
            await audit.AddAsync(part, vectors, CancellationToken.None);
        }

        return audit.Finish(CancellationToken.None);
    }
}
