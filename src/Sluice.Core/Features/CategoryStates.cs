using Sluice.Steps;

namespace Sluice.Features;

/// <summary>A state for each different value, up to <c>cap</c>; past that it knows only that there are more, whatever came first.</summary>
sealed class CategoryStates<T>(int cap, Func<T> create) : State
    where T : State
{
    ByteTable table = new();
    List<T> states = [];

    /// <summary>Bytes that a value may have: a longer one is free text, not a category.</summary>
    public const int MaxBytes = 1024;

    /// <summary>There are more than <c>cap</c> values, or a longer one than <see cref="MaxBytes"/>.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The state of a value; null when there are too many values.</summary>
    public T? Of(ReadOnlySpan<byte> value)
    {
        if (IsOver || value.Length > MaxBytes)
        {
            Overflow();
            return null;
        }

        var number = table.Add(value);
        if (number == cap)
        {
            Overflow();
            return null;
        }

        if (number == states.Count)
        {
            states.Add(create());
        }

        return states[number];
    }

    /// <summary>All, in the order of the bytes of their values.</summary>
    public IEnumerable<(byte[] Value, T State)> InOrder() => table.InOrder().Select(number => (table[number], states[number]));

    public override void Merge(State other)
    {
        var theirs = (CategoryStates<T>)other;
        if (theirs.IsOver)
        {
            Overflow();
        }

        foreach (var (value, state) in theirs.InOrder())
        {
            Of(value)?.Merge(state);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(IsOver);
        writer.Write7BitEncodedInt(states.Count);
        foreach (var (value, state) in InOrder())
        {
            writer.Write7BitEncodedInt(value.Length);
            writer.Write(value);
            state.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        IsOver = reader.ReadBoolean();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var value = reader.ReadBytes(reader.Read7BitEncodedInt());
            var state = create();
            state.Read(reader);
            table.Add(value);
            states.Add(state);
        }
    }

    void Overflow() => (IsOver, table, states) = (true, new ByteTable(), []);
}
