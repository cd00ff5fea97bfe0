using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>What was decided of a pair of contents.</summary>
readonly record struct PairFact(double Score, bool IsSame, bool IsSaid, bool? Sampled);

/// <summary>The different rows of a table and all decided pairs of them.</summary>
sealed class EntityState(Schema schema, int maxRows) : State
{
    readonly SortedDictionary<(RowKey First, RowKey Other), PairFact> pairs = [];

    public RowTexts Texts { get; } = new(schema, maxRows);

    public IReadOnlyDictionary<(RowKey First, RowKey Other), PairFact> Pairs => pairs;

    public void Add(RowKey first, RowKey other, PairFact fact) => pairs[(first, other)] = fact;

    public override void Merge(State other)
    {
        var theirs = (EntityState)other;
        Texts.Merge(theirs.Texts);
        foreach (var (pair, fact) in theirs.pairs)
        {
            pairs[pair] = fact;
        }
    }

    public override void Write(BinaryWriter writer)
    {
        Texts.Write(writer);
        writer.Write(pairs.Count);
        foreach (var ((first, other), fact) in pairs)
        {
            foreach (var part in (ReadOnlySpan<ulong>)[first.High, first.Low, other.High, other.Low])
            {
                writer.Write(part);
            }

            writer.Write(fact.Score);
            writer.Write(fact.IsSame);
            writer.Write(fact.IsSaid);
            writer.Write((byte)(fact.Sampled is null ? 0 : fact.Sampled.Value ? 2 : 1));
        }
    }

    public override void Read(BinaryReader reader)
    {
        Texts.Read(reader);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var pair = (new RowKey(reader.ReadUInt64(), reader.ReadUInt64()), new RowKey(reader.ReadUInt64(), reader.ReadUInt64()));
            var (score, isSame, isSaid, sampled) = (reader.ReadDouble(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadByte());
            pairs[pair] = new PairFact(score, isSame, isSaid, sampled == 0 ? null : sampled == 2);
        }
    }
}
