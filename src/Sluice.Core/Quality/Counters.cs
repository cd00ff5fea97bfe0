using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Numbers that are added up.</summary>
sealed class Counters(int count) : State
{
    readonly long[] counts = new long[count];

    public ref long this[int index] => ref counts[index];

    public override void Merge(State other)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += ((Counters)other).counts[i];
        }
    }

    public override void Write(BinaryWriter writer)
    {
        foreach (var count in counts)
        {
            writer.Write(count);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.ReadInt64();
        }
    }
}
