using System.Reflection;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Puts a <see cref="Check"/> among the checks of <c>quality_validation</c>: a file with this attribute is all that a new check needs.</summary>
/// <param name="name">Its name under <c>checks</c>. Stored by users, so renaming is breaking.</param>
/// <param name="number">Its place among the ten checks; reports list them in this order.</param>
[AttributeUsage(AttributeTargets.Class)]
sealed class CheckAttribute(string name, int number) : Attribute
{
    public string Name { get; } = name;

    public int Number { get; } = number;
}

/// <summary>
/// One check: observe → merge → fit → apply, as a step. Column statistics are shared (<see cref="Seen.Columns"/>): a check has a state of its own only for
/// what they do not tell. What it counts and what it marks must agree, cell for cell, whatever the batches.
/// </summary>
abstract class Check
{
    /// <summary>Reasons of its results and of its evidence. Stored, so renaming one is breaking.</summary>
    public abstract IReadOnlyList<string> Reasons { get; }

    /// <summary>Columns that its options name; it must do without those that are gone when the rows are measured again after a pipeline.</summary>
    public virtual IEnumerable<string> Columns => [];

    /// <summary>An empty state, or null when the shared statistics are enough.</summary>
    public virtual State? NewState(Schema schema) => null;

    public virtual void Observe(Batch batch, State state)
    {
    }

    /// <summary>Whether <see cref="Keys"/> and <see cref="Decide"/> are used.</summary>
    public virtual bool IsKeyed => false;

    /// <summary>One key per row; <see cref="KeyColumns.None"/> for rows that are not judged.</summary>
    /// <param name="batch">Rows.</param>
    /// <param name="family">Seed of the hashes, so that the keys of two checks never meet.</param>
    public virtual RowKey[] Keys(Batch batch, ulong family) => [];

    /// <summary>Walks the rows in order of its keys and marks those that fail; what it returns is <see cref="Seen.Decided"/>.</summary>
    public virtual object? Decide(KeyedRows rows, Action<KeyedRow> mark) => null;

    /// <summary>What it found in all rows, each result with its own denominator, and what <see cref="Apply"/> needs to know.</summary>
    public abstract CheckFit Fit(Seen seen);

    /// <summary>Marks every failing row in the verdicts of one batch.</summary>
    public virtual void Apply(Judged judged)
    {
    }

    /// <summary>What a person could do about its findings.</summary>
    public virtual IEnumerable<Suggestion> Suggest(QualityReport report) => [];

    /// <summary>Every check there is, in order.</summary>
    public static IReadOnlyList<(string Name, Type Type)> All { get; } =
    [
        .. typeof(Check).Assembly.GetTypes()
            .Select(type => (Type: type, About: type.GetCustomAttribute<CheckAttribute>()))
            .Where(found => found.About is not null)
            .OrderBy(found => found.About!.Number).ThenBy(found => found.About!.Name, StringComparer.Ordinal)
            .Select(found => (found.About!.Name, found.Type)),
    ];

    /// <summary>The checks with these names (<c>all</c>: every one), in order; unknown names are left out, <see cref="QualityValidation.Plan"/> reports them.</summary>
    public static IEnumerable<Check> Of(QualityValidation.Options options) =>
        from check in All
        where options.Checks.Contains(check.Name) || options.Checks.Contains(AllName)
        let takesOptions = check.Type.GetConstructors()[0].GetParameters().Length > 0
        select (Check)Activator.CreateInstance(check.Type, takesOptions ? [options] : null)!;

    public const string AllName = "all";
}

/// <summary>All rows, as a check sees them when it is fitted.</summary>
/// <param name="Schema">Columns.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Statistics of each column.</param>
/// <param name="Types">Types that text columns should have.</param>
/// <param name="State">The check's own state, or null.</param>
/// <param name="Decided">What its <see cref="Check.Decide"/> returned, or null.</param>
/// <param name="Earlier">The same look at the version before; null without one, or when no rule asks for it.</param>
sealed record Seen(
    Schema Schema, long Rows, IReadOnlyList<ColumnState> Columns, IReadOnlyList<ColumnKind> Types, State? State, object? Decided, EarlierReport? Earlier)
{
    /// <summary>Whether a text column is one of dates or times.</summary>
    public bool IsTime(string column) => Types.FirstOrDefault(t => t.Column == column)?.Type is ColumnType.Date or ColumnType.Timestamp;
}

/// <summary>What a check found.</summary>
/// <param name="Results">Counts, each with its denominator.</param>
/// <param name="Learned">What Apply depends on; null when nothing. A batch is judged again only when it changes, so no counts.</param>
/// <param name="MissingPatterns">Columns that are missing together; null from all checks but one.</param>
sealed record CheckFit(IReadOnlyList<CheckResult> Results, object? Learned = null, IReadOnlyList<MissingPattern>? MissingPatterns = null)
{
    /// <summary>What a reader should know beside the counts.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What a later table can be compared with; null from all checks but one.</summary>
    public Distributions? Distributions { get; init; }
}

/// <summary>The report on an earlier version.</summary>
sealed record EarlierReport(string Version, QualityReport Report);

/// <summary>One batch to be judged.</summary>
/// <param name="batch">Its rows.</param>
/// <param name="report">What was found in all rows.</param>
/// <param name="learned">What the check learned.</param>
/// <param name="decisions">One byte per row; empty without keyed checks.</param>
/// <param name="bit">The check's bit in them.</param>
/// <param name="rejects">Whether rows that fail a business rule are taken out.</param>
/// <param name="verdicts">Gets the failures.</param>
readonly ref struct Judged(
    Batch batch, QualityReport report, System.Text.Json.JsonElement? learned, ReadOnlySpan<byte> decisions, byte bit, bool rejects, Verdicts verdicts)
{
    readonly ReadOnlySpan<byte> decisions = decisions;

    public Batch Batch { get; } = batch;

    public QualityReport Report { get; } = report;

    public bool Rejects { get; } = rejects;

    public Verdicts Verdicts { get; } = verdicts;

    public T? Learned<T>()
        where T : class => learned is { } json ? System.Text.Json.JsonSerializer.Deserialize<T>(json, StepJson.Options) : null;

    /// <summary>Fails the rows of one column; nothing is recorded for an empty list.</summary>
    public void Fail(string reason, string? column, Severity severity, IReadOnlyList<int> rows)
    {
        if (rows.Count > 0)
        {
            var rule = Verdicts.Rule(reason, column, severity);
            foreach (var row in rows)
            {
                Verdicts.Fail(rule, row);
            }
        }
    }

    /// <summary>Whether the check marked the row in its walk over the keys.</summary>
    public bool IsMarked(int row) => row < decisions.Length && (decisions[row] & bit) != 0;

    /// <summary>Fails the rows that the check marked in its walk over the keys.</summary>
    public void FailMarked(string reason, string? column, Severity severity, bool rejects)
    {
        var rule = -1;
        for (var row = 0; row < decisions.Length; row++)
        {
            if ((decisions[row] & bit) != 0)
            {
                rule = rule < 0 ? Verdicts.Rule(reason, column, severity, rejects) : rule;
                Verdicts.Fail(rule, row);
            }
        }
    }
}
