using System.Diagnostics;
using Sluice.Native;

namespace Sluice.Core.Tests.Native;

public sealed class DuckDbConnectionTests : DuckDbFixture
{
    const string Endless = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3";

    [Fact]
    public void Binds_parameters_of_every_type()
    {
        using var statement = connection.Prepare("SELECT concat_ws('|', $1::BIGINT, $2::DOUBLE, $3::BOOLEAN, $4, $5 IS NULL)");
        statement.Bind(1, long.MinValue).Bind(2, 0.25).Bind(3, true).Bind(4, "'; DROP TABLE t; --").Bind(5, null);

        using var reader = statement.Query();

        Assert.True(reader.Read());
        Assert.Equal("-9223372036854775808|0.25|true|'; DROP TABLE t; --|true", Text(reader.Values<DuckDbString>(0)[0]));
    }

    [Fact]
    public void Runs_a_statement_again_with_other_parameters()
    {
        connection.Execute("CREATE TABLE t (n BIGINT)");
        using var insert = connection.Prepare("INSERT INTO t VALUES ($1)");

        var changed = insert.Bind(1, 5L).Execute() + insert.Bind(1, 6L).Execute();

        Assert.Equal(2, changed);
        Assert.Equal([5L, 6L], Column<long>("SELECT n FROM t"));
    }

    [Fact]
    public void Refuses_a_parameter_that_the_statement_lacks()
    {
        using var statement = connection.Prepare("SELECT $1::BIGINT");

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => statement.Bind(2, 1L));

        Assert.StartsWith("The SQL has no parameter '$2'; expected 1 to 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_run_with_a_parameter_unbound()
    {
        using var statement = connection.Prepare("SELECT $1::BIGINT");

        var error = Assert.Throws<DuckDbException>(() => statement.Query());

        Assert.Contains("parameter", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELEC 1", DuckDbErrorKind.Parser, "Parser Error: syntax error at or near \"SELEC\"")]
    [InlineData("SELECT nowhere FROM range(1)", DuckDbErrorKind.Binder, "Binder Error: Referenced column \"nowhere\" not found in FROM clause!")]
    [InlineData("SELECT 'x'::INTEGER", DuckDbErrorKind.Conversion, "Conversion Error: Could not convert string 'x' to INT32")]
    internal void Says_in_one_line_what_is_wrong_with_the_sql(string sql, DuckDbErrorKind kind, string message)
    {
        var executed = Assert.Throws<DuckDbException>(() => connection.Execute(sql));
        var queried = Assert.Throws<DuckDbException>(() => { using var reader = connection.Query(sql); reader.Read(); });

        Assert.Equal(kind, executed.Kind);
        Assert.Equal(message, executed.Message);
        Assert.Equal(message, queried.Message);
    }

    [Fact]
    public void Works_after_an_error()
    {
        Assert.Throws<DuckDbException>(() => connection.Execute("SELEC 1"));

        Assert.Equal([1], Column<int>("SELECT 1"));
    }

    [Fact]
    public void Refuses_nul_in_sql_because_the_rest_would_be_lost()
    {
        var error = Assert.Throws<ArgumentException>(() => connection.Execute("SELECT 1 \0 WHERE false"));

        Assert.StartsWith("SQL has a NUL character", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_a_long_query()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var clock = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => Task.Run(() => connection.Execute(Endless, source.Token)));

        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
        Assert.Equal([1], Column<int>("SELECT 1"));
    }

    [Fact]
    public async Task Cancelling_stops_a_reader_in_its_query()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAsync<OperationCanceledException>(() => Task.Run(() =>
        {
            using var reader = connection.Query(Endless, source.Token);
            return reader.Read();
        }));
        Assert.Equal([1], Column<int>("SELECT 1"));
    }

    [Fact]
    public void Cancelling_stops_a_reader_between_chunks()
    {
        using var source = new CancellationTokenSource();
        using var reader = connection.Query("SELECT i FROM range(100000000) t(i)", source.Token);
        Assert.True(reader.Read());

        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => { while (reader.Read()) { } });
    }

    [Fact]
    public void A_cancelled_token_starts_nothing()
    {
        Assert.Throws<OperationCanceledException>(() => connection.Execute("CREATE TABLE t (n BIGINT)", new CancellationToken(canceled: true)));

        Assert.Throws<DuckDbException>(() => connection.Execute("SELECT * FROM t"));
    }

    [Fact]
    public void A_cancellation_at_any_moment_leaves_the_connection_usable()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            using var source = new CancellationTokenSource();
            var canceller = new Thread(_ => { Thread.SpinWait(random.Next(20000)); source.Cancel(); });
            canceller.Start();
            try
            {
                connection.Execute("SELECT sum(i) FROM range(100000) t(i)", source.Token);
            }
            catch (OperationCanceledException)
            {
                // Either outcome is right; what counts is the call below.
            }
            canceller.Join();
            Assert.True(Column<int>("SELECT 42") is [42], $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Threads_work_side_by_side_each_on_its_own_connection()
    {
        var sums = new long[8];

        Parallel.For(0, sums.Length, thread =>
        {
            using var own = database.Connect();
            for (var round = 0; round < 20; round++)
            {
                using var reader = own.Query($"SELECT i FROM range(5000) t(i)");
                while (reader.Read())
                {
                    foreach (var value in reader.Values<long>(0))
                    {
                        sums[thread] += value;
                    }
                }
            }
        });

        Assert.All(sums, sum => Assert.Equal(20L * 5000 * 4999 / 2, sum));
    }

    [Fact]
    public void Refuses_use_after_disposal()
    {
        using var other = new DuckDb();
        var closed = other.Connect();
        closed.Dispose();
        other.Dispose();

        Assert.Throws<ObjectDisposedException>(() => closed.Execute("SELECT 1"));
        Assert.Throws<ObjectDisposedException>(() => other.Connect());
    }
}
