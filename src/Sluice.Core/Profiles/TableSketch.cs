using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>Mergeable summary of a table: its columns, the exact moments of pairs of numbers, and a sample of rows for the other associations.</summary>
sealed class TableSketch : State
{
    /// <summary>Different rows in the sample at most.</summary>
    public const int MaxSampleRows = 4_096;

    // Pairs grow with the square of the columns: beyond these, columns are profiled but not compared with each other.
    const int MaxSampledColumns = 32;
    const int MaxExactColumns = 10;

    public TableSketch(Schema schema)
    {
        Schema = schema;
        Columns = [.. schema.Select(f => new ColumnSketch(f))];
        SampledColumns = [.. schema.Take(MaxSampledColumns).Select(f => f.Name)];
        string[] numbers = [.. schema.Where(f => Numbers.IsNumber(f.Type)).Take(MaxExactColumns).Select(f => f.Name)];
        Pairs = [.. numbers.SelectMany((left, i) => numbers[(i + 1)..].Select(right => new PairSums(left, right)))];
    }

    public Schema Schema { get; }

    public ColumnSketch[] Columns { get; }

    public PairSums[] Pairs { get; }

    public string[] SampledColumns { get; }

    public RowSample Sample { get; } = new(MaxSampleRows);

    public long Rows { get; private set; }

    public void Observe(Batch batch)
    {
        Rows += batch.Rows;
        var cells = new List<ulong[]>();
        for (var i = 0; i < Columns.Length; i++)
        {
            var seen = Columns[i].Observe(batch[Schema[i].Name]);
            if (i < SampledColumns.Length)
            {
                cells.Add(seen);
            }
        }

        if (cells.Count > 0)
        {
            Sample.Add(SampledColumns, cells, batch.Rows);
        }

        foreach (var pair in Pairs)
        {
            pair.Observe(Numbers.Of(batch[pair.Left]), Numbers.Of(batch[pair.Right]));
        }
    }

    public override void Merge(State other)
    {
        var theirs = (TableSketch)other;
        Rows += theirs.Rows;
        foreach (var (mine, their) in Columns.Zip(theirs.Columns))
        {
            mine.Merge(their);
        }

        foreach (var (mine, their) in Pairs.Zip(theirs.Pairs))
        {
            mine.Merge(their);
        }

        Sample.Merge(theirs.Sample);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        Array.ForEach(Columns, c => c.Write(writer));
        Array.ForEach(Pairs, p => p.Write(writer));
        Sample.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        Array.ForEach(Columns, c => c.Read(reader));
        Array.ForEach(Pairs, p => p.Read(reader));
        Sample.Read(reader);
    }
}

/// <summary>Exact sums over the rows where both numbers are present and finite.</summary>
sealed class PairSums(string left, string right) : State
{
    readonly ExactSum sumLeft = new(), sumRight = new(), squaresLeft = new(), squaresRight = new(), products = new();

    public string Left { get; } = left;

    public string Right { get; } = right;

    public long Count { get; private set; }

    /// <summary>Pearson's correlation, exact but for rounding; NaN when a column does not vary.</summary>
    public double Correlation =>
        ExactSum.Covariance(sumLeft, sumRight, products, Count) / ExactSum.Deviation(sumLeft, squaresLeft, Count) / ExactSum.Deviation(sumRight, squaresRight, Count);

    public void Observe(ReadOnlySpan<double> lefts, ReadOnlySpan<double> rights)
    {
        for (var row = 0; row < lefts.Length; row++)
        {
            var (x, y) = (lefts[row], rights[row]);
            if (double.IsFinite(x) && double.IsFinite(y))
            {
                Count++;
                sumLeft.Add(x);
                sumRight.Add(y);
                squaresLeft.AddSquare(x);
                squaresRight.AddSquare(y);
                products.AddProduct(x, y);
            }
        }
    }

    public override void Merge(State other)
    {
        var theirs = (PairSums)other;
        Count += theirs.Count;
        foreach (var (mine, their) in Sums().Zip(theirs.Sums()))
        {
            mine.Add(their);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        Array.ForEach(Sums(), s => s.Write(writer));
    }

    public override void Read(BinaryReader reader)
    {
        Count = reader.ReadInt64();
        Array.ForEach(Sums(), s => s.Read(reader));
    }

    ExactSum[] Sums() => [sumLeft, sumRight, squaresLeft, squaresRight, products];
}
