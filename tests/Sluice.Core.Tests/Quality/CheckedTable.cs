using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Quality;

/// <summary>What quality_validation says of a table.</summary>
static class CheckedTable
{
    public static QualityReport Report(QualityValidation step, params Batch[] parts) => Report(StepRunner.Run(step, parts));

    public static QualityReport Report(StepRun run) => new Fitted(run.Json).As<QualityReport>();

    /// <summary>The report, and the rows that fail for this reason, or for any.</summary>
    public static (QualityReport Report, List<int> Rows) Failing(QualityValidation.Options options, Batch table, string? reason = null)
    {
        var run = StepRunner.Run(new QualityValidation(options), table);
        var verdicts = run.Verdicts[0];
        return (Report(run), [.. verdicts.Rules.Index().Where(r => reason is null || r.Item.Reason == reason).SelectMany(r => verdicts.Failing(r.Index)).Order()]);
    }
}
