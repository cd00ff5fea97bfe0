using System.Globalization;
using Sluice.Batches;
using Sluice.Expressions;
using Sluice.Native;
using Sluice.Tests.Storage;
using Xunit.Abstractions;

namespace Sluice.Tests.Expressions;

/// <summary>
/// Random conditions over random small tables, against plain code and against DuckDB. DuckDB differs from PostgreSQL, and from us, where a part
/// cannot be computed: a division by zero is NULL or infinite there, and an error of the row here. Those rows are compared with the plain code only.
/// Written differently for DuckDB, as its own meaning of the same text is another: whole-number division is //, LIKE has no escape character
/// unless told, a date takes a 32-bit integer.
/// </summary>
public sealed class ExpressionDifferentialTests(ITestOutputHelper output)
{
    const int Conditions = 600;
    const int RowsPerTable = 40;

    [Fact]
    public void Conditions_mean_the_same_as_in_plain_code_and_in_DuckDB()
    {
        var seed = Environment.GetEnvironmentVariable("SLUICE_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"SLUICE_TEST_SEED={seed}");
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        using var database = new DuckDb(new DuckDbOptions { Threads = 1, TempFolder = folder.File("spill") });
        using var connection = database.Connect();
        int compared = 0, alone = 0, errors = 0;
        for (var round = 0; round < Conditions; round++)
        {
            var rows = Enumerable.Range(0, RowsPerTable).Select(_ => Row.Random(random)).ToList();
            var made = new RandomExpressions(random).Condition(random.Next(1, 5));
            if (made.Ours.Length > Expression.MaxLength)
            {
                made = new RandomExpressions(random).Condition(1);
            }

            var batch = ToBatch(rows);
            var expression = Expression.Parse(made.Ours);
            Assert.Empty(expression.Check(batch.Schema, ColumnType.Boolean));
            var result = expression.Evaluate(batch, ColumnType.Boolean);
            var duck = Ask(connection, made.Duck, rows);
            for (var row = 0; row < rows.Count; row++)
            {
                var tracker = new Tracker();
                var expected = made.Eval(rows[row], tracker);
                var ours = result.IsError(row) ? Poison.Value : (object?)result.IsTrue(row);
                Assert.True(Equals(expected, ours), $"seed {seed}: {made.Ours}\nrow {rows[row]}\nplain code: {Show(expected)}, ours: {Show(ours)}");
                errors += expected is Poison ? 1 : 0;
                if (tracker.Tainted)
                {
                    alone++;
                    continue;
                }

                compared++;
                Assert.True(Equals(duck[row], ours), $"seed {seed}: {made.Ours}\nDuckDB's: {made.Duck}\nrow {rows[row]}\nDuckDB: {Show(duck[row])}, ours: {Show(ours)}");
            }
        }

        output.WriteLine($"{compared:N0} rows compared with DuckDB and plain code, {alone:N0} with plain code alone, as a part of them cannot be computed; {errors:N0} of these are errors as a whole.");
        Assert.True(compared > alone * 2, "Too few rows were compared with DuckDB.");
    }

    static string Show(object? value) => value switch { null => "null", Poison => "error", _ => $"{value}" };

    static List<object?> Ask(DuckDbConnection connection, string condition, IReadOnlyList<Row> rows)
    {
        static string Sql(object? value, string type) => value switch
        {
            null => $"NULL::{type}",
            string text => $"'{text}'",
            double.NaN => "'NaN'::DOUBLE",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "::DOUBLE",
            bool flag => flag ? "TRUE" : "FALSE",
            DateOnly date => $"DATE '{date:yyyy-MM-dd}'",
            DateTime time => $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss}'",
            var other => $"{other}::BIGINT",
        };

        var values = string.Join(", ", rows.Select((r, n) => $"({n}, {Sql(r.I, "BIGINT")}, {Sql(r.J, "BIGINT")}, {Sql(r.F, "DOUBLE")}, {Sql(r.S, "VARCHAR")}, "
            + $"{Sql(r.U, "VARCHAR")}, {Sql(r.B, "BOOLEAN")}, {Sql(r.D, "DATE")}, {Sql(r.T, "TIMESTAMP")})"));
        var answers = new List<object?>();
        using var reader = connection.Query($"SELECT cast({condition} as BOOLEAN) FROM (VALUES {values}) AS x(n, i, j, f, s, u, b, d, t) ORDER BY n");
        while (reader.Read())
        {
            var validity = reader.Validity(0);
            var flags = reader.Values<bool>(0);
            for (var row = 0; row < reader.RowCount; row++)
            {
                answers.Add(DuckDbReader.IsValid(validity, row) ? flags[row] : null);
            }
        }

        return answers;
    }

    static Batch ToBatch(IReadOnlyList<Row> rows)
    {
        var epoch = new DateOnly(1970, 1, 1).DayNumber;
        static Column Values<T>(ColumnType type, IEnumerable<T?> values)
            where T : unmanaged
        {
            var builder = new ValueBuilder<T>(type);
            foreach (var value in values)
            {
                if (value is { } present)
                {
                    builder.Append(present);
                }
                else
                {
                    builder.AppendNull();
                }
            }

            return builder.Build();
        }

        return new Batch(
            new Schema(
            [
                new("i", ColumnType.Int64), new("j", ColumnType.Int64), new("f", ColumnType.Float64), new("s", ColumnType.Text), new("u", ColumnType.Text),
                new("b", ColumnType.Boolean), new("d", ColumnType.Date), new("t", ColumnType.Timestamp),
            ]),
            [
                Values(ColumnType.Int64, rows.Select(r => r.I)), Values(ColumnType.Int64, rows.Select(r => r.J)), Values(ColumnType.Float64, rows.Select(r => r.F)),
                TextColumn.Of([.. rows.Select(r => r.S)]), TextColumn.Of([.. rows.Select(r => r.U)]), Values(ColumnType.Boolean, rows.Select(r => r.B)),
                Values(ColumnType.Date, rows.Select(r => r.D is { } d ? d.DayNumber - epoch : (int?)null)),
                Values(ColumnType.Timestamp, rows.Select(r => r.T is { } t ? (t - DateTime.UnixEpoch).Ticks / 10 : (long?)null)),
            ],
            rows.Count);
    }
}
