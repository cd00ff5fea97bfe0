using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Splits.Units;

/// <summary>What a split that keeps units whole knows of the rows beside their keys; parts that its options do not need are null.</summary>
sealed class SplitState(StratumNames? names, ShingleSets? texts, LabelSets? labels, RowVectors? vectors) : State
{
    public StratumNames? Names { get; } = names;

    public ShingleSets? Texts { get; } = texts;

    public LabelSets? Labels { get; } = labels;

    public RowVectors? Vectors { get; } = vectors;

    IEnumerable<State> Parts => new State?[] { Names, Texts, Labels, Vectors }.OfType<State>();

    public override void Merge(State other)
    {
        foreach (var (own, others) in Parts.Zip(((SplitState)other).Parts))
        {
            own.Merge(others);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        foreach (var part in Parts)
        {
            part.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        foreach (var part in Parts)
        {
            part.Read(reader);
        }
    }
}
