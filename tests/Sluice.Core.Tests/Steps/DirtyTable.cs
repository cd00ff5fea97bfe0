using System.Text;
using Sluice.Batches;

namespace Sluice.Core.Tests.Steps;

/// <summary>Rows as they are found: every type, blanks, words for missing, wrong types, far values, copies of rows.</summary>
static class DirtyTable
{
    static readonly string?[] names = [" Ann ", "ann", "BOB", "Žluťoučký  Kůň", "", "  ", null, "\u00A0Éva\u3000", "ß", "don't STOP. now", "李 雷"];
    static readonly string?[] genres = ["Drama", "Comedy", "drama ", null, "Horror"];
    static readonly string?[] amounts = ["1", "12", "1,234", " 7 ", "3.5", "n/a", "abc", "", null, "-4", "99"];
    static readonly string?[] whens = ["Jun 12 1998", "1998-06-12", "13/06/1998", "6/12/1998", "soon", null, "NULL"];
    static readonly string?[] flags = ["yes", "no", "Y", "0", "maybe", null, "TRUE"];
    static readonly string?[] codes = ["007", "01234", "94105", "10001"];
    static readonly string?[] notes = ["{\"a\": 1}", "[]", null];

    public static Schema Schema { get; } = new(
    [
        new("name", ColumnType.Text), new("genre", ColumnType.Text), new("amount", ColumnType.Text, true, "mixed"), new("when", ColumnType.Text),
        new("yes_no", ColumnType.Text), new("code", ColumnType.Text), new("notes", ColumnType.Text, true, "json"), new("count", ColumnType.Int64),
        new("price", ColumnType.Float64), new("flag", ColumnType.Boolean), new("day", ColumnType.Date), new("at", ColumnType.Timestamp),
    ]);

    public static Batch Of(int rows, int seed)
    {
        var random = new Random(seed);
        var columns = new Column[]
        {
            Text(names), Text(genres), Text(amounts), Text(whens), Text(flags), Text(codes), Text(notes),
            Values(ColumnType.Int64, () => random.Next(20) == 0 ? 5_000_000L : random.Next(100)),
            Values(ColumnType.Float64, () => random.Next(30) switch { 0 => double.NaN, 1 => 1e9, _ => random.NextDouble() }),
            Values(ColumnType.Boolean, () => random.Next(3) == 0),
            Values(ColumnType.Date, () => random.Next(10_000)),
            Values(ColumnType.Timestamp, () => random.NextInt64(1_700_000_000_000_000)),
        };
        var batch = new Batch(Schema, columns, rows);

        // Some rows again, so that there are duplicates.
        var picked = Enumerable.Range(0, rows).Select(row => random.Next(4) == 0 ? random.Next(rows) : row).ToArray();
        return new Batch(Schema, columns.Select(c => c.Take(picked)), rows);

        TextColumn Text(string?[] values) => TextColumn.Of([.. Enumerable.Range(0, rows).Select(_ => values[random.Next(values.Length)])]);

        ValueColumn<T> Values<T>(ColumnType type, Func<T> next)
            where T : unmanaged
        {
            var builder = new ValueBuilder<T>(type);
            for (var row = 0; row < rows; row++)
            {
                if (random.Next(8) == 0)
                {
                    builder.AppendNull();
                }
                else
                {
                    builder.Append(next());
                }
            }

            return builder.Build();
        }
    }

    /// <summary>Rows of this schema without a single value.</summary>
    public static Batch Empty(Schema schema, int rows) => new(schema, schema.Select(f => Nulls(f.Type, rows)), rows);

    /// <summary>A batch of text columns.</summary>
    public static Batch Text(params (string Name, string?[] Values)[] columns) => new(
        new Schema(columns.Select(c => new Field(c.Name, ColumnType.Text))), columns.Select(c => TextColumn.Of(c.Values)), columns[0].Values.Length);

    /// <summary>Values of a column as a user sees them; null where missing.</summary>
    public static IEnumerable<string?> Shown(Batch batch, string column) =>
        [.. Enumerable.Range(0, batch.Rows).Select(row => batch[column].IsNull(row) ? null : batch[column].Display(row))];

    public static Batch Numbers(string column, params double?[] values)
    {
        var builder = new ValueBuilder<double>(ColumnType.Float64);
        foreach (var value in values)
        {
            if (value is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(value.Value);
            }
        }

        return new Batch(new Schema([new Field(column, ColumnType.Float64)]), [builder.Build()], values.Length);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static Column Nulls(ColumnType type, int rows)
    {
        ColumnBuilder builder = type switch
        {
            ColumnType.Text => new TextBuilder(),
            ColumnType.Boolean => new ValueBuilder<bool>(type),
            ColumnType.Float64 => new ValueBuilder<double>(type),
            ColumnType.Date => new ValueBuilder<int>(type),
            _ => new ValueBuilder<long>(type),
        };
        for (var row = 0; row < rows; row++)
        {
            builder.AppendNull();
        }

        return builder.Finish();
    }
}
