using System.Text;
using Sluice.Batches;

namespace Sluice.Tests.Optimise;

/// <summary>A small table of random columns and values: missing cells, NaN, infinities, blanks, letters of many scripts, lists, numbers in text.</summary>
static class RandomTable
{
    static readonly string[] words =
        ["", " ", "a", " B ", "Ünïcødé", "日本", "🙂 x", "null", "1;2;3", "[\"p\", null, 3]", "not [a list", "x,y", "+49 30 1234567", "2024-02-29", "7", "-1.5", "Straße", "e\u0301"];

    public static Batch Of(Random random)
    {
        var rows = random.Next(8) == 0 ? random.Next(3) : random.Next(20, 60);
        var fields = new List<Field>();
        var columns = new List<Column>();
        for (var i = 0; i < 6 + random.Next(4); i++)
        {
            // The first six have all types, so that every step finds something.
            var type = i < 6 ? (ColumnType)i : (ColumnType)random.Next(6);
            columns.Add(OfType(type, rows, random));
            fields.Add(new Field($"c{i}", type, columns[^1].CountNulls() > 0));
        }

        return new Batch(new Schema(fields), columns, rows);
    }

    /// <summary>A table to join with: keys such as the rows have, unique or not.</summary>
    public static Batch ToJoin(Batch rows, string key, bool unique, Random random)
    {
        int[] taken = [.. Enumerable.Range(0, rows.Rows).Where(_ => random.Next(3) > 0)];
        var keys = rows[key].Take(taken);
        if (unique)
        {
            var seen = new HashSet<RowKey>();
            var hashes = RowHash.Rows([keys], taken.Length);
            keys = keys.Take([.. Enumerable.Range(0, taken.Length).Where(row => seen.Add(hashes[row]))]);
        }

        var fields = new List<Field> { rows.Schema[key] with { Name = "key" } };
        var columns = new List<Column> { keys };
        for (var i = 0; i < random.Next(1, 3); i++)
        {
            // Sometimes a name that the rows have too.
            var type = (ColumnType)random.Next(6);
            fields.Add(new Field(random.Next(4) == 0 ? $"c{random.Next(6)}" : $"t{i}_{random.Next(1000)}", type));
            columns.Add(OfType(type, keys.Rows, random));
        }

        return fields.Select(f => f.Name).Distinct().Count() < fields.Count ? ToJoin(rows, key, unique, random) : new Batch(new Schema(fields), columns, keys.Rows);
    }

    static Column OfType(ColumnType type, int rows, Random random)
    {
        var nulls = random.Next(4) switch { 0 => 0.0, 1 => 0.5, 2 => 0.1, _ => random.Next(20) == 0 ? 1 : 0.05 };
        return type switch
        {
            ColumnType.Text => Texts(rows, nulls, random),
            ColumnType.Boolean => Values(type, rows, nulls, random, r => r.Next(2) == 0),
            ColumnType.Int64 => Values<long>(type, rows, nulls, random, r => r.Next(40) == 0 ? long.MaxValue : r.Next(-5, 10)),
            ColumnType.Float64 => Values(type, rows, nulls, random, r => r.Next(15) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -0.0, _ => r.Next(-20, 20) / 4.0 }),
            ColumnType.Date => Values(type, rows, nulls, random, r => r.Next(18_000, 18_030)),
            _ => Values<long>(type, rows, nulls, random, r => r.NextInt64(0, 10) * 86_400_000_000L),
        };
    }

    static Column Texts(int rows, double nulls, Random random)
    {
        var builder = new TextBuilder(rows);
        for (var row = 0; row < rows; row++)
        {
            if (random.NextDouble() < nulls)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Encoding.UTF8.GetBytes(words[random.Next(words.Length)]));
            }
        }

        return builder.Build();
    }

    static Column Values<T>(ColumnType type, int rows, double nulls, Random random, Func<Random, T> next)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(type, rows);
        for (var row = 0; row < rows; row++)
        {
            if (random.NextDouble() < nulls)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(next(random));
            }
        }

        return builder.Build();
    }
}
