using Sluice.Schemas;

namespace Sluice.Steps;

/// <summary>
/// The rows that a step learns from: those of one set, where a column says which set each row is in; all rows where there is no such column.
/// What is learned from rows that a model is tested on would make the test too good.
/// </summary>
/// <param name="Column">Text column with the name of each row's set; empty: all rows are learned from.</param>
/// <param name="Set">The set to learn from.</param>
public sealed record TrainSet(string Column, string Set)
{
    /// <summary>Every row, whatever columns there are.</summary>
    public static TrainSet All { get; } = new("", "");

    /// <summary>What the step calls the option with the column.</summary>
    public string ColumnOption { get; init; } = "split_column";

    /// <summary>What the step calls the option with the set.</summary>
    public string SetOption { get; init; } = "fit_on";

    readonly byte[] name = System.Text.Encoding.UTF8.GetBytes(Set);

    public bool IsIn(Schema schema) => Column.Length > 0 && schema.Has(Column);

    /// <summary>Reports a column of that name which cannot hold names of sets.</summary>
    public void Plan(Schema input, StepProblems problems)
    {
        if (IsIn(input) && input[Column] is var field && field.Type != ColumnType.Text && !Unify.IsOpen(field))
        {
            problems.Add(
                "split_column",
                $"Column '{Column}' is {field.Type.ToString().ToLowerInvariant()}; expected text with the name of each row's set. "
                + "Name the column of the split, or give split_column: '' to learn from all rows.");
        }
    }

    /// <summary>The given columns, and the one that says which rows are learned from.</summary>
    public HashSet<string> With(IEnumerable<string> columns, Schema schema)
    {
        var names = columns.ToHashSet(StringComparer.Ordinal);
        if (IsIn(schema))
        {
            names.Add(Column);
        }

        return names;
    }

    /// <summary>Which rows are learned from; null = all.</summary>
    public bool[]? Mask(Batch batch)
    {
        if (!IsIn(batch.Schema))
        {
            return null;
        }

        var mask = new bool[batch.Rows];
        if (batch[Column] is TextColumn sets)
        {
            for (var row = 0; row < mask.Length; row++)
            {
                mask[row] = !sets.IsNull(row) && sets[row].SequenceEqual(name);
            }
        }

        return mask;
    }

    /// <summary>The rows that are learned from.</summary>
    public Batch Of(Batch batch)
    {
        if (Mask(batch) is not { } mask || !mask.Contains(false))
        {
            return batch;
        }

        var rows = new List<int>(batch.Rows);
        for (var row = 0; row < mask.Length; row++)
        {
            if (mask[row])
            {
                rows.Add(row);
            }
        }

        return batch.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
    }
}

/// <summary>What a step saw of the rows it learns from, and how many there were.</summary>
public sealed class TrainState<T>(T seen) : State
    where T : State
{
    long rows, training;

    public T Seen { get; } = seen;

    /// <summary>Keeps count; gives the rows to look at.</summary>
    public Batch Add(Batch batch, TrainSet set)
    {
        var train = set.Of(batch);
        rows += batch.Rows;
        training += train.Rows;
        return train;
    }

    /// <param name="set">The rows to learn from.</param>
    /// <param name="step">The step that learns, for the message.</param>
    /// <exception cref="DataException">There are rows, and none of the set.</exception>
    public void Require(TrainSet set, string step)
    {
        if (rows > 0 && training == 0)
        {
            throw new DataException(
                $"{step} has nothing to learn from: none of {rows:N0} rows has '{set.Set}' in column '{set.Column}'. "
                + "Set fit_on to the name of the training set, or split_column to the column of the split.");
        }
    }

    public override void Merge(State other)
    {
        var theirs = (TrainState<T>)other;
        rows += theirs.rows;
        training += theirs.training;
        Seen.Merge(theirs.Seen);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(rows);
        writer.Write(training);
        Seen.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        rows = reader.ReadInt64();
        training = reader.ReadInt64();
        Seen.Read(reader);
    }
}
