using System.Globalization;
using System.Text;

namespace Sluice.Matching;

/// <summary>Matched pairs as rows to write: row numbers from 1, the score, each column's similarity, and the cells of both.</summary>
public static class MatchRows
{
    public static Batch Of(Batch left, Batch right, MatchResult result)
    {
        var (fields, columns) = (new List<Field>(), new List<Column>());
        void Add(Field field, Column column)
        {
            fields.Add(field);
            columns.Add(column);
        }

        Add(new Field("left_row", ColumnType.Int64, false), new ValueColumn<long>(ColumnType.Int64, [.. result.Pairs.Select(p => p.Left + 1L)]));
        Add(new Field("right_row", ColumnType.Int64, false), new ValueColumn<long>(ColumnType.Int64, [.. result.Pairs.Select(p => p.Right + 1L)]));
        Add(new Field("score", ColumnType.Float64, false), new ValueColumn<double>(ColumnType.Float64, [.. result.Pairs.Select(p => Math.Round(p.Score, 4))]));
        foreach (var (i, name) in result.Columns.Index())
        {
            Add(new Field($"similarity_{name}", ColumnType.Text), Texts(result.Pairs.Select(p => float.IsNaN(p.Similarities[i]) ? null : p.Similarities[i].ToString("0.###", CultureInfo.InvariantCulture))));
            Add(new Field($"left_{name}", ColumnType.Text), Texts(result.Pairs.Select(p => Cell(left[name], p.Left))));
            Add(new Field($"right_{name}", ColumnType.Text), Texts(result.Pairs.Select(p => Cell(right[name], p.Right))));
        }

        // Columns of the tables may be called like ours: left_row is then that of the pair, and theirs is numbered.
        return new Batch(new Schema(Unique(fields)), columns, result.Pairs.Count);
    }

    static IEnumerable<Field> Unique(List<Field> fields)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            var name = field.Name;
            for (var number = 2; !names.Add(name); number++)
            {
                name = $"{field.Name}_{number.ToString(CultureInfo.InvariantCulture)}";
            }

            yield return field with { Name = name };
        }
    }

    static string? Cell(Column column, int row) => column.IsNull(row) ? null : column.Display(row);

    static TextColumn Texts(IEnumerable<string?> cells)
    {
        var builder = new TextBuilder(16);
        foreach (var cell in cells)
        {
            if (cell is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Encoding.UTF8.GetBytes(cell));
            }
        }

        return builder.Build();
    }
}
