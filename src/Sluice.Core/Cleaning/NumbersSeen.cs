using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Columns of numbers: those of the training rows in full, and of all rows how far they reach.</summary>
sealed class NumbersSeen : State
{
    public TrainState<ColumnStates<NumberSummary>> Training { get; } = new(new ColumnStates<NumberSummary>(() => new NumberSummary()));

    public ColumnStates<Extent> All { get; } = new(() => new Extent());

    public void Add(Batch batch, TrainSet train, IReadOnlyList<string> columns)
    {
        var rows = Training.Add(batch, train);
        foreach (var name in columns)
        {
            Training.Seen[name].Add(Numbers.Of(rows[name]));
            All[name].Add(Numbers.Of(batch[name]));
        }
    }

    public override void Merge(State other)
    {
        var theirs = (NumbersSeen)other;
        Training.Merge(theirs.Training);
        All.Merge(theirs.All);
    }

    public override void Write(BinaryWriter writer)
    {
        Training.Write(writer);
        All.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Training.Read(reader);
        All.Read(reader);
    }
}

/// <summary>The least and the greatest of some numbers; without any, the least is above the greatest.</summary>
sealed class Extent : State
{
    public double Least { get; private set; } = double.PositiveInfinity;

    public double Greatest { get; private set; } = double.NegativeInfinity;

    public void Add(ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            // NaN is missing and compares as neither.
            Least = number < Least ? number : Least;
            Greatest = number > Greatest ? number : Greatest;
        }
    }

    public override void Merge(State other)
    {
        var theirs = (Extent)other;
        (Least, Greatest) = (Math.Min(Least, theirs.Least), Math.Max(Greatest, theirs.Greatest));
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Least);
        writer.Write(Greatest);
    }

    public override void Read(BinaryReader reader) => (Least, Greatest) = (reader.ReadDouble(), reader.ReadDouble());
}
