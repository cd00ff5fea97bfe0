using Sluice.Cleaning;

namespace Sluice.Quality;

/// <summary>A value in every row.</summary>
sealed class NotNullRule(BusinessRule rule) : RowRule(rule)
{
    protected override string Reason => "missing_required";

    protected override long Judge(Batch batch, Action<int> fails)
    {
        MissingCells.Rows(batch[Rule.Column!]).ForEach(fails);
        return batch.Rows;
    }
}
