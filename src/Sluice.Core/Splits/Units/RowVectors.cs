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
            vector ??= [.. chosen.Select(column => Number(column, row))];
        }
    }

    /// <summary>The vectors of these rows, one after another, each column with mean 0 and deviation 1; missing values are the mean.</summary>
    public float[] Standardized(IReadOnlyList<ulong> nodes) => Standardize.Columns([.. nodes.SelectMany(node => vectors[node])], Width);

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

    /// <summary>The value as a number; NaN when it is missing or text.</summary>
    public static float Number(Column column, int row) => column.IsNull(row) ? float.NaN : column switch
    {
        ValueColumn<double> numbers => (float)numbers.Values[row],
        ValueColumn<long> integers => integers.Values[row],
        ValueColumn<int> days => days.Values[row],
        ValueColumn<bool> flags => flags.Values[row] ? 1 : 0,
        _ => float.NaN,
    };
}
