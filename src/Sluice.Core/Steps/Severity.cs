namespace Sluice.Steps;

/// <summary>How bad a failed rule is; the weight of each in the quality score is 1.0, 0.7, 0.4, 0.1.</summary>
public enum Severity
{
    /// <summary>Minor suggestions. Weight 0.1.</summary>
    Low,

    /// <summary>Format issues. Weight 0.4.</summary>
    Medium,

    /// <summary>Major inconsistencies. Weight 0.7.</summary>
    High,

    /// <summary>Data corruption, exposed personal data. Weight 1.0.</summary>
    Critical,
}

/// <summary>Why a row was rejected or flagged. Stored in evidence, so renaming one is a breaking change.</summary>
/// <param name="Reason">snake_case, for example <c>out_of_range</c>.</param>
/// <param name="Column">Column concerned, or null for the whole row.</param>
/// <param name="Severity">Weight in the quality score.</param>
/// <param name="Rejects">Whether the row is taken out of the dataset.</param>
public sealed record Rule(string Reason, string? Column, Severity Severity, bool Rejects)
{
    /// <summary>The exact error, where a reason alone does not say enough; null mostly.</summary>
    public string? Detail { get; init; }
}
