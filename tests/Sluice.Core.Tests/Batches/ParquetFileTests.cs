using Sluice.Batches;
using Sluice.Native;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Batches;

public sealed class ParquetFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DuckDb db = new(new DuckDbOptions { Threads = 2 });

    public void Dispose()
    {
        db.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(5000)]
    [InlineData(130_000)]
    public void Every_value_comes_back_to_the_bit(int rows)
    {
        foreach (var nulls in new[] { 0, 0.2, 1 })
        {
            var seed = rows + (int)(nulls * 10);
            var batch = RandomBatches.Of(rows, seed, nulls);
            var file = folder.File($"{rows}-{nulls}.parquet");

            ParquetFile.Write(db, batch, file);

            RandomBatches.AssertSame(batch, ParquetFile.Read(db, file));
            Assert.Equal((batch.Schema, rows), ParquetFile.Describe(db, file));
        }
    }

    [Fact]
    public void Signed_zero_and_not_a_number_keep_their_bits_where_every_value_repeats()
    {
        var repeated = Enumerable.Repeat(new[] { 0.0, -0.0, double.NaN, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0001) }, 3000).SelectMany(v => v).ToArray();
        var batch = new Batch(new Schema([new("v", ColumnType.Float64)]), [new ValueColumn<double>(ColumnType.Float64, repeated)], repeated.Length);

        ParquetFile.Write(db, batch, folder.File("a.parquet"));

        RandomBatches.AssertSame(batch, ParquetFile.Read(db, folder.File("a.parquet")));
    }

    [Fact]
    public void Dates_and_times_at_the_end_of_their_range_come_back()
    {
        int[] days = [int.MinValue + 2, int.MaxValue - 1, -2_000_000];
        long[] times = [long.MinValue + 2, long.MaxValue - 1, -1L << 60];
        var schema = new Schema([new("d", ColumnType.Date), new("t", ColumnType.Timestamp)]);
        var batch = new Batch(schema, [new ValueColumn<int>(ColumnType.Date, days), new ValueColumn<long>(ColumnType.Timestamp, times)], 3);

        ParquetFile.Write(db, batch, folder.File("a.parquet"));

        var found = ParquetFile.Read(db, folder.File("a.parquet"));
        Assert.Equal(days, ((ValueColumn<int>)found["d"]).Values.ToArray());
        Assert.Equal(times, found.Int64("t").ToArray());
    }

    [Fact]
    public void Only_the_columns_asked_for_are_read_in_the_order_of_the_file()
    {
        var batch = RandomBatches.Of(3000, 5);
        ParquetFile.Write(db, batch, folder.File("a.parquet"));

        var wanted = new HashSet<string> { "name", "count" };
        RandomBatches.AssertSame(batch.Select(wanted), ParquetFile.Read(db, folder.File("a.parquet"), wanted));
        var none = ParquetFile.Read(db, folder.File("a.parquet"), new HashSet<string>());
        Assert.Equal((0, 3000), (none.Schema.Count, none.Rows));
        var refused = Assert.Throws<DataException>(() => ParquetFile.Read(db, folder.File("a.parquet"), new HashSet<string> { "nobody" }));
        Assert.StartsWith("Column 'nobody' does not exist. It has: flag, count", refused.Message);
    }

    [Fact]
    public void Names_that_parquet_cannot_tell_apart_come_back()
    {
        string[] names = ["a", "A", "", "a_2", "x\"y", "'", "nul\0", "nul", "ž", "Ž", "select", "filename", "file_row_number", "*", "🚀"];
        var batch = new Batch(new Schema(names.Select(n => new Field(n, ColumnType.Text))), names.Select(n => TextColumn.Of(n, null)), 2);

        ParquetFile.Write(db, batch, folder.File("a.parquet"));

        RandomBatches.AssertSame(batch, ParquetFile.Read(db, folder.File("a.parquet")));
        foreach (var name in names)
        {
            Assert.Equal(name, ParquetFile.Read(db, folder.File("a.parquet"), new HashSet<string> { name }).Text(name).Display(0));
        }
    }

    [Fact]
    public void The_same_batch_gives_the_same_bytes_for_any_number_of_threads()
    {
        var batch = RandomBatches.Of(300_000, 7);
        var seen = new HashSet<string>();
        foreach (var threads in new[] { 1, 2, 3, 8 })
        {
            using var other = new DuckDb(new DuckDbOptions { Threads = threads });
            for (var time = 0; time < 2; time++)
            {
                var file = folder.File($"{threads}-{time}.parquet");
                ParquetFile.Write(other, batch, file);
                seen.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
            }
        }

        Assert.Single(seen);
    }

    [Theory]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.None)]
    public void Any_compression_is_read(ParquetCompression compression)
    {
        var batch = RandomBatches.Of(4000, 11);

        ParquetFile.Write(db, batch, folder.File("a.parquet"), compression);

        RandomBatches.AssertSame(batch, ParquetFile.Read(db, folder.File("a.parquet")));
    }

    [Fact]
    public void A_folder_whose_name_looks_like_a_partition_or_a_pattern_adds_nothing()
    {
        var batch = RandomBatches.Of(10, 13);
        Directory.CreateDirectory(folder.File("price=3/[a]*"));
        var file = folder.File("price=3/[a]*/it's.parquet");

        ParquetFile.Write(db, batch, file);

        RandomBatches.AssertSame(batch, ParquetFile.Read(db, file));
    }

    [Fact]
    public void A_batch_without_columns_is_refused()
    {
        var refused = Assert.Throws<DataException>(() => ParquetFile.Write(db, new Batch(new Schema([]), [], 3), "a.parquet"));

        Assert.Equal("A table without columns cannot be written to \"a.parquet\": Parquet needs at least one. Keep a column.", refused.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_with_its_row()
    {
        var text = new TextBuilder();
        text.Append("fine"u8);
        text.Append([0x41, 0xFF]);
        var batch = new Batch(new Schema([new("title", ColumnType.Text)]), [text.Build()], 2);

        var refused = Assert.Throws<DataException>(() => ParquetFile.Write(db, batch, folder.File("a.parquet")));

        Assert.Equal(
            "Column 'title', row 2 holds text that is not UTF-8, found bytes '41ff'. Expected UTF-8; read the input with its real encoding.",
            refused.Message);
        Assert.False(File.Exists(folder.File("a.parquet")));
    }

    [Fact]
    public void Another_parquet_file_a_cut_one_and_no_file_are_refused()
    {
        using var connection = db.Connect();
        var other = folder.File("other.parquet");
        connection.Execute($"COPY (SELECT 1 AS a) TO {DuckDbSql.Literal(other)} (FORMAT parquet)");
        ParquetFile.Write(db, RandomBatches.Of(5000, 3), folder.File("cut.parquet"));
        File.WriteAllBytes(folder.File("cut.parquet"), File.ReadAllBytes(folder.File("cut.parquet"))[..^100]);

        Assert.Contains(
            "other.parquet\" is not a batch file: found no footer key 'sluice.schema'; expected a Parquet file that this version wrote.",
            Assert.Throws<DataException>(() => ParquetFile.Read(db, other)).Message);
        Assert.Contains("cut.parquet\" cannot be read: ", Assert.Throws<DataException>(() => ParquetFile.Read(db, folder.File("cut.parquet"))).Message);
        Assert.Contains("none.parquet\" cannot be read: ", Assert.Throws<DataException>(() => ParquetFile.Read(db, folder.File("none.parquet"))).Message);
    }

    [Fact]
    public void Writing_can_be_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ParquetFile.Write(db, RandomBatches.Of(10, 1), folder.File("a.parquet"), ParquetCompression.Zstd, new CancellationToken(canceled: true)));
}
