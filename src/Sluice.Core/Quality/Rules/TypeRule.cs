using Sluice.Cleaning;

namespace Sluice.Quality;

/// <summary>
/// Values of a declared type. A column that was read as another type is judged cell by cell by what its values could be: whole numbers in a column of decimals are integers,
/// and text is what it says. Counted in rows, of those with a value; severity high.
/// </summary>
sealed class TypeRule(BusinessRule rule) : RowRule(rule)
{
    readonly CellKinds kinds = new([]);

    protected override string Reason => "not_of_type";

    protected override long Judge(Batch batch, Action<int> fails)
    {
        var column = batch[Rule.Column!];
        var isSound = IsSound(column.Type);
        long judged = 0;
        for (var row = 0; row < column.Rows; row++)
        {
            if (!MissingCells.IsMissing(column, row))
            {
                judged++;
                if (!isSound && !Fits(column, row))
                {
                    fails(row);
                }
            }
        }

        return judged;
    }

    /// <summary>Whether every value of a column of this type is of the declared one.</summary>
    bool IsSound(ColumnType type) => (Rule.ValueType!.Value, type) switch
    {
        (ValueType.String, _) => true,
        (ValueType.Integer, ColumnType.Int64) => true,
        (ValueType.Decimal or ValueType.Float, ColumnType.Int64 or ColumnType.Float64) => true,
        (ValueType.Boolean, ColumnType.Boolean) => true,
        (ValueType.Date or ValueType.Datetime, ColumnType.Date) => true,
        (ValueType.Datetime, ColumnType.Timestamp) => true,
        _ => false,
    };

    bool Fits(Column column, int row) => (Rule.ValueType!.Value, column) switch
    {
        (ValueType.Integer, ValueColumn<double> numbers) => double.IsInteger(numbers.Values[row]),
        (ValueType.Boolean, ValueColumn<long> { Type: ColumnType.Int64 } numbers) => numbers.Values[row] is 0 or 1,
        (var wanted, TextColumn text) => kinds.Of(text[row]) switch
        {
            CellKind.Bit => wanted is ValueType.Integer or ValueType.Decimal or ValueType.Float or ValueType.Boolean,
            CellKind.Integer or CellKind.LongInteger or CellKind.Code => wanted is ValueType.Integer or ValueType.Decimal or ValueType.Float,
            CellKind.Decimal => wanted is ValueType.Decimal or ValueType.Float,
            CellKind.True or CellKind.False => wanted == ValueType.Boolean,
            CellKind.Date => wanted is ValueType.Date or ValueType.Datetime,
            CellKind.Timestamp => wanted == ValueType.Datetime,
            _ => false,
        },
        _ => false,
    };
}
