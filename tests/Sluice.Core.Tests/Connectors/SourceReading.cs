using System.Text;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Schemas;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>What a source gave, put together as a run does it: types from all shards first, then the rows.</summary>
sealed record Everything(Schema Schema, Batch Batch, List<RejectedRecord> Rejected, List<Shard> Shards)
{
    /// <summary>Values of a row, nulls as <c>∅</c>.</summary>
    public string Row(int row) => string.Join('|', Batch.Columns.Select(c => c.IsNull(row) ? "∅" : c.Display(row)));

    public IEnumerable<string> Rows => Enumerable.Range(0, Batch.Rows).Select(Row);

    /// <summary>For instance <c>id:Int64 name:Text? [mixed]</c>.</summary>
    public string Types => string.Join(' ', Schema.Select(f => $"{f.Name}:{f.Type}{(f.Nullable ? "?" : "")}{(f.Format is null ? "" : $"[{f.Format}]")}"));

    public IEnumerable<string> Reasons => Rejected.Select(r => $"{r.Line}:{r.Reason}");
}

static class SourceReading
{
    public static FolderInputs Inputs(this TemporaryFolder folder) => new([folder.Path], folder.Path);

    public static string Put(this TemporaryFolder folder, string name, byte[] content)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return name;
    }

    public static string Put(this TemporaryFolder folder, string name, string content) => folder.Put(name, Encoding.UTF8.GetBytes(content));

    public static async Task<List<Shard>> ListAsync(this Source source, InputFiles inputs, ShardCut? cut = null)
    {
        var shards = new List<Shard>();
        await foreach (var shard in source.ListShardsAsync(inputs, cut ?? new ShardCut(), default))
        {
            shards.Add(shard);
        }

        return shards;
    }

    public static async Task<Everything> ReadAllAsync(this Source source, InputFiles inputs, ShardCut? cut = null)
    {
        var shards = await source.ListAsync(inputs, cut);
        var found = new List<ShardRows>();
        foreach (var shard in shards)
        {
            var rows = await source.ReadAsync(inputs, shard, null, default);
            Assert.Equal(shard.Records, rows.Batch.Rows + rows.Rejected.Count);
            found.Add(rows);
        }

        var schema = Unify.Of([.. found.Select(r => r.Batch.Schema)]);
        var batches = new List<Batch>();
        foreach (var shard in shards)
        {
            var rows = await source.ReadAsync(inputs, shard, schema, default);
            Assert.Equal(schema, rows.Batch.Schema);
            batches.Add(rows.Batch);
        }

        return new Everything(schema, Batch.Concat(batches), [.. found.SelectMany(r => r.Rejected)], shards);
    }

    public static ShardCut Cut(long targetBytes) => new() { TargetBytes = targetBytes };
}
