using System.Runtime.CompilerServices;
using Sluice.Connectors;
using Sluice.Schemas;
using Sluice.Storage;

namespace Sluice.SchemaDetection;

/// <summary>A table that is read several times: parsed once, and kept as batches of one schema in a scratch store, so that memory does not grow with the file.</summary>
public sealed class InputTable
{
    readonly BatchFiles files;
    readonly IReadOnlyList<BatchRef> batches;

    InputTable(string name, Schema schema, BatchFiles files, IReadOnlyList<BatchRef> batches, long rejected)
    {
        Name = name;
        Schema = schema;
        this.files = files;
        this.batches = batches;
        Rejected = rejected;
    }

    /// <summary>Name of the file without folder and extension.</summary>
    public string Name { get; }

    public Schema Schema { get; }

    /// <summary>Records that could not be read.</summary>
    public long Rejected { get; }

    /// <exception cref="SourceException">The file cannot be read.</exception>
    public static async Task<InputTable> OpenAsync(string name, Source source, InputFiles inputs, ObjectStore scratch, CancellationToken cancellation)
    {
        var files = new BatchFiles(scratch);
        var shards = new List<Shard>();
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), cancellation))
        {
            shards.Add(shard);
        }

        var parts = new (BatchRef? Batch, Schema Schema, int Rejected)[shards.Count];
        await EachAsync(shards.Count, async at => parts[at] = await ReadAsync(null, at), cancellation);
        var schema = Unify.Of([.. parts.Select(p => p.Schema)]);
        await EachAsync(
            shards.Count, async at => parts[at] = SameShape(parts[at].Schema, schema) ? parts[at] : await ReadAsync(schema, at), cancellation);
        return new InputTable(name, schema, files, [.. parts.Select(p => p.Batch).OfType<BatchRef>()], parts.Sum(p => (long)p.Rejected));

        async Task<(BatchRef?, Schema, int)> ReadAsync(Schema? asSchema, int at)
        {
            var rows = await source.ReadAsync(inputs, shards[at], asSchema, cancellation);

            // A batch without columns has nothing that could be stored.
            var batch = rows.Batch.Columns.Count == 0 ? null : await files.WriteAsync(rows.Batch, cancellation);
            return (batch, rows.Batch.Schema, rows.Rejected.Count);
        }
    }

    /// <summary>The batches in order, one in memory at a time.</summary>
    public async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < batches.Count; i++)
        {
            yield return await BatchAsync(i, cancellation);
        }
    }

    /// <summary>What was seen of all batches, on all cores.</summary>
    internal async Task<TableSketch> SketchAsync(int related, CancellationToken cancellation)
    {
        var total = new TableSketch(Schema, related);
        var merging = new Lock();
        await EachAsync(
            batches.Count, async at =>
            {
                var part = new TableSketch(Schema, related);
                part.Observe(await BatchAsync(at, cancellation));
                lock (merging)
                {
                    total.Merge(part);
                }
            }, cancellation);
        return total;
    }

    // A shard's own nullability and formats say nothing of the table.
    async Task<Batch> BatchAsync(int at, CancellationToken cancellation)
    {
        var batch = await files.ReadAsync(batches[at], null, cancellation);
        return new Batch(Schema, batch.Columns, batch.Rows);
    }

    static bool SameShape(Schema left, Schema right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && pair.First.Type == pair.Second.Type);

    static Task EachAsync(int count, Func<int, Task> work, CancellationToken cancellation) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, async (at, _) => await work(at));
}
