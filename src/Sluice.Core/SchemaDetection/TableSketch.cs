using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>What is remembered of a table. Memory is bounded whatever the number of rows, columns and bytes in a cell.</summary>
sealed class TableSketch : State
{
    /// <summary>Values kept over all columns; a wide table keeps fewer of each.</summary>
    const int MaxValues = 1 << 18;
    const int MostValuesPerColumn = 1024;
    const int LeastValuesPerColumn = 64;
    const int MostRows = 2048;

    readonly ColumnSketch[] columns;

    /// <param name="schema">The table's columns.</param>
    /// <param name="related">Columns, from the first on, among which dependencies are looked for.</param>
    public TableSketch(Schema schema, int related)
    {
        var values = Math.Clamp(MaxValues / Math.Max(1, schema.Count), LeastValuesPerColumn, MostValuesPerColumn);
        columns = [.. schema.Select(f => new ColumnSketch(f, values))];
        Related = Math.Min(related, schema.Count);
        RowSample = new CellHashSample(Related, MostRows);
    }

    public IReadOnlyList<ColumnSketch> Columns => columns;

    public int Related { get; }

    public CellHashSample RowSample { get; }

    public long Rows { get; private set; }

    public void Observe(Batch batch)
    {
        Rows += batch.Rows;
        var cells = columns.Select(c => batch[c.Field.Name]).ToArray();
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Observe(cells[i]);
        }

        if (Related > 0)
        {
            RowSample.Observe(cells[..Related], batch.Rows);
        }
    }

    public override void Merge(State other)
    {
        var theirs = (TableSketch)other;
        Rows += theirs.Rows;
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Merge(theirs.columns[i]);
        }

        RowSample.Merge(theirs.RowSample);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        foreach (var column in columns)
        {
            column.Write(writer);
        }

        RowSample.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        foreach (var column in columns)
        {
            column.Read(reader);
        }

        RowSample.Read(reader);
    }
}
