using Sluice.Connectors;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>New columns beside the column they are made of, or instead of it.</summary>
static class FeatureColumns
{
    /// <summary>The schema with these columns. One of the same name takes the place of its source; others are added at the end.</summary>
    /// <exception cref="DataException">A column of that name is there already.</exception>
    public static Schema Plan(Schema schema, string source, IReadOnlyList<Field> outputs, bool keep)
    {
        if (!keep && outputs is [var one] && one.Name == source)
        {
            return schema.With(one);
        }

        var rest = keep ? schema : new Schema(schema.Where(f => f.Name != source));
        return outputs.FirstOrDefault(f => rest.Has(f.Name)) is { } twice
            ? throw new DataException($"The feature '{twice.Name}' of column '{source}' has the name of a column that is there already. Rename that column before this step.")
            : new Schema(rest.Concat(outputs));
    }

    /// <summary>The same for rows.</summary>
    public static Batch Apply(Batch batch, string source, IReadOnlyList<(Field Field, Column Column)> outputs, bool keep)
    {
        if (!keep && outputs is [var (field, column)] && field.Name == source)
        {
            return batch.With(field, column);
        }

        var schema = Plan(batch.Schema, source, [.. outputs.Select(o => o.Field)], keep);
        var left = batch.Columns.Where((_, i) => keep || batch.Schema[i].Name != source);
        return new Batch(schema, left.Concat(outputs.Select(o => o.Column)), batch.Rows, batch.Origin);
    }

    /// <summary>Reports columns that do not exist or have a type that <paramref name="fits"/> does not take.</summary>
    public static void Check(Schema input, StepProblems problems, string path, IReadOnlyList<string> columns, Func<Field, bool> fits, string wanted, string advice)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (!problems.Column(input, $"{path}[{i}]", columns[i]))
            {
                continue;
            }

            var field = input[columns[i]];
            if (!fits(field) && !Unify.IsOpen(field))
            {
                problems.Add($"{path}[{i}]", $"Column '{field.Name}' is {field.Type.ToString().ToLowerInvariant()}; expected {wanted}. {advice}");
            }
            else if (columns.Take(i).Contains(field.Name))
            {
                problems.Add($"{path}[{i}]", $"Column '{field.Name}' is named twice. Name it once.");
            }
        }
    }

    /// <summary>Columns to read for the wanted ones: those that come through, and those that the step works on.</summary>
    public static HashSet<string> Needs(Schema input, IReadOnlySet<string> wanted, IEnumerable<string> read) =>
        wanted.Where(input.Has).Concat(read).ToHashSet(StringComparer.Ordinal);

    /// <summary>One double per row, NaN where missing: numbers, and booleans as 0 and 1. A column without values may have any type.</summary>
    public static ReadOnlySpan<double> Numbers(Column column)
    {
        if (column is not ValueColumn<bool> flags)
        {
            var numbers = Steps.Numbers.Of(column);
            return numbers.Length == column.Rows ? numbers : Missing(column.Rows);
        }

        var values = new double[flags.Rows];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = flags.IsNull(row) ? double.NaN : flags.Values[row] ? 1 : 0;
        }

        return values;
    }

    /// <summary>NaN is a missing value.</summary>
    public static ValueColumn<double> Float64(ReadOnlySpan<double> values)
    {
        var builder = new ValueBuilder<double>(ColumnType.Float64, values.Length);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(value);
            }
        }

        return builder.Build();
    }

    /// <summary>The cell as the bytes of a category; false where it is missing (null, NaN, blank).</summary>
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    /// <param name="scratch">At least <see cref="CellText.MaxLength"/> bytes, for values that are not text.</param>
    /// <param name="value">The bytes.</param>
    public static bool TryCategory(Column column, int row, byte[] scratch, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Cleaning.MissingCells.IsMissing(column, row))
        {
            return false;
        }

        value = column is TextColumn text ? text[row] : scratch.AsSpan(0, CellText.Format(column, row, scratch));
        return true;
    }

    static double[] Missing(int rows)
    {
        var values = new double[rows];
        Array.Fill(values, double.NaN);
        return values;
    }
}
