using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Batches;
using Sluice.Native;

namespace Sluice.Core.Tests.Connectors;

public sealed class ParquetSinkTests : SinkContract
{
    protected override string Extension => ".parquet";

    protected override Sink Make(string filePath, bool overwrite = true, string? splitBy = null) =>
        new ParquetSink(new ParquetSink.Options { FilePath = filePath, Overwrite = overwrite, SplitBy = splitBy });

    [Theory]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.None)]
    public async Task Rows_come_back_in_order_with_their_types(ParquetCompression compression)
    {
        const int Seed = 41;
        var batch = RandomBatches.Of(150_000, Seed);

        await Write(new ParquetSink(new() { FilePath = "a.parquet", Compression = compression }), SomeRows.Of(batch, 20_000));

        using var db = new DuckDb();
        using var connection = db.Connect();
        using var reader = connection.Query($"SELECT * FROM read_parquet({DuckDbSql.FileToRead(Folder.File("a.parquet"))})");
        Assert.Equal(batch.Schema.Select(field => field.Name), reader.Names);
        RandomBatches.AssertSame(batch, ParquetFile.Collect(reader, batch.Schema, 0, default));
    }

    [Fact]
    public async Task Zeros_of_both_signs_in_different_batches_keep_their_signs()
    {
        var schema = new Schema([new("v", ColumnType.Float64)]);
        Batch Of(double value) => new(schema, [new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Repeat(value, 3000)])], 3000);

        await Write(Make("a.parquet"), new SomeRows(schema, Of(0.0), Of(-0.0)));

        using var db = new DuckDb();
        using var connection = db.Connect();
        using var reader = connection.Query($"SELECT * FROM read_parquet({DuckDbSql.FileToRead(Folder.File("a.parquet"))})");
        Assert.Equal(3000, ParquetFile.Collect(reader, schema, 6000, default).Float64("v").ToArray().Count(double.IsNegative));
    }

    [Fact]
    public async Task A_table_without_columns_is_refused() =>
        await Assert.ThrowsAsync<DataException>(() => Write(Make("a.parquet"), new SomeRows(new Schema([]))));
}
