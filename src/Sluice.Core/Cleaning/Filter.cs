using System.ComponentModel.DataAnnotations;
using Sluice.Expressions;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>What happens to a row whose condition is neither true nor false, because a value is missing.</summary>
public enum NullAction
{
    /// <summary>The row goes, as with WHERE in SQL.</summary>
    Drop,

    /// <summary>The row stays.</summary>
    Keep,
}

/// <summary>
/// Keeps the rows for which an SQL-like condition is true, for example <c>age >= 18 AND country IN ('DE', 'FR') AND email IS NOT NULL</c>. Missing values
/// are as in PostgreSQL. A row whose condition cannot be computed (division by zero, failed cast) is rejected as <c>expression_error</c>.
/// </summary>
[Step("filter")]
public sealed class Filter(Filter.Options options) : Step
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>
        /// Condition on the columns. Operators: = &lt;&gt; &lt; &lt;= &gt; &gt;= AND OR NOT IS [NOT] NULL, IS [NOT] DISTINCT FROM, [NOT] BETWEEN, IN, LIKE, ILIKE,
        /// ~ (regular expression), + - * / % ||. Text in 'single', column names with spaces in "double" quotes, DATE '2024-01-31'. Functions: lower, upper,
        /// trim, length, substring, starts_with, ends_with, contains, matches, abs, round, floor, ceil, sqrt, exp, ln, log10, year, month, day, coalesce, nullif, cast, try_cast, CASE.
        /// </summary>
        [Required]
        public string Condition { get; init; } = "";

        /// <summary>What happens to a row for which the condition is unknown because a value is missing: <c>drop</c> or <c>keep</c>. Default: drop.</summary>
        public NullAction OnNull { get; init; } = NullAction.Drop;

        /// <summary>Reason that rejected rows get. Default: filtered.</summary>
        [RegularExpression("^[a-z][a-z0-9_]{0,63}$")]
        public string Reason { get; init; } = "filtered";

        /// <summary>A condition that cannot be read is a problem of the file, found before any data is.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            string? problem = null;
            try
            {
                Expression.Parse(Condition);
            }
            catch (DataException error)
            {
                problem = error.Message;
            }

            return problem is null ? [] : [new ValidationResult(problem, [nameof(Condition)])];
        }
    }

    const string ErrorReason = "expression_error";

    readonly Expression condition = Expression.Parse(options.Condition);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        foreach (var problem in condition.Check(input, ColumnType.Boolean))
        {
            problems.Add("condition", problem);
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Union(condition.Columns).ToHashSet(StringComparer.Ordinal);

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = condition.Columns,
        Writes = StepEffects.Names([]),
        Filters = true,
        Cost = condition.Cost,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = condition.Evaluate(batch, ColumnType.Boolean);
        if (result.AllTrue)
        {
            return batch;
        }

        var keepsNull = options.OnNull == NullAction.Keep;
        int? filtered = null, failed = null;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (result.IsError(row))
            {
                failed ??= verdicts.Rule(ErrorReason, null, Severity.High, rejects: true);
                verdicts.Fail(failed.Value, row);
            }
            else if (!(result.IsTrue(row) ?? keepsNull))
            {
                filtered ??= verdicts.Rule(options.Reason, null, Severity.Low, rejects: true);
                verdicts.Fail(filtered.Value, row);
            }
        }

        return verdicts.Keep(batch);
    }
}
