using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Connectors;

public abstract partial class TextFileSource
{
    public override async Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        var parts = shard.Detail?.StartsWith('[') == true ? JsonSerializer.Deserialize<List<Shard>>(shard.Detail, Json)! : [shard];
        var rejected = new List<RejectedRecord>();
        var batches = new List<Batch>(parts.Count);
        foreach (var part in parts)
        {
            var found = new List<RejectedRecord>();
            var batch = await ReadPartAsync(inputs, part, schema, found, cancellation);
            if (batch.Rows + found.Count != part.Records)
            {
                throw new InvalidOperationException(
                    $"Reading \"{part.File}\" from byte {part.Offset:N0} gave {batch.Rows} rows and {found.Count} rejected records; {part.Records} were listed.");
            }

            batches.Add(batch);
            rejected.AddRange(parts.Count == 1 ? found : found.Select(r => r with { File = part.File }));
        }

        return new ShardRows(await JoinAsync(inputs, parts, batches, schema, cancellation), rejected);
    }

    /// <summary>One batch of several parts. Where they differ in their types or columns, those parts are parsed again as what all agree on.</summary>
    async Task<Batch> JoinAsync(InputFiles inputs, List<Shard> parts, List<Batch> batches, Schema? schema, CancellationToken cancellation)
    {
        if (batches.Count == 1)
        {
            return batches[0];
        }

        schema ??= Unify.Of([.. batches.Select(b => b.Schema)]);
        for (var i = 0; i < parts.Count; i++)
        {
            var same = batches[i].Schema.Select(f => (f.Name, f.Type)).SequenceEqual(schema.Select(f => (f.Name, f.Type)));
            batches[i] = same
                ? new Batch(schema, batches[i].Columns, batches[i].Rows)
                : await ReadPartAsync(inputs, parts[i], schema, [], cancellation);
        }

        var joined = Batch.Concat(batches);
        return new Batch(joined.Schema, joined.Columns, joined.Rows);
    }

    async Task<Batch> ReadPartAsync(InputFiles inputs, Shard part, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var local = await OpenAsync(inputs, part.File, cancellation);
        var length = checked((int)part.Length);
        var bytes = LargeArrays<byte>.Pool.Rent(length + TextScan.Padding);
        try
        {
            ReadRange(part, local.Path, bytes.AsSpan(0, length));
            bytes.AsSpan(length, TextScan.Padding).Clear();
            var own = schema is not null && PathColumn is { } name ? new Schema(schema.Where(f => f.Name != name)) : schema;
            return WithPath(Parse(part, local.Path, bytes, length, own, rejected, cancellation), part.File, schema);
        }
        finally
        {
            LargeArrays<byte>.Pool.Return(bytes);
        }
    }

    static void ReadRange(Shard part, string path, Span<byte> bytes)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(handle, bytes[read..], part.Offset + read) is var more and > 0)
            {
                read += more;
            }

            if (read == bytes.Length && Convert.ToHexStringLower(SHA256.HashData(bytes)) == part.Sha256)
            {
                return;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(part.File, cause);
        }

        throw new SourceException(
            $"The file \"{part.File}\" changed while the run was reading it: the {part.Length:N0} bytes from position {part.Offset:N0} are not those that were "
            + "listed. Expected a file that stays as it is until the run ends. Let its writer finish, then run again.");
    }

    Batch WithPath(Batch batch, string path, Schema? schema)
    {
        if (PathColumn is not { } name || (schema is not null && !schema.Has(name)))
        {
            return batch;
        }

        if (batch.Schema.Has(name))
        {
            throw new SourceException(
                $"The file \"{path}\" has a column \"{name}\" of its own, the name that source_column gives to the column of file paths. "
                + "Expected another name. Change source_column.");
        }

        var column = ColumnReader.Constant(Encoding.UTF8.GetBytes(path), batch.Rows);
        var at = schema?.IndexOf(name) ?? batch.Schema.Count;
        var fields = batch.Schema.ToList();
        var columns = batch.Columns.ToList();
        fields.Insert(at, schema?[at] ?? new Field(name, ColumnType.Text, Nullable: false));
        columns.Insert(at, column);
        return new Batch(new Schema(fields), columns, batch.Rows);
    }
}
