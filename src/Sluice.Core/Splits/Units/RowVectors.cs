using System.Runtime.InteropServices;
using Sluice.Steps;

namespace Sluice.Splits.Units;

/// <summary>The numeric columns of each different row, under its hash: 4 bytes a value. Missing values are NaN.</summary>
sealed class RowVectors(IReadOnlyList<string> columns) : State
{
    readonly Dictionary<ulong, float[]> vectors = [];

    public int Width => columns.Count;

    /// <summary>Columns of numbers, times and flags.</summary>
    public static string[] NumericColumns(Schema schema, IReadOnlyList<string> chosen) =>
        chosen.Count > 0 ? [.. chosen] : [.. schema.Where(f => f.Type != ColumnType.Text).Select(f => f.Name)];

    public void Observe(Batch batch, ulong[] nodes)
    {
        var chosen = columns.Select(name => batch[name]).ToArray();
        for (var row = 0; row < nodes.Length; row++)
        {
            ref var vector = ref CollectionsMarshal.GetValueRefOrAddDefault(vectors, nodes[row], out var known);
            vector ??= [.. chosen.Select(column => (float)Number(column, row))];
        }
    }

    /// <summary>
    /// The vectors of these rows, one after another, each column with mean 0 and deviation 1; missing values are the mean. The sums are exact, so the
    /// numbers do not depend on the order of the rows.
    /// </summary>
    public float[] Standardized(IReadOnlyList<ulong> nodes)
    {
        var all = new float[nodes.Count * Width];
        for (var column = 0; column < Width; column++)
        {
            var (sum, squares) = (new ExactSum(), new ExactSum());
            long count = 0;
            foreach (var vector in vectors.Values)
            {
                if (float.IsFinite(vector[column]))
                {
                    sum.Add(vector[column]);
                    squares.Add((double)vector[column] * vector[column]);
                    count++;
                }
            }

            var mean = count == 0 ? 0 : sum.Value / count;
            var variance = count == 0 ? 0 : (squares.Value / count) - (mean * mean);
            var scale = variance > 1e-12 * mean * mean && variance > 0 ? 1 / Math.Sqrt(variance) : 0;
            for (var i = 0; i < nodes.Count; i++)
            {
                var value = vectors[nodes[i]][column];
                all[(i * Width) + column] = float.IsFinite(value) ? (float)((value - mean) * scale) : 0;
            }
        }

        return all;
    }

    public override void Merge(State other)
    {
        foreach (var (node, vector) in ((RowVectors)other).vectors)
        {
            vectors.TryAdd(node, vector);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(vectors.Count);
        foreach (var (node, vector) in vectors.OrderBy(v => v.Key))
        {
            writer.Write(node);
            writer.Write(MemoryMarshal.AsBytes<float>(vector));
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var (node, vector) = (reader.ReadUInt64(), new float[Width]);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
            vectors.Add(node, vector);
        }
    }

    static double Number(Column column, int row) => column.IsNull(row) ? double.NaN : column switch
    {
        ValueColumn<double> numbers => numbers.Values[row],
        ValueColumn<long> integers => integers.Values[row],
        ValueColumn<int> days => days.Values[row],
        ValueColumn<bool> flags => flags.Values[row] ? 1 : 0,
        _ => double.NaN,
    };
}
