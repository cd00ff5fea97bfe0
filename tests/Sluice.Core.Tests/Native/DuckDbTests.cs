using Sluice.Native;

namespace Sluice.Core.Tests.Native;

public sealed class DuckDbTests : DuckDbFixture
{
    [Fact]
    public void Exceeding_the_memory_limit_is_an_error()
    {
        var options = new DuckDbOptions { MaxMemoryBytes = 32 << 20, MaxTempBytes = 1 << 20, TempFolder = InFolder("none"), Threads = 1 };
        using var small = new DuckDb(options);
        using var own = small.Connect();

        var error = Assert.Throws<DuckDbException>(() => own.Execute("CREATE TABLE big AS SELECT i, md5(i::VARCHAR) AS h FROM range(5000000) t(i)"));

        Assert.Equal(DuckDbErrorKind.OutOfMemory, error.Kind);
        Assert.StartsWith("Out of Memory Error: ", error.Message, StringComparison.Ordinal);
        own.Execute("SELECT 1");
    }

    [Fact]
    public void Spills_beyond_the_memory_limit_and_cleans_up()
    {
        var spill = InFolder("spilled");
        using (var small = new DuckDb(new DuckDbOptions { MaxMemoryBytes = 64 << 20, TempFolder = spill, Threads = 1 }))
        using (var own = small.Connect())
        {
            Assert.False(Directory.Exists(spill));
            own.Execute("CREATE TEMP TABLE big AS SELECT i, md5(i::VARCHAR) AS h FROM range(3000000) t(i)");
            Assert.NotEmpty(Directory.GetFiles(spill));
        }

        Assert.False(Directory.Exists(spill));
    }

    [Fact]
    public void Keeps_rows_in_a_file()
    {
        var file = InFolder("kept.duckdb");
        using (var first = new DuckDb(file: file))
        using (var own = first.Connect())
        {
            own.Execute("CREATE TABLE t AS SELECT 42 AS n");
        }

        using var second = new DuckDb(file: file);
        using var again = second.Connect();
        using var reader = again.Query("SELECT n FROM t");

        Assert.True(reader.Read());
        Assert.Equal(42, reader.Values<int>(0)[0]);
    }

    [Fact]
    public void Says_that_a_file_is_not_a_database()
    {
        var file = InFolder("text.duckdb");
        File.WriteAllText(file, new string('x', 20000));

        var error = Assert.Throws<DuckDbException>(() => new DuckDb(file: file));

        Assert.Equal(DuckDbErrorKind.Io, error.Kind);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("SET GLOBAL autoinstall_known_extensions = true")]
    [InlineData("SET lock_configuration = false")]
    public void Locks_its_configuration(string sql)
    {
        var error = Assert.Throws<DuckDbException>(() => connection.Execute(sql));

        Assert.Contains("configuration has been locked", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_no_extension_for_a_remote_file()
    {
        Assert.Throws<DuckDbException>(() => connection.Execute("SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')"));
        var install = Assert.Throws<DuckDbException>(() => connection.Execute("INSTALL httpfs"));
        Assert.DoesNotContain("http://", install.Message, StringComparison.Ordinal);
        Assert.Empty(Texts("SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode <> 'STATICALLY_LINKED'"));
    }

    [Fact]
    public void Tells_time_in_utc_whatever_the_machine_says()
    {
        Assert.Equal(["1970-01-01 01:00:00+00"], Texts("SELECT TIMESTAMPTZ '1970-01-01 02:00:00+01'::VARCHAR"));
        using var other = database.Connect();
        using var reader = other.Query("SELECT current_setting('TimeZone')");
        Assert.True(reader.Read());
        Assert.Equal("UTC", Text(reader.Values<DuckDbString>(0)[0]));
    }

    [Fact]
    public void Says_what_to_do_when_the_library_is_missing()
    {
        var error = Assert.Throws<DuckDbException>(() => DuckDbLibrary.Check(() => throw new DllNotFoundException("no such file\nand more")));

        Assert.StartsWith("DuckDB's library cannot be loaded: looked for '", error.Message, StringComparison.Ordinal);
        Assert.Contains($"in '{AppContext.BaseDirectory}'; expected it from the npm package '@duckdb/", error.Message, StringComparison.Ordinal);
        Assert.Contains("Run 'npm ci --ignore-scripts' in native/", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Found: no such file and more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quotes_names_so_that_they_stay_names()
    {
        Assert.Equal("'it''s'", DuckDbSql.Literal("it's"));
        Assert.Equal("\"a \"\"b\"\"\"", DuckDbSql.Identifier("a \"b\""));
        Assert.Equal("'a[[]1][*][?].parquet'", DuckDbSql.FileToRead("a[1]*?.parquet"));
        var error = Assert.Throws<ArgumentException>(() => DuckDbSql.Literal("a\0b"));
        Assert.Equal("A name for SQL has a NUL character at position 1, found 'a\\0b'; expected none. Rename the file or column.", error.Message);
    }
}
