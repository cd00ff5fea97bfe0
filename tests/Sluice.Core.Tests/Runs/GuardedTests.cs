using Sluice.Batches;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Tests.Runs;

public sealed class GuardedTests
{
    static readonly Schema schema = new([new Field("x", ColumnType.Int64, false)]);

    [Fact]
    public void A_step_that_does_not_throw_is_run_once()
    {
        var step = new FakeStep();
        var poison = new List<PoisonRow>();

        var (batch, verdicts) = Guarded.Apply(step, Numbers(100), Fitted.None, poison);

        Assert.Equal((100, 0, 1), (batch.Rows, verdicts.Rejected, step.Applied));
        Assert.Empty(poison);
    }

    [Fact]
    public void Exactly_the_planted_rows_are_put_aside_within_the_promised_number_of_calls()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var rows = random.Next(1, 700);
            var planted = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(rows)).ToHashSet();
            var step = Throwing(planted);
            var poison = new List<PoisonRow>();

            var (batch, _) = Guarded.Apply(step, Numbers(rows), Fitted.None, poison);

            Assert.True(planted.Order().SequenceEqual(poison.Select(p => p.Row)), $"seed {seed}");
            Assert.Equal(Enumerable.Range(0, rows).Where(i => !planted.Contains(i)).Select(i => (long)i), batch.Int64("x").ToArray());
            Assert.Equal(Enumerable.Range(0, rows).Where(i => !planted.Contains(i)), Enumerable.Range(0, batch.Rows).Select(batch.OriginOf));

            // The first try, the root of the search, 2·log2(rows) for each row, and the run without them.
            var limit = 3 + (2 * planted.Count * (int)Math.Ceiling(Math.Log2(Math.Max(2, rows))));
            Assert.True(step.Applied <= limit, $"{step.Applied} calls for {planted.Count} of {rows} rows, expected at most {limit}; seed {seed}");
        }
    }

    [Fact]
    public void The_exact_error_is_kept()
    {
        var poison = new List<PoisonRow>();

        Guarded.Apply(Throwing(new HashSet<int> { 3 }), Numbers(8), Fitted.None, poison);

        Assert.Equal(new PoisonRow(3, "FormatException: row 3 cannot be"), Assert.Single(poison));
    }

    [Fact]
    public void Decisions_of_a_keyed_step_stay_with_their_rows()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var rows = random.Next(2, 200);
            var planted = new HashSet<long> { random.Next(rows), random.Next(rows) };
            var step = new FakeStep
            {
                Keyed = true,
                Applying = (batch, fitted, verdicts) =>
                {
                    var x = batch.Int64("x");
                    for (var row = 0; row < batch.Rows; row++)
                    {
                        Assert.Equal((byte)(x[row] % 251), fitted.Decisions[row]);
                        ThrowIf(planted, x[row]);
                    }

                    return batch;
                },
            };
            var decisions = Enumerable.Range(0, rows).Select(i => (byte)(i % 251)).ToArray();
            var poison = new List<PoisonRow>();

            var (result, _) = Guarded.Apply(step, Numbers(rows), new Fitted("null"u8.ToArray(), decisions), poison);

            Assert.Equal(rows - planted.Count, result.Rows);
            Assert.Equal(planted.Order(), poison.Select(p => (long)p.Row));
        }
    }

    [Fact]
    public void Verdicts_are_those_of_the_rows_that_are_left()
    {
        var step = new FakeStep
        {
            Applying = (batch, _, verdicts) =>
            {
                var odd = verdicts.Rule("odd", "x", Severity.Low, rejects: true);
                var x = batch.Int64("x");
                for (var row = 0; row < batch.Rows; row++)
                {
                    ThrowIf(5, x[row]);
                    if (x[row] % 2 == 1)
                    {
                        verdicts.Fail(odd, row);
                    }
                }

                return verdicts.Keep(batch);
            },
        };
        var poison = new List<PoisonRow>();

        var (batch, verdicts) = Guarded.Apply(step, Numbers(10), Fitted.None, poison);

        Assert.Equal((9, 4, 5), (verdicts.Rows, verdicts.Rejected, batch.Rows));
        Assert.Equal([1, 3, 6, 8], verdicts.Failing(0));
    }

    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(TransientException))]
    [InlineData(typeof(StoreException))]
    [InlineData(typeof(OutOfMemoryException))]
    public void What_is_nobodys_row_passes_through_without_a_search(Type type)
    {
        var step = new FakeStep { Applying = (_, _, _) => throw (Exception)Activator.CreateInstance(type, "from outside")! };

        Assert.IsType(type, Record.Exception(() => Guarded.Apply(step, Numbers(100), Fitted.None, [])), exactMatch: true);
        Assert.Equal(1, step.Applied);
    }

    [Fact]
    public void A_cancellation_during_the_search_ends_it()
    {
        var calls = 0;
        var step = new FakeStep { Applying = (_, _, _) => throw (++calls < 4 ? new FormatException() : new OperationCanceledException()) };

        Assert.Throws<OperationCanceledException>(() => Guarded.Apply(step, Numbers(100), Fitted.None, []));
        Assert.Equal(4, calls);
    }

    [Fact]
    public void Lost_rows_are_found_and_named()
    {
        var poison = new List<PoisonRow>();
        var step = new FakeStep
        {
            Applying = (batch, _, _) => batch.Take([.. Enumerable.Range(0, batch.Rows).Where(row => batch.Int64("x")[row] != 7)]),
        };

        var (result, _) = Guarded.Apply(step, Numbers(20), Fitted.None, poison);

        Assert.Equal(19, result.Rows);
        Assert.Equal(new PoisonRow(7, "InvalidOperationException: Step FakeStep was given 1 rows, gave 0 and rejected 0: 1 are lost."), Assert.Single(poison));
    }

    [Fact]
    public void A_step_that_fails_on_rows_together_but_on_none_alone_stops_the_run()
    {
        var step = new FakeStep { Applying = (batch, _, _) => batch.Rows > 1 ? throw new FormatException("too many") : batch };

        var error = Assert.Throws<DataException>(() => Guarded.Apply(step, Numbers(8), Fitted.None, []));

        Assert.Equal("The step fails on 8 rows together but on none of them alone: too many", error.Message);
    }

    [Fact]
    public void A_step_that_still_fails_without_its_poison_rows_stops_the_run()
    {
        var step = new FakeStep
        {
            Applying = (batch, _, _) =>
            {
                ThrowIf(0, batch.Int64("x")[0]);
                return batch.Rows > 3 ? throw new FormatException("too many") : batch;
            },
        };

        var error = Assert.Throws<DataException>(() => Guarded.Apply(step, Numbers(8), Fitted.None, []));

        Assert.Equal("The step fails on 7 rows together, also without the 1 that fail alone: too many", error.Message);
    }

    [Fact]
    public void The_search_ends_above_the_limit()
    {
        var step = new FakeStep { Applying = (_, _, _) => throw new FormatException("always") };
        var poison = new List<PoisonRow>();

        Guarded.Apply(step, Numbers(10_000), Fitted.None, poison, limit: 5);

        Assert.Equal(6, poison.Count);
        Assert.True(step.Applied < 60, $"{step.Applied} calls");
    }

    [Fact]
    public void Nothing_is_nobodys_poison() => Assert.Empty(Guarded.FindPoison(0, (_, _) => throw new FormatException()));

    static FakeStep Throwing(IReadOnlySet<int> planted) => new()
    {
        Applying = (batch, _, _) =>
        {
            foreach (var x in batch.Int64("x"))
            {
                ThrowIf(planted.Select(p => (long)p).ToHashSet(), x);
            }

            return batch;
        },
    };

    static void ThrowIf(long planted, long x) => ThrowIf(new HashSet<long> { planted }, x);

    static void ThrowIf(IReadOnlySet<long> planted, long x)
    {
        if (planted.Contains(x))
        {
            throw new FormatException($"row {x} cannot be");
        }
    }

    static Batch Numbers(int rows) =>
        new(schema, [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, rows).Select(i => (long)i)], null, rows)], rows);
}
