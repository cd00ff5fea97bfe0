using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What the checks need to know of all rows.</summary>
sealed class QualityState(Schema schema, int rules) : State
{
    public ColumnState[] Columns { get; } = [.. schema.Select(f => new ColumnState(f))];

    /// <summary>Failures of each business rule, and rows it judged.</summary>
    public long[] RuleFailures { get; } = new long[rules];

    public long[] RuleJudged { get; } = new long[rules];

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

        for (var i = 0; i < RuleFailures.Length; i++)
        {
            RuleFailures[i] += theirs.RuleFailures[i];
            RuleJudged[i] += theirs.RuleJudged[i];
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        foreach (var column in Columns)
        {
            column.Write(writer);
        }

        for (var i = 0; i < RuleFailures.Length; i++)
        {
            writer.Write(RuleFailures[i]);
            writer.Write(RuleJudged[i]);
        }
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        foreach (var column in Columns)
        {
            column.Read(reader);
        }

        for (var i = 0; i < RuleFailures.Length; i++)
        {
            RuleFailures[i] = reader.ReadInt64();
            RuleJudged[i] = reader.ReadInt64();
        }
    }
}
