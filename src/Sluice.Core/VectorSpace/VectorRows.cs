using System.Buffers;
using System.IO.MemoryMappedFiles;
using Sluice.Embedding;

namespace Sluice.VectorSpace;

/// <summary>
/// One vector of 32-bit numbers for each row, in parts that lie in memory or in mapped files: an algorithm over millions of rows keeps a few numbers
/// a row itself, and leaves the vectors to the page cache. Rows are numbered from 0 through all parts.
/// </summary>
public sealed class VectorRows : IDisposable
{
    const int MostMapped = 1 << 28;
    readonly ReadOnlyMemory<float>[] parts;
    readonly int[] starts;
    readonly List<IDisposable> owned = [];

    /// <param name="parts">Vectors of consecutive rows, row after row.</param>
    /// <param name="dimensions">Numbers of one vector, at least 1.</param>
    public VectorRows(IReadOnlyList<ReadOnlyMemory<float>> parts, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        this.parts = [.. parts.Where(p => p.Length > 0)];
        starts = new int[this.parts.Length + 1];
        for (var i = 0; i < this.parts.Length; i++)
        {
            starts[i + 1] = checked(starts[i] + (this.parts[i].Length / dimensions));
        }

        Dimensions = dimensions;
    }

    public VectorRows(float[] vectors, int dimensions)
        : this([vectors], dimensions)
    {
    }

    public int Rows => starts[^1];

    public int Dimensions { get; }

    /// <summary>The scale that the vectors were brought to; null: they are as they were made.</summary>
    internal VectorScale? Scale { get; set; }

    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            var part = PartOf(row);
            return parts[part].Span.Slice((row - starts[part]) * Dimensions, Dimensions);
        }
    }

    /// <summary>Vectors from this row on that lie together, at most so many.</summary>
    public ReadOnlySpan<float> From(int row, int most)
    {
        var part = PartOf(row);
        return parts[part].Span.Slice((row - starts[part]) * Dimensions, Math.Min(most, starts[part + 1] - row) * Dimensions);
    }

    /// <summary>Some consecutive rows, numbered from 0; their owner stays these rows.</summary>
    public VectorRows Slice(int first, int count) => Pick([.. Enumerable.Range(first, count)]);

    /// <summary>Some rows, numbered from 0 in the given ascending order; their owner stays these rows.</summary>
    public VectorRows Pick(IReadOnlyList<int> rows)
    {
        var runs = new List<ReadOnlyMemory<float>>();
        for (int at = 0, to; at < rows.Count; at = to)
        {
            var part = PartOf(rows[at]);
            for (to = at + 1; to < rows.Count && rows[to] == rows[to - 1] + 1 && rows[to] < starts[part + 1]; to++)
            {
            }

            runs.Add(parts[part].Slice((rows[at] - starts[part]) * Dimensions, (to - at) * Dimensions));
        }

        return new VectorRows(runs, Dimensions);
    }

    /// <summary>Rows of several tables one after another. Those of a table that has no vectors at all, only zeros, get as many dimensions as the others have.</summary>
    /// <exception cref="DataException">The tables have different dimensions.</exception>
    internal static VectorRows Together(IReadOnlyList<VectorRows> tables)
    {
        var dimensions = CommonDimensions(tables);
        return new VectorRows([.. tables.SelectMany(t => t.Dimensions == dimensions ? t.parts : [new float[t.Rows * dimensions]])], dimensions);
    }

    /// <exception cref="DataException">The tables have different dimensions.</exception>
    internal static int CommonDimensions(IReadOnlyList<VectorRows> tables)
    {
        var most = tables.Select(t => t.Dimensions).DefaultIfEmpty(1).Max();
        return tables.FirstOrDefault(t => t.Dimensions != most && !t.IsZero) is { } other
            ? throw new DataException($"Vectors of different lengths do not compare: found {other.Dimensions} and {most} numbers. Make all vectors of the column by one model.")
            : most;
    }

    bool IsZero => Array.TrueForAll(parts, p => !p.Span.ContainsAnyExcept(0f));

    /// <summary>Maps files of vectors (see <see cref="NpyFile"/>) of the same dimensions, one after another.</summary>
    /// <exception cref="DataException">A file is none, or has other dimensions.</exception>
    public static VectorRows Open(IReadOnlyList<string> paths)
    {
        var (parts, owned, dimensions) = (new List<ReadOnlyMemory<float>>(), new List<IDisposable>(), 0);
        try
        {
            foreach (var path in paths)
            {
                using var stream = File.OpenRead(path);
                var (rows, columns) = NpyFile.ReadHeader(stream);
                dimensions = dimensions == 0 || rows == 0 ? Math.Max(dimensions, columns) : columns == dimensions
                    ? dimensions
                    : throw new DataException($"Vectors of different models do not compare: found {columns} and {dimensions} dimensions. Embed all rows with one model.");
                // A span has at most 2^31 numbers.
                var most = MostMapped / Math.Max(1, columns);
                for (var row = 0; row < rows; row += most)
                {
                    var file = new MappedFloats(path, stream.Position + ((long)row * columns * sizeof(float)), Math.Min(most, rows - row) * columns);
                    owned.Add(file);
                    parts.Add(file.Memory);
                }
            }

            var table = new VectorRows(parts, Math.Max(1, dimensions));
            table.owned.AddRange(owned);
            return table;
        }
        catch
        {
            owned.ForEach(o => o.Dispose());
            throw;
        }
    }

    /// <summary>Maps one file, which is deleted when the rows are disposed.</summary>
    internal static VectorRows OpenScratch(string path)
    {
        var rows = Open([path]);
        rows.owned.Add(new Scratch(path));
        return rows;
    }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    int PartOf(int row)
    {
        if (parts.Length == 1)
        {
            return 0;
        }

        var at = Array.BinarySearch(starts, row);
        at = at < 0 ? ~at - 1 : at;
        return at;
    }

    sealed class Scratch(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }

    sealed unsafe class MappedFloats : MemoryManager<float>
    {
        readonly MemoryMappedFile file;
        readonly MemoryMappedViewAccessor view;
        readonly float* first;
        readonly int length;

        public MappedFloats(string path, long offset, int length)
        {
            this.length = length;
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(offset, (long)length * sizeof(float), MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            first = (float*)(start + view.PointerOffset);
        }

        public override Span<float> GetSpan() => new(first, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
