using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Columns that must be there. Counted in columns; severity critical.</summary>
sealed class MissingColumns(IReadOnlyList<string> required) : Check
{
    public const string Reason = "missing_column";

    public override IReadOnlyList<string> Reasons => [Reason];

    public override CheckFit Fit(Seen seen) =>
        new([new CheckResult(Reason, null, Severity.Critical, required.Count(c => !seen.Schema.Has(c)), required.Count, "columns")]);
}
