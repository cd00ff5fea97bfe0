using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Batches;
using Sluice.Native;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class ParquetSourceTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DuckDb db = new(new DuckDbOptions { Threads = 1 });

    public void Dispose()
    {
        db.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("1::TINYINT", ColumnType.Int64, "1", null)]
    [InlineData("65535::USMALLINT", ColumnType.Int64, "65535", null)]
    [InlineData("7::UBIGINT", ColumnType.Int64, "7", null)]
    [InlineData("18446744073709551615::UBIGINT", ColumnType.Text, "18446744073709551615", null)]
    [InlineData("9007199254740993::BIGINT", ColumnType.Int64, "9007199254740993", "beyond-double")]
    [InlineData("170141183460469231731687303715884105727::HUGEINT", ColumnType.Float64, "1.7014118346046923E+38", null)]
    [InlineData("1.5::FLOAT", ColumnType.Float64, "1.5", null)]
    [InlineData("12345.67::DECIMAL(15,2)", ColumnType.Float64, "12345.67", null)]
    [InlineData("12345678901234.56::DECIMAL(16,2)", ColumnType.Text, "12345678901234.56", null)]
    [InlineData("DATE '2024-02-29'", ColumnType.Date, "2024-02-29", null)]
    [InlineData("TIMESTAMP_MS '2024-02-29 01:02:03.5'", ColumnType.Timestamp, "2024-02-29T01:02:03.5", null)]
    [InlineData("TIMESTAMP_NS '2024-02-29 01:02:03.000001'", ColumnType.Timestamp, "2024-02-29T01:02:03.000001", null)]
    [InlineData("TIMESTAMP_NS '2024-02-29 01:02:03.000000001'", ColumnType.Text, "2024-02-29 01:02:03.000000001", null)]
    [InlineData("TIMESTAMPTZ '2024-02-29 01:00:00+02'", ColumnType.Timestamp, "2024-02-28T23:00:00", null)]
    [InlineData("TIME '01:02:03'", ColumnType.Text, "01:02:03", null)]
    [InlineData("INTERVAL 3 DAY", ColumnType.Text, "3 days", null)]
    [InlineData("'6f1b1f6e-0b9c-4a0e-8f0a-0123456789ab'::UUID", ColumnType.Text, "6f1b1f6e-0b9c-4a0e-8f0a-0123456789ab", null)]
    [InlineData("'b'::ENUM('a','b')", ColumnType.Text, "b", null)]
    [InlineData("'abc'::BLOB", ColumnType.Text, "abc", null)]
    [InlineData("'\\xFF\\x00a'::BLOB", ColumnType.Text, "ff0061", null)]
    [InlineData("[1, NULL, 3]", ColumnType.Text, "[1,null,3]", "json")]
    [InlineData("{'a': 1, 'b': ['x']}", ColumnType.Text, "{\"a\":1,\"b\":[\"x\"]}", "json")]
    [InlineData("MAP {'k': 1.5}", ColumnType.Text, "{\"k\":1.5}", "json")]
    [InlineData("NULL::INTEGER", ColumnType.Int64, "", "empty")]
    [InlineData("true", ColumnType.Boolean, "true", null)]
    public async Task Every_type_becomes_one_of_ours(string sql, ColumnType type, string display, string? format)
    {
        Copy($"SELECT {sql} AS v", "a.parquet");

        var batch = Assert.Single(await Read("a.parquet")).Batch;

        Assert.Equal(new Field("v", type, display.Length == 0, format), Assert.Single(batch.Schema));
        Assert.Equal(display, batch["v"].Display(0));
    }

    [Fact]
    public async Task Binary_is_hexadecimal_for_the_whole_file_when_one_value_is_not_text()
    {
        Copy("SELECT unnest(['abc'::BLOB, '\\xFF'::BLOB]) AS v", "a.parquet");

        var rows = await Read("a.parquet", new ShardCut { MaxRecords = 1 });

        Assert.Equal(["616263", "ff"], rows.Select(shard => shard.Batch["v"].Display(0)));
    }

    [Fact]
    public async Task What_a_sink_wrote_comes_back_to_the_bit()
    {
        const int Seed = 51;
        var batch = RandomBatches.Of(5000, Seed);
        await new ParquetSink(new() { FilePath = "a.parquet" }).WriteAsync(SomeRows.Of(batch, 999), new FolderOutputs(folder.Path), default);

        var found = Assert.Single(await Read("a.parquet", schema: batch.Schema)).Batch;

        RandomBatches.AssertSame(batch, found);
    }

    [Fact]
    public async Task Shards_hold_every_row_once_in_order_and_borders_follow_the_content()
    {
        Copy("SELECT i, hash(i)::VARCHAR AS t FROM range(50000) r(i)", "a.parquet");
        Copy("SELECT i, hash(i)::VARCHAR AS t FROM (SELECT -1 AS i UNION ALL SELECT i FROM range(50000) r(i)) ORDER BY i", "b.parquet");
        var cut = new ShardCut { TargetBytes = 64 << 10 };

        var before = await Read("a.parquet", cut);
        var after = await Read("b.parquet", cut);

        Assert.InRange(before.Count, 5, 200);
        Assert.Equal(Enumerable.Range(0, 50_000).Select(i => (long)i), before.SelectMany(shard => shard.Batch.Int64("i").ToArray()));
        Assert.Equal(before.Count, after.Count);
        Assert.All(before.Zip(after).Skip(1), pair => RandomBatches.AssertSame(pair.First.Batch, pair.Second.Batch));
    }

    [Fact]
    public async Task A_small_file_is_one_shard_and_listing_twice_gives_the_same()
    {
        Copy("SELECT 1 AS a", "one/a.parquet");
        Copy("SELECT 2 AS a", "one/b.parquet");
        var source = Source("one/*.parquet");

        var first = await List(source, new ShardCut());
        var second = await List(source, new ShardCut());

        Assert.Equal(first, second);
        Assert.Equal(["one/a.parquet", "one/b.parquet"], first.Select(shard => shard.File));
        Assert.Equal(2, first.Select(shard => shard.Sha256).Distinct().Count());
        Assert.All(first, shard => Assert.Equal((1L, 1), (shard.FirstLine, shard.Records)));
    }

    [Fact]
    public async Task An_edit_changes_the_hash_of_every_shard_of_the_file()
    {
        Copy("SELECT i FROM range(1000) r(i)", "a.parquet");
        var before = await List(Source("a.parquet"), new ShardCut { MaxRecords = 300 });
        Copy("SELECT i + (i = 999)::INT AS i FROM range(1000) r(i)", "a.parquet");

        var after = await List(Source("a.parquet"), new ShardCut { MaxRecords = 300 });

        Assert.Equal(4, before.Count);
        Assert.Equal([1L, 301, 601, 901], before.Select(shard => shard.FirstLine));
        Assert.Empty(before.Select(shard => shard.Sha256).Intersect(after.Select(shard => shard.Sha256)));
    }

    [Fact]
    public async Task Only_the_columns_asked_for_are_read()
    {
        Copy("SELECT 1 AS a, 2 AS b, 3 AS c", "a.parquet");

        var batch = Assert.Single(await Read("a.parquet", columns: ["c", "a"])).Batch;

        Assert.Equal("a, c", batch.Schema.Names);
        var refused = await Assert.ThrowsAsync<SourceException>(() => Read("a.parquet", columns: ["a", "nobody"]));
        Assert.Equal("The Parquet file \"a.parquet\" has no column 'nobody'. It has: a, b, c. Correct the option columns.", refused.Message);
    }

    [Fact]
    public async Task A_schema_is_met_exactly()
    {
        Copy("SELECT 1 AS i, DATE '2024-01-02' AS d, 1.5::DOUBLE AS f, NULL::INT AS n, true AS b", "a.parquet");
        var schema = new Schema(
        [
            new("new", ColumnType.Date), new("n", ColumnType.Boolean), new("i", ColumnType.Float64), new("d", ColumnType.Timestamp), new("f", ColumnType.Text, true, "mixed"),
            new("b", ColumnType.Text),
        ]);

        var batch = Assert.Single(await Read("a.parquet", schema: schema)).Batch;

        Assert.Equal(schema, batch.Schema);
        Assert.Equal(["", "", "1", "2024-01-02T00:00:00", "1.5", "true"], batch.Columns.Select(column => column.Display(0)));
        Assert.Equal(1, Assert.Single(await Read("a.parquet", schema: new Schema([new("new", ColumnType.Text)]))).Batch.Rows);
    }

    [Fact]
    public async Task A_column_named_like_the_row_number_is_a_column()
    {
        Copy("SELECT 7 - i AS File_Row_Number, i AS filename FROM range(7) r(i)", "a.parquet");

        var rows = await Read("a.parquet", new ShardCut { MaxRecords = 3 });

        Assert.Equal([7L, 6, 5, 4, 3, 2, 1], rows.SelectMany(shard => shard.Batch.Int64("File_Row_Number").ToArray()));
        Assert.Equal(7, Assert.Single(await Read("a.parquet", columns: ["filename"])).Batch.Rows);
    }

    [Fact]
    public async Task A_file_without_rows_still_has_its_columns()
    {
        Copy("SELECT 1 AS a WHERE false", "a.parquet");

        var batch = Assert.Single(await Read("a.parquet")).Batch;

        Assert.Equal((0, "a"), (batch.Rows, batch.Schema.Names));
    }

    [Theory]
    [InlineData("", "is empty: found 0 bytes, expected a Parquet file.")]
    [InlineData("a,b\n1,2\nnot parquet at all", "is cut off or no Parquet file: found 26 bytes that do not end with PAR1.")]
    public async Task What_is_not_parquet_is_one_clear_error(string content, string expected)
    {
        folder.Write("bad.parquet", content);

        var refused = await Assert.ThrowsAsync<SourceException>(() => Read("bad.parquet"));

        Assert.StartsWith($"The Parquet file \"bad.parquet\" {expected}", refused.Message);
    }

    [Fact]
    public async Task A_truncated_file_is_one_clear_error_wherever_it_is_cut()
    {
        Copy("SELECT i, i::VARCHAR AS t FROM range(3000) r(i)", "whole.parquet");
        var whole = File.ReadAllBytes(folder.File("whole.parquet"));
        foreach (var length in new[] { 1, 4, 8, 11, 12, whole.Length / 2, whole.Length - 9, whole.Length - 5, whole.Length - 1 })
        {
            File.WriteAllBytes(folder.File("cut.parquet"), whole[..length]);

            var refused = await Assert.ThrowsAsync<SourceException>(() => Read("cut.parquet"));

            // The first four bytes are the mark that is also at the end.
            var expected = length == 4 ? "cannot be read: " : $"is cut off or no Parquet file: found {length:N0} bytes that do not end with PAR1.";
            Assert.StartsWith($"The Parquet file \"cut.parquet\" {expected}", refused.Message);
        }
    }

    [Fact]
    public async Task Too_many_columns_are_refused()
    {
        Copy("SELECT 1 AS a, 2 AS b", "a.parquet");

        var refused = await Assert.ThrowsAsync<SourceException>(() => Read("a.parquet", new ShardCut { MaxColumns = 1 }));

        Assert.Equal("The Parquet file \"a.parquet\" has 2 columns; the limit is 1. Name the ones to read in the option columns.", refused.Message);
    }

    [Fact]
    public async Task Long_cells_are_refused_by_an_option_that_lets_them_in_when_it_is_raised()
    {
        Copy("SELECT i, repeat(chr(97 + i::INTEGER), CASE WHEN i = 3 THEN 9000000 ELSE 2 END) || i AS t FROM range(6) s(i)", "cells.parquet");
        Copy("SELECT i, repeat(chr(97 + i::INTEGER), 9000000) || i AS t FROM range(2) s(i)", "all.parquet");

        var cell = await Assert.ThrowsAsync<SourceException>(() => Read("cells.parquet", new ShardCut { TargetBytes = 1 << 20 }));
        var all = await Assert.ThrowsAsync<SourceException>(() => Read("all.parquet"));
        var read = await Read("all.parquet", new ShardCut { MaxRecordBytes = 10_000_000 });

        const string Advice = "the limit is 8,388,608. Name smaller columns in the option columns, or raise max_record_bytes under optimization, which may be 1,073,741,824 at most.";
        Assert.Equal($"The Parquet file \"cells.parquet\" has a record of 9,000,013 bytes, row 4; {Advice}", cell.Message);
        Assert.Matches("^The Parquet file \"all.parquet\" has records of 9,000,[0-9]{3} bytes on average; " + System.Text.RegularExpressions.Regex.Escape(Advice) + "$", all.Message);
        Assert.Equal([9_000_001, 9_000_001], read.SelectMany(r => Enumerable.Range(0, r.Batch.Rows).Select(row => r.Batch.Text("t")[row].Length)));
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        Copy("SELECT 1 AS a", "a.parquet");
        var inputs = new FolderInputs([folder.Path], folder.Path);
        var shard = Assert.Single(await List(Source("a.parquet"), new ShardCut()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Source("a.parquet").ReadAsync(inputs, shard, null, new CancellationToken(canceled: true)));
    }

    void Copy(string sql, string name)
    {
        folder.Write(name);
        using var connection = db.Connect();
        connection.Execute($"COPY ({sql}) TO {DuckDbSql.Literal(folder.File(name))} (FORMAT parquet)");
    }

    static ParquetSource Source(string path, params string[] columns) => new(new ParquetSource.Options { FilePath = path, Columns = columns });

    async Task<List<Shard>> List(ParquetSource source, ShardCut cut)
    {
        var shards = new List<Shard>();
        await foreach (var shard in source.ListShardsAsync(new FolderInputs([folder.Path], folder.Path), cut, default))
        {
            shards.Add(shard);
        }

        return shards;
    }

    async Task<List<ShardRows>> Read(string path, ShardCut? cut = null, Schema? schema = null, string[]? columns = null)
    {
        var source = Source(path, columns ?? []);
        var rows = new List<ShardRows>();
        foreach (var shard in await List(source, cut ?? new ShardCut()))
        {
            rows.Add(await source.ReadAsync(new FolderInputs([folder.Path], folder.Path), shard, schema, default));
        }

        return rows;
    }
}
