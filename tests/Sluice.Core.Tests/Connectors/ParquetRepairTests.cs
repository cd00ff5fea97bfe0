using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Batches;
using Sluice.Native;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class ParquetRepairTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DuckDb db = new(new DuckDbOptions { Threads = 1 });

    public void Dispose()
    {
        db.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("snappy", "V2")]
    [InlineData("gzip", "V1")]
    [InlineData("brotli", "V2")]
    [InlineData("lz4_raw", "V1")]
    [InlineData("uncompressed", "V2")]
    public void A_copy_of_every_page_holds_the_same_values(string codec, string version)
    {
        const int Seed = 61;
        var batch = RandomBatches.Of(20_000, Seed);
        ParquetFile.Write(db, batch, folder.File("batch.parquet"));
        using var connection = db.Connect();
        connection.Execute(
            $"COPY (SELECT * FROM {DuckDbSql.Literal(folder.File("batch.parquet"))}) TO {DuckDbSql.Literal(folder.File("a.parquet"))} "
            + $"(FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}, DICTIONARY_SIZE_LIMIT 0, ROW_GROUP_SIZE 6000)");

        Assert.True(ParquetRepair.Rewrite(folder.File("a.parquet"), folder.File("copy.parquet"), all: true));

        using var reader = connection.Query($"SELECT * FROM read_parquet({DuckDbSql.FileToRead(folder.File("copy.parquet"))})");
        RandomBatches.AssertSame(batch, ParquetFile.Collect(reader, batch.Schema, 0, default));
    }

    [Fact]
    public void A_file_that_needs_nothing_is_left_alone()
    {
        ParquetFile.Write(db, RandomBatches.Of(100, 1), folder.File("a.parquet"));

        ParquetRepair.Check(folder.File("a.parquet"), "a.parquet");
        Assert.False(ParquetRepair.Rewrite(folder.File("a.parquet"), folder.File("copy.parquet")));
        Assert.False(File.Exists(folder.File("copy.parquet")));
    }

    [Fact]
    public void Random_damage_ends_in_an_answer_and_never_in_another_exception()
    {
        const int Seed = 62;
        var random = new Random(Seed);
        ParquetFile.Write(db, RandomBatches.Of(500, Seed), folder.File("a.parquet"));
        var whole = File.ReadAllBytes(folder.File("a.parquet"));
        for (var time = 0; time < 300; time++)
        {
            var damaged = (byte[])whole.Clone();
            for (var i = 0; i < 5; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(folder.File("b.parquet"), damaged);
            File.Delete(folder.File("copy.parquet"));
            try
            {
                ParquetRepair.Check(folder.File("b.parquet"), "b.parquet");
                ParquetRepair.Rewrite(folder.File("b.parquet"), folder.File("copy.parquet"), all: true);
            }
            catch (SourceException refused)
            {
                Assert.StartsWith("The Parquet file \"b.parquet\" is damaged: the pages of column '", refused.Message);
            }
        }
    }
}
