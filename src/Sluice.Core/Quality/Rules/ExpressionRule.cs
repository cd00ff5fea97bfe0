using Sluice.Expressions;

namespace Sluice.Quality;

/// <summary>
/// A condition across the columns of a row, in the sandboxed language of the step filter. Rows for which it is unknown are not judged, as with CHECK in SQL;
/// a row for which it cannot be computed fails, because nobody can say that it holds.
/// </summary>
sealed class ExpressionRule(BusinessRule rule) : RowRule(rule)
{
    readonly Expression condition = Expression.Parse(rule.Expression!);

    protected override string Reason => Rule.Reason ?? "rule_violated";

    public override IEnumerable<string> Columns => condition.Columns;

    public IReadOnlyList<string> Problems(Schema schema) => condition.Check(schema, ColumnType.Boolean);

    public static (string Option, string Message)? ProblemOf(string? expression)
    {
        try
        {
            Expression.Parse(expression ?? "");
            return null;
        }
        catch (DataException error)
        {
            return ("expression", error.Message);
        }
    }

    protected override long Judge(Batch batch, Action<int> fails)
    {
        // Measured again after a pipeline a column may have another type, with which the condition means nothing.
        if (batch.Rows == 0 || condition.Check(batch.Schema, ColumnType.Boolean).Count > 0)
        {
            return 0;
        }

        var result = condition.Evaluate(batch, ColumnType.Boolean);
        long judged = 0;
        for (var row = 0; row < batch.Rows; row++)
        {
            var holds = !result.IsError(row) && (result.IsTrue(row) ?? true);
            judged += result.IsError(row) || result.IsTrue(row) is not null ? 1 : 0;
            if (!holds)
            {
                fails(row);
            }
        }

        return judged;
    }
}
