using Sluice.Steps;

namespace Sluice.Splits.Units;

/// <summary>The vectors of different rows, by the hashes of the rows.</summary>
/// <param name="width">Numbers of a vector.</param>
/// <param name="of">The vectors of some rows, one after another.</param>
sealed class NodeVectors(int width, Func<IReadOnlyList<ulong>, float[]> of)
{
    public NodeVectors(RowVectors columns)
        : this(columns.Width, columns.Standardized)
    {
    }

    public int Width => width;

    /// <summary>The vectors that the walk has: embeddings, or columns brought to one scale.</summary>
    public static NodeVectors Of(KeyedRows rows, Decisions decisions)
    {
        var (vectors, first, at) = (rows.Vectors!, new Dictionary<ulong, int>(), 0);
        foreach (var row in rows)
        {
            if (row.Row < decisions.RowsOf(row.Batch))
            {
                first.TryAdd(row.Key.High, at++);
            }
        }

        return new NodeVectors(vectors.Dimensions, nodes =>
        {
            var values = new float[nodes.Count * vectors.Dimensions];
            for (var i = 0; i < nodes.Count; i++)
            {
                vectors[first[nodes[i]]].CopyTo(values.AsSpan(i * vectors.Dimensions));
            }

            return values;
        });
    }

    /// <exception cref="DataException">They do not fit into one array.</exception>
    public float[] Of(IReadOnlyList<ulong> nodes) => (long)nodes.Count * width <= Array.MaxLength ? of(nodes) : throw new DataException(
        $"split found {nodes.Count:N0} different rows of {width:N0} numbers to compare; at most {Array.MaxLength / width:N0} of so many numbers fit. "
        + "Give features a model of fewer numbers, such as hashing-64, or choose the strategy stratified.");

    /// <summary>The vector of each unit in the given order: the mean of its different rows.</summary>
    public float[] Means(IReadOnlyList<Unit> units, int[] order)
    {
        var each = Of([.. order.SelectMany(i => units[i].Nodes)]);
        var (means, at) = (new float[order.Length * width], 0);
        for (var i = 0; i < order.Length; i++)
        {
            var count = units[order[i]].Nodes.Count;
            for (var row = 0; row < count; row++, at++)
            {
                for (var k = 0; k < width; k++)
                {
                    means[(i * width) + k] += each[(at * width) + k] / count;
                }
            }
        }

        return means;
    }
}
