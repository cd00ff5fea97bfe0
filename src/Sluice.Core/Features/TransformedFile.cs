using System.Runtime.CompilerServices;
using Sluice.Connectors;

namespace Sluice.Features;

/// <summary>A file of new rows through the transforms of a version, shard by shard. What comes out lies in a store, so memory does not grow with the file.</summary>
public sealed class TransformedFile : DatasetRows
{
    readonly BatchFiles files;
    readonly List<BatchRef> batches = [];
    readonly SortedDictionary<string, long> rejected = new(StringComparer.Ordinal), findings = new(StringComparer.Ordinal);

    TransformedFile(BatchFiles files, Schema schema) => (this.files, Schema) = (files, schema);

    public override Schema Schema { get; }

    public override long Rows => batches.Sum(b => (long)b.Rows);

    /// <summary>Records of the file, readable or not.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Rows that are not in the result, by reason.</summary>
    public IReadOnlyDictionary<string, long> Rejected => rejected;

    /// <summary>What steps found, by reason and column.</summary>
    public IReadOnlyDictionary<string, long> Findings => findings;

    /// <summary>Columns of the file that training had not.</summary>
    public IReadOnlyList<string> Ignored { get; private set; } = [];

    /// <summary>Transforms what a source reads.</summary>
    /// <param name="transforms">The transforms.</param>
    /// <param name="source">The source. Values are read as text and then as the types of training, never as what this file alone suggests.</param>
    /// <param name="inputs">Where its files come from.</param>
    /// <param name="missing">What happens when a column is not there.</param>
    /// <param name="files">Where the rows go.</param>
    /// <param name="cancellation">Stops between shards.</param>
    /// <exception cref="DataException">A column is not there, and that is refused.</exception>
    public static async Task<TransformedFile> OfAsync(
        Transforms transforms, Source source, InputFiles inputs, MissingColumn missing, BatchFiles files, CancellationToken cancellation)
    {
        // Which columns a file has is known once all of it was seen: a JSON record leaves out what it has no value for.
        var shards = new List<Shard>();
        var names = new List<string>();
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), cancellation))
        {
            shards.Add(shard);
            names.AddRange((await source.ReadAsync(inputs, shard, null, cancellation)).Batch.Schema.Select(f => f.Name).Except(names).ToList());
        }

        var result = new TransformedFile(files, transforms.Output);
        var text = new Schema(names.Select(name => new Field(name, ColumnType.Text)));
        foreach (var shard in shards)
        {
            var rows = await source.ReadAsync(inputs, shard, text, cancellation);
            var transformed = transforms.Apply(rows.Batch, missing);
            result.RowsRead += shard.Records;
            Add(result.rejected, transformed.Rejected);
            Add(result.rejected, rows.Rejected.GroupBy(r => r.Reason).ToDictionary(g => g.Key, g => g.LongCount()));
            Add(result.findings, transformed.Findings);
            result.batches.Add(await files.WriteAsync(transformed.Rows, cancellation));
        }

        result.Ignored = [.. names.Except(transforms.Document.Input.Select(f => f.Name)).Order(StringComparer.Ordinal)];
        return result;
    }

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var batch in batches)
        {
            var rows = await files.ReadAsync(batch, null, cancellation);
            yield return new Batch(Schema, rows.Columns, rows.Rows);
        }
    }

    static void Add(SortedDictionary<string, long> into, IReadOnlyDictionary<string, long> more)
    {
        foreach (var (key, count) in more)
        {
            into[key] = into.GetValueOrDefault(key) + count;
        }
    }
}
