using Sluice.Native;

namespace Sluice.Core.Tests.Native;

public sealed class DuckDbReaderTests : DuckDbFixture
{
    [Fact]
    public void Reads_the_extremes_of_every_fixed_size_type()
    {
        Assert.Equal([true, false], Column<bool>("VALUES (true), (false)"));
        Assert.Equal([sbyte.MinValue, sbyte.MaxValue], Column<sbyte>("VALUES ((-128)::TINYINT), (127::TINYINT)"));
        Assert.Equal([short.MinValue, short.MaxValue], Column<short>("VALUES ((-32768)::SMALLINT), (32767::SMALLINT)"));
        Assert.Equal([int.MinValue, int.MaxValue], Column<int>("VALUES ((-2147483648)::INTEGER), (2147483647::INTEGER)"));
        Assert.Equal([long.MinValue, long.MaxValue], Column<long>("VALUES ((-9223372036854775808)::BIGINT), (9223372036854775807::BIGINT)"));
        Assert.Equal([byte.MaxValue], Column<byte>("VALUES (255::UTINYINT)"));
        Assert.Equal([ushort.MaxValue], Column<ushort>("VALUES (65535::USMALLINT)"));
        Assert.Equal([uint.MaxValue], Column<uint>("VALUES (4294967295::UINTEGER)"));
        Assert.Equal([ulong.MaxValue], Column<ulong>("VALUES (18446744073709551615::UBIGINT)"));
        Assert.Equal([1.5f, float.NegativeInfinity], Column<float>("VALUES (1.5::FLOAT), ('-inf'::FLOAT)"));
        Assert.Equal([-0.1, double.NaN], Column<double>("VALUES (-0.1::DOUBLE), ('nan'::DOUBLE)"));
        Assert.Equal([-1, 365], Column<int>("VALUES (DATE '1969-12-31'), (DATE '1971-01-01')"));
        Assert.Equal([1_000_001L], Column<long>("VALUES (TIMESTAMP '1970-01-01 00:00:01.000001')"));
        Assert.Equal([3_600_000_000L], Column<long>("VALUES (TIMESTAMPTZ '1970-01-01 02:00:00+01')"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("twelve bytes")]
    [InlineData("thirteen byte")]
    [InlineData("größer 漢字 🎬 than one inlined string")]
    [InlineData("a\0b")]
    public void Reads_text_short_and_long(string text)
    {
        var read = Texts("SELECT $1", s => s.Bind(1, text));

        Assert.Equal([text], read);
    }

    [Fact]
    public void Reads_bytes_that_are_not_text()
    {
        using var reader = connection.Query(@"SELECT '\xFF\x00\x80'::BLOB");

        Assert.True(reader.Read());
        Assert.Equal([0xFF, 0x00, 0x80], reader.Values<DuckDbString>(0)[0].Bytes.ToArray());
    }

    [Fact]
    public void Streams_many_chunks_in_order_with_their_nulls()
    {
        const int rows = 100_001;
        using var reader = connection.Query($"SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'row ' || i END FROM range({rows}) t(i)");
        var next = 0L;
        var chunks = 0;

        while (reader.Read())
        {
            chunks++;
            var validity = reader.Validity(1);
            for (var row = 0; row < reader.RowCount; row++, next++)
            {
                Assert.Equal(next, reader.Values<long>(0)[row]);
                Assert.Equal(next % 3 != 0, DuckDbReader.IsValid(validity, row));
                if (next % 3 != 0)
                {
                    Assert.Equal($"row {next}", Text(reader.Values<DuckDbString>(1)[row]));
                }
            }
        }

        Assert.Equal(rows, next);
        Assert.True(chunks > rows / 2048);
        Assert.False(reader.Read());
    }

    [Fact]
    public void Gives_constants_and_null_columns_row_by_row()
    {
        using var reader = connection.Query("SELECT 7::BIGINT, 'the same long text every time', NULL::DOUBLE FROM range(3000)");
        var rows = 0;

        while (reader.Read())
        {
            foreach (var value in reader.Values<long>(0))
            {
                Assert.Equal(7, value);
            }
            foreach (ref readonly var text in reader.Values<DuckDbString>(1))
            {
                Assert.Equal(29, text.Length);
            }
            Assert.True(reader.Validity(0).IsEmpty);
            Assert.False(DuckDbReader.IsValid(reader.Validity(2), reader.RowCount - 1));
            rows += reader.RowCount;
        }

        Assert.Equal(3000, rows);
    }

    [Fact]
    public void Names_columns_and_types_even_of_an_empty_result()
    {
        using var reader = connection.Query("SELECT 1::INTEGER AS \"größe\", 'x' AS b WHERE false");

        Assert.False(reader.Read());
        Assert.Equal(["größe", "b"], reader.Names);
        Assert.Equal([DuckDbType.Integer, DuckDbType.Varchar], reader.Types);
    }

    [Fact]
    public void Refuses_a_column_as_another_type()
    {
        using var reader = connection.Query("SELECT 1::BIGINT AS n, [1] AS list");
        reader.Read();

        var other = Assert.Throws<InvalidOperationException>(() => { _ = reader.Values<double>(0); });
        var nested = Assert.Throws<InvalidOperationException>(() => { _ = reader.Values<long>(1); });

        Assert.Equal("Column 'n' (0) has DuckDB type 'BigInt' and was asked for as 'Double'; expected 'Int64'.", other.Message);
        Assert.Equal(
            "Column 'list' (1) has DuckDB type '24' and was asked for as 'Int64'; expected a cast in SQL to a type of DuckDbType.", nested.Message);
    }

    [Fact]
    public void Refuses_values_where_there_is_no_chunk()
    {
        using var reader = connection.Query("SELECT 1::BIGINT");

        var error = Assert.Throws<InvalidOperationException>(() => { _ = reader.Values<long>(0); });

        Assert.StartsWith("The reader is not on a chunk", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_an_error_that_comes_late_in_the_stream()
    {
        using var reader = connection.Query("SELECT CASE WHEN i = 900000 THEN 'x' ELSE '1' END::INTEGER FROM range(1000000) t(i)");

        var error = Assert.Throws<DuckDbException>(() =>
        {
            while (reader.Read())
            {
            }
        });

        Assert.Equal(DuckDbErrorKind.Conversion, error.Kind);
        Assert.StartsWith("Conversion Error: Could not convert string 'x' to INT32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Holds_its_connection_until_disposed()
    {
        using (connection.Query("SELECT 1"))
        {
            var error = Assert.Throws<InvalidOperationException>(() => connection.Execute("SELECT 2"));

            Assert.StartsWith("A DuckDB connection does one thing at a time", error.Message, StringComparison.Ordinal);
        }
        connection.Execute("SELECT 3");
    }

    [Fact]
    public void Outlives_its_connection_and_database()
    {
        using var otherDatabase = new DuckDb();
        var other = otherDatabase.Connect();
        using var reader = other.Query("SELECT i FROM range(10000) t(i)");

        other.Dispose();
        otherDatabase.Dispose();
        var rows = 0;
        while (reader.Read())
        {
            rows += reader.RowCount;
        }

        Assert.Equal(10000, rows);
    }
}
