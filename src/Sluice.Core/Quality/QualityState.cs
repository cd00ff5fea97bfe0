using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What the checks need to know of all rows: statistics of the columns, which they share, and a state for each that has one of its own.</summary>
sealed class QualityState(Schema schema, IEnumerable<Check> checks) : State
{
    public ColumnState[] Columns { get; } = [.. schema.Select(f => new ColumnState(f))];

    /// <summary>In the order of the checks; null for those without a state.</summary>
    public State?[] Checks { get; } = [.. checks.Select(c => c.NewState(schema))];

    public long Rows { get; set; }

    public Schema Schema { get; } = schema;

    public override void Merge(State other)
    {
        var theirs = (QualityState)other;
        Rows += theirs.Rows;
        for (var i = 0; i < Columns.Length; i++)
        {
            Columns[i].Merge(theirs.Columns[i]);
        }

        for (var i = 0; i < Checks.Length; i++)
        {
            Checks[i]?.Merge(theirs.Checks[i]!);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        foreach (var state in Columns.Concat<State?>(Checks))
        {
            state?.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        foreach (var state in Columns.Concat<State?>(Checks))
        {
            state?.Read(reader);
        }
    }
}
