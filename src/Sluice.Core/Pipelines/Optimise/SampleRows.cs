using System.Runtime.CompilerServices;
using Sluice.Connectors;
using Sluice.Schemas;

namespace Sluice.Pipelines.Optimise;

/// <summary>The first rows of a source: the same whatever a run's batch size.</summary>
static class SampleRows
{
    public const int Default = 1_000;

    const int ShardBytes = 256 << 10;

    /// <exception cref="SourceException">There is nothing to read.</exception>
    public static async Task<Batch> ReadAsync(Source source, InputFiles inputs, Optimization limits, int rows, CancellationToken cancellation)
    {
        var parts = new List<(Shard Shard, Batch Batch)>();
        await foreach (var shard in source.ListShardsAsync(inputs, limits.Cut() with { TargetBytes = ShardBytes }, cancellation))
        {
            parts.Add((shard, (await source.ReadAsync(inputs, shard, null, cancellation)).Batch));
            if (parts.Sum(p => p.Batch.Rows) >= rows)
            {
                break;
            }
        }

        if (parts.Count == 0)
        {
            throw new SourceException($"'{source.FilePath}' has no records. Expected at least one.");
        }

        var schema = Unify.Of([.. parts.Select(p => p.Batch.Schema)]);
        var batches = new List<Batch>();
        foreach (var (shard, batch) in parts)
        {
            var read = parts.Count == 1 ? batch : (await source.ReadAsync(inputs, shard, schema, cancellation)).Batch;
            batches.Add(new Batch(schema, read.Columns, read.Rows));
        }

        var all = Batch.Concat(batches);
        return all.Rows <= rows ? new Batch(schema, all.Columns, all.Rows) : new Batch(schema, all.Slice(0, rows).Columns, rows);
    }

    /// <summary>The columns of a sample as a plan may rely on them: text may turn out to be of any type, which the rest of the input decides.</summary>
    public static Schema Open(Schema schema) => new(schema.Select(f => f.Type == ColumnType.Text ? f with { Format = Unify.Fitted } : f));
}

/// <summary>A sample as the source of a trial.</summary>
sealed class SampleSource(Batch rows) : Source
{
    public Batch Rows => rows;

    public override string? FilePath => null;

    public override async IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new Shard("sample", 0, 0, new string('0', 64), 1, rows.Rows);
    }

    public override Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation) => Task.FromResult(new ShardRows(rows, []));
}
