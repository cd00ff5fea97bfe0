using System.ComponentModel.DataAnnotations;
using Sluice.Expressions;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>What happens to a row whose value cannot be computed.</summary>
public enum ExpressionErrorAction
{
    /// <summary>The value is missing.</summary>
    Missing,

    /// <summary>The row is rejected.</summary>
    Reject,
}

/// <summary>
/// Adds columns that are computed from the others of the row, in the expression language of <c>filter</c>: <c>price * quantity</c>, <c>ln(income)</c>,
/// <c>amount * 1.08</c>, <c>CASE WHEN age &lt; 18 THEN 'minor' ELSE 'adult' END</c>. A value that cannot be computed (division by zero, a failed cast) is evidence
/// with the reason <c>expression_error</c>.
/// </summary>
[Step("derive_columns", Aliases = ["derive"])]
public sealed class DeriveColumns(DeriveColumns.Options options) : Step
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>
        /// Expression of each new column, by its name; a column of that name is replaced. All are computed from the columns that come in, so one cannot use
        /// another's result: use two steps for that.
        /// </summary>
        [MinLength(1)]
        public required IReadOnlyDictionary<string, string> Columns { get; init; }

        /// <summary>A value that cannot be computed: <c>missing</c>, or <c>reject</c> for the row to go. Default: missing.</summary>
        public ExpressionErrorAction OnError { get; init; } = ExpressionErrorAction.Missing;

        /// <summary>An expression that cannot be read is a problem of the file, found before any data is.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            foreach (var (name, text) in Columns)
            {
                var problem = name.Trim().Length == 0 ? "A column has no name." : Problem(text) is { } wrong ? $"Column '{name}': {wrong}" : null;
                if (problem is not null)
                {
                    yield return new ValidationResult(problem, [nameof(Columns)]);
                }
            }
        }

        static string? Problem(string text)
        {
            try
            {
                Expression.Parse(text);
                return null;
            }
            catch (DataException error)
            {
                return error.Message;
            }
        }
    }

    // In the order of their names: a mapping has no order.
    readonly (string Name, Expression Expression)[] columns =
        [.. options.Columns.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, Expression.Parse(c.Value)))];

    public override Schema Plan(Schema input, StepProblems problems)
    {
        var result = input;
        foreach (var (name, expression) in columns)
        {
            foreach (var problem in expression.Check(input))
            {
                problems.Add($"columns.{name}", problem);
            }

            result = result.With(Output(input, name, expression));
        }

        return result;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        FeatureColumns.Needs(input, wanted, columns.SelectMany(c => c.Expression.Columns));

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(columns.SelectMany(c => c.Expression.Columns)),
        Writes = StepEffects.Names(options.Columns.Keys),
        KeepsRows = options.OnError == ExpressionErrorAction.Missing || columns.All(c => c.Expression.NeverFails),
        Silent = columns.All(c => c.Expression.NeverFails),
        Cost = columns.Sum(c => c.Expression.Cost),
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var (name, expression) in columns)
        {
            var output = Output(batch.Schema, name, expression);
            var values = expression.Evaluate(batch, output.Type);
            int? rule = null;
            for (var row = 0; row < batch.Rows; row++)
            {
                if (values.IsError(row))
                {
                    rule ??= verdicts.Rule("expression_error", name, Severity.Medium, rejects: options.OnError == ExpressionErrorAction.Reject);
                    verdicts.Fail(rule.Value, row);
                }
            }

            result = result.With(output, values.ToColumn());
        }

        return verdicts.Keep(result);
    }

    static Field Output(Schema schema, string name, Expression expression) =>
        expression.FinalTypeOf(schema) is { } type ? new Field(name, type) : new Field(name, ColumnType.Text, true, Unify.Fitted);
}
