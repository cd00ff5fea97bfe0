namespace Sluice.Steps;

/// <summary>One state per column, by name. Columns appear as batches bring them, so a state does not need to know the types beforehand.</summary>
public sealed class ColumnStates<T>(Func<T> create) : State
    where T : State
{
    readonly SortedDictionary<string, T> columns = new(StringComparer.Ordinal);

    /// <summary>Names with a state, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => columns.Keys;

    /// <summary>The state of a column; an empty one when it is new.</summary>
    public T this[string column]
    {
        get
        {
            if (!columns.TryGetValue(column, out var state))
            {
                columns[column] = state = create();
            }

            return state;
        }
    }

    public override void Merge(State other)
    {
        foreach (var (name, state) in ((ColumnStates<T>)other).columns)
        {
            this[name].Merge(state);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(columns.Count);
        foreach (var (name, state) in columns)
        {
            writer.Write(name);
            state.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            this[reader.ReadString()].Read(reader);
        }
    }
}
