using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>The labels of a table, and a sample of its different rows with their copies.</summary>
abstract class LabelSample(int maxRows, int maxClasses) : State
{
    // Cells of the sample: 16 MiB, however wide the table is.
    const long MaxCells = 2 << 20;

    public LabelNames Labels { get; } = new(maxClasses);

    public RowSample Sample { get; } = new(maxRows, MaxCells);

    public override void Merge(State other)
    {
        Labels.Merge(((LabelSample)other).Labels);
        Sample.Merge(((LabelSample)other).Sample);
    }

    public override void Write(BinaryWriter writer)
    {
        Labels.Write(writer);
        Sample.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Labels.Read(reader);
        Sample.Read(reader);
    }
}
