using System.Security.Cryptography;
using System.Text;
using Sluice.Native;

namespace Sluice.Core.Tests.Native;

public sealed class DuckDbAppenderTests : DuckDbFixture
{
    const int Rows = 5000;

    [Fact]
    public void Writes_every_type_with_nulls_and_reads_it_back()
    {
        var seed = Environment.TickCount;
        Fill(seed);

        using var reader = connection.Query("SELECT * FROM batch");
        var random = new Random(seed);
        var at = 0;
        while (reader.Read())
        {
            var texts = reader.Values<DuckDbString>(3);
            for (var row = 0; row < reader.RowCount; row++, at++)
            {
                var expected = Row.Next(random, at);
                var where = $"seed {seed}, row {at}";
                Assert.True(expected.Flag == reader.Values<bool>(0)[row], where);
                Assert.True(expected.Count == reader.Values<long>(1)[row], where);
                Assert.True(expected.Price.Equals(reader.Values<double>(2)[row]), where);
                Assert.True(expected.Day == reader.Values<int>(4)[row], where);
                Assert.True(expected.Text is null == !DuckDbReader.IsValid(reader.Validity(3), row), where);
                Assert.True(expected.Text is null || expected.Text == Text(texts[row]), where);
            }
        }

        Assert.Equal(Rows, at);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("snappy")]
    [InlineData("uncompressed")]
    public void Parquet_is_the_same_bytes_in_every_run_and_reads_back(string compression)
    {
        Fill(seed: 1);
        var first = Copy("first [1]*'.parquet", compression);
        connection.Execute("DROP TABLE batch");
        Fill(seed: 1);
        var second = Copy("second.parquet", compression);

        Assert.Equal(SHA256.HashData(File.ReadAllBytes(first)), SHA256.HashData(File.ReadAllBytes(second)));
        var differences = $"SELECT count(*) FROM (SELECT * FROM read_parquet({DuckDbSql.FileToRead(first)}) EXCEPT ALL SELECT * FROM batch)";
        Assert.Equal([0L], Column<long>(differences));
    }

    [Fact]
    public void Says_which_file_is_missing()
    {
        var missing = InFolder("missing.parquet");

        var error = Assert.Throws<DuckDbException>(() => connection.Query($"SELECT * FROM read_parquet({DuckDbSql.FileToRead(missing)})"));

        Assert.Equal(DuckDbErrorKind.Io, error.Kind);
        Assert.Equal($"IO Error: No files found that match the pattern \"{missing}\"", error.Message);
    }

    [Fact]
    public void Says_that_a_parquet_file_is_damaged()
    {
        Fill(seed: 1);
        var file = Copy("cut.parquet", "zstd");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..1000]);

        var error = Assert.Throws<DuckDbException>(() => connection.Query($"SELECT * FROM read_parquet({DuckDbSql.FileToRead(file)})"));

        Assert.Equal(DuckDbErrorKind.InvalidInput, error.Kind);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_the_table_is_missing()
    {
        var error = Assert.Throws<DuckDbException>(() => new DuckDbAppender(connection, "nowhere"));

        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        connection.Execute("SELECT 1");
    }

    [Fact]
    public void Refuses_what_is_not_utf8()
    {
        connection.Execute("CREATE TEMP TABLE t (a VARCHAR)");
        using var appender = new DuckDbAppender(connection, "t");

        var error = Assert.Throws<ArgumentException>(() => appender.SetText(0, 7, [0x61, 0xFF]));

        Assert.Equal("Column 0, row 7 of the chunk: found bytes that are not UTF-8; expected text in UTF-8.", error.Message);
    }

    [Fact]
    public void Refuses_a_column_as_another_type()
    {
        connection.Execute("CREATE TEMP TABLE t (a VARCHAR, n BIGINT)");
        using var appender = new DuckDbAppender(connection, "t");

        var text = Assert.Throws<InvalidOperationException>(() => { _ = appender.Values<DuckDbString>(0); });
        var number = Assert.Throws<InvalidOperationException>(() => appender.SetText(1, 0, "x"u8));

        Assert.Equal("Column 0 holds text or bytes; expected SetText or SetBytes.", text.Message);
        Assert.Equal("Column 1 has DuckDB type 'BigInt'; expected 'Varchar'.", number.Message);
    }

    [Fact]
    public void Reports_rows_that_the_table_refuses()
    {
        connection.Execute("CREATE TEMP TABLE t (a BIGINT NOT NULL)");
        using var appender = new DuckDbAppender(connection, "t");
        appender.SetNull(0, 0);

        var error = Assert.Throws<DuckDbException>(() => { appender.Append(1); appender.Complete(); });

        Assert.Contains("NOT NULL constraint failed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_when_disposed_before_the_first_flush()
    {
        connection.Execute("CREATE TEMP TABLE t (a BIGINT)");
        using (var appender = new DuckDbAppender(connection, "t"))
        {
            appender.Values<long>(0)[0] = 1;
            appender.Append(1);
        }

        Assert.Equal([0L], Column<long>("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Forgets_nulls_and_text_of_the_chunk_before()
    {
        connection.Execute("CREATE TEMP TABLE t (a VARCHAR, b BLOB)");
        using (var appender = new DuckDbAppender(connection, "t"))
        {
            appender.SetNull(0, 0);
            appender.SetBytes(1, 0, [0xFF]);
            appender.Append(1);
            appender.SetText(0, 0, "a text that is longer than twelve bytes"u8);
            appender.SetNull(1, 0);
            appender.Append(1);
            appender.Complete();
        }

        Assert.Equal([null, "a text that is longer than twelve bytes"], Texts("SELECT a FROM t"));
        Assert.Equal(["\\xFF", null], Texts("SELECT b::VARCHAR FROM t"));
    }

    string Copy(string name, string compression)
    {
        var path = InFolder(name);
        var copied = connection.Execute($"COPY (SELECT * FROM batch) TO {DuckDbSql.Literal(path)} (FORMAT parquet, COMPRESSION {compression})");
        Assert.Equal(Rows, copied);
        return path;
    }

    void Fill(int seed)
    {
        connection.Execute("CREATE TEMP TABLE batch (flag BOOLEAN, count BIGINT, price DOUBLE, text VARCHAR, day DATE)");
        using var appender = new DuckDbAppender(connection, "batch");
        var random = new Random(seed);
        for (var start = 0; start < Rows; start += DuckDbAppender.MaxRows)
        {
            var count = Math.Min(DuckDbAppender.MaxRows, Rows - start);
            for (var row = 0; row < count; row++)
            {
                var (flag, number, price, text, day) = Row.Next(random, start + row);
                appender.Values<bool>(0)[row] = flag;
                appender.Values<long>(1)[row] = number;
                appender.Values<double>(2)[row] = price;
                appender.Values<int>(4)[row] = day;
                if (text is null)
                {
                    appender.SetNull(3, row);
                }
                else
                {
                    appender.SetText(3, row, Encoding.UTF8.GetBytes(text));
                }
            }
            appender.Append(count);
        }
        appender.Complete();
    }

    sealed record Row(bool Flag, long Count, double Price, string? Text, int Day)
    {
        internal static Row Next(Random random, int at) => new(
            random.Next(2) == 0,
            random.NextInt64(),
            random.NextDouble(),
            random.Next(5) == 0 ? null : string.Concat(Enumerable.Repeat("ä🎬z", random.Next(8))) + at,
            random.Next(40000));
    }
}
