using System.Collections.Concurrent;
using Sluice.Connectors;
using Sluice.Schemas;

namespace Sluice.Profiles;

/// <summary>Profiles a file or a version in one pass, in parallel, without a store. Memory is bounded by the shards in work.</summary>
public sealed class TableScan
{
    readonly TableSketch sketch;

    TableScan(TableSketch sketch, long rejected)
    {
        this.sketch = sketch;
        Rejected = rejected;
    }

    /// <summary>Records that could not be read.</summary>
    public long Rejected { get; }

    public TableProfile Profile() => Profiler.Of(sketch);

    /// <summary>What changed from <paramref name="before"/> to this.</summary>
    public DriftReport Since(TableScan before) => Drift.Of(before.sketch, sketch);

    /// <summary>Scans what a source reads.</summary>
    /// <param name="source">The source.</param>
    /// <param name="inputs">Where its files come from.</param>
    /// <param name="parallelism">Shards in work at the same time.</param>
    /// <param name="cancellation">Stops between shards.</param>
    /// <exception cref="SourceException">Nothing to read, or unreadable.</exception>
    public static async Task<TableScan> OfAsync(Source source, InputFiles inputs, int parallelism, CancellationToken cancellation)
    {
        var sketches = new Dictionary<string, TableSketch>(StringComparer.Ordinal);
        var shards = new ConcurrentDictionary<int, (Shard Shard, Schema Schema)>();
        var rejected = 0L;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(source.ListShardsAsync(inputs, new ShardCut(), cancellation).Select((shard, i) => (shard, i)), limits, async (item, token) =>
        {
            var rows = await source.ReadAsync(inputs, item.shard, null, token);
            shards[item.i] = (item.shard, rows.Batch.Schema);
            Interlocked.Add(ref rejected, rows.Rejected.Count);
            Add(sketches, rows.Batch);
        });
        if (shards.IsEmpty)
        {
            throw new SourceException($"'{source.FilePath}' has no records. Expected at least one.");
        }

        // Shards whose own types are not those of all shards together are read once more; mostly there are none.
        var schema = Unify.Of([.. shards.OrderBy(s => s.Key).Select(s => s.Value.Schema)]);
        var types = Types(schema);
        var others = shards.Values.Where(s => Types(s.Schema) != types).Select(s => s.Shard).ToList();
        foreach (var stale in sketches.Keys.Where(key => key != types).ToList())
        {
            sketches.Remove(stale);
        }

        await Parallel.ForEachAsync(others, limits, async (shard, token) => Add(sketches, (await source.ReadAsync(inputs, shard, schema, token)).Batch));
        var whole = new TableSketch(schema);
        if (sketches.TryGetValue(types, out var all))
        {
            whole.Merge(all);
        }

        return new TableScan(whole, rejected);
    }

    /// <summary>Scans the rows of a version.</summary>
    public static async Task<TableScan> OfAsync(DatasetRows rows, int parallelism, CancellationToken cancellation)
    {
        var sketch = new TableSketch(rows.Schema);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(rows.ReadAsync(cancellation), limits, (batch, _) =>
        {
            var part = new TableSketch(rows.Schema);
            part.Observe(batch);
            lock (sketch)
            {
                sketch.Merge(part);
            }

            return ValueTask.CompletedTask;
        });
        return new TableScan(sketch, 0);
    }

    static void Add(Dictionary<string, TableSketch> sketches, Batch batch)
    {
        var part = new TableSketch(batch.Schema);
        part.Observe(batch);
        lock (sketches)
        {
            if (!sketches.TryAdd(Types(batch.Schema), part))
            {
                sketches[Types(batch.Schema)].Merge(part);
            }
        }
    }

    static string Types(Schema schema) => string.Join('\n', schema.Select(f => $"{(int)f.Type} {f.Name}"));
}
