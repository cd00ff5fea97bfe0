namespace Sluice.Repair;

/// <summary>Whether a cell that a step changed can have its old value back.</summary>
public enum UndoState
{
    /// <summary>It holds what the step put there.</summary>
    Undoable,

    /// <summary>It holds the old value already.</summary>
    AsBefore,

    /// <summary>A later step changed it again: to put the old value back would undo that step too.</summary>
    ChangedSince,

    /// <summary>The column has another type than before, which the old value need not fit.</summary>
    OtherType,

    /// <summary>A later step took the column away.</summary>
    ColumnGone,

    /// <summary>A later step took the row out.</summary>
    RowGone,
}

/// <summary>Rows as they were before and after some steps, one for one with the rows that are there now.</summary>
/// <param name="Before">Before the first of the steps.</param>
/// <param name="After">After the last of them.</param>
sealed record StepCells(Batch Before, Batch After)
{
    /// <summary>Columns that were there before and after.</summary>
    public IEnumerable<string> Columns => After.Schema.Select(f => f.Name).Where(Before.Schema.Has);

    /// <summary>Rows in which the steps changed this column.</summary>
    public List<int> Changed(string name) => Different(Before[name], After[name]);

    /// <summary>The same rows, each with what an undo would come to.</summary>
    public IEnumerable<(int Row, UndoState State)> Judge(string name, Batch now)
    {
        var changed = Changed(name);
        if (changed.Count == 0)
        {
            return [];
        }

        if (!now.Schema.Has(name))
        {
            return changed.Select(row => (row, UndoState.ColumnGone));
        }

        if (now[name].Type != Before[name].Type)
        {
            return changed.Select(row => (row, UndoState.OtherType));
        }

        var (again, still) = (Different(After[name], now[name]).ToHashSet(), Different(Before[name], now[name]).ToHashSet());
        return changed.Select(row => (row, !again.Contains(row) ? UndoState.Undoable : still.Contains(row) ? UndoState.ChangedSince : UndoState.AsBefore));
    }

    static List<int> Different(Column left, Column right)
    {
        var different = new List<int>();
        if (ReferenceEquals(left, right))
        {
            return different;
        }

        if (left.Type == right.Type)
        {
            var (one, other) = (RowHash.Rows([left], left.Rows), RowHash.Rows([right], right.Rows));
            different.AddRange(Enumerable.Range(0, left.Rows).Where(row => one[row] != other[row]));
            return different;
        }

        // Another type alone is no other value: the text 5 and the number 5 are written alike.
        different.AddRange(Enumerable.Range(0, left.Rows).Where(row => left.IsNull(row) != right.IsNull(row) || left.Display(row) != right.Display(row)));
        return different;
    }
}
