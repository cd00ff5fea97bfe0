using Sluice.Outliers;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>What steps that learn from labelled rows see of a table: the labels, and a sample of the different rows with numbers and a label.</summary>
sealed class LabelledRowState(int maxRows, int maxClasses) : LabelSample(maxRows, maxClasses)
{
    /// <param name="batch">Rows.</param>
    /// <param name="label">Column of the label.</param>
    /// <param name="features">Number columns, in order.</param>
    public void Observe(Batch batch, string label, IReadOnlyList<string> features)
    {
        var texts = LabelTexts.Of(batch, label);
        Labels.Add(texts);
        Sample.Add([label, .. features], [LabelTexts.Cells(texts), .. features.Select(name => RowSample.Bits(Numbers.Of(batch[name])))], batch.Rows);
    }

    /// <summary>The sampled rows in order of their hash, numbers as they are.</summary>
    public LabelledVectors Rows()
    {
        var codes = Labels.Names.Select((name, i) => (Cell: LabelTexts.Cell(name), i)).ToDictionary(n => n.Cell, n => n.i);
        var rows = Sample.Rows();
        var dimensions = Math.Max(0, Sample.Columns.Count - 1);
        var values = new float[rows.Count * dimensions];
        for (var at = 0; at < values.Length; at++)
        {
            var (row, dimension) = Math.DivRem(at, dimensions);
            values[at] = (float)BitConverter.UInt64BitsToDouble(rows[row].Cells[dimension + 1]);
        }

        return new LabelledVectors(
            values, dimensions, [.. rows.Select(r => codes.GetValueOrDefault(r.Cells[0], -1))], [.. rows.Select(r => (double)r.Count)], codes.Count);
    }

    /// <summary>The sampled rows in the dimensions of the columns that measure something, standardised.</summary>
    /// <param name="named">Columns that the user names; empty: all that measure something.</param>
    public (LabelledVectors Rows, IReadOnlyList<FeatureScale> Features) Placed(IReadOnlyList<string> named)
    {
        var (rows, features) = Measured(named);
        return (features.Count == 0 ? rows : rows with { Values = FeatureScale.Place(rows.Values, features) }, features);
    }

    /// <summary>The same with the numbers as they are.</summary>
    public (LabelledVectors Rows, IReadOnlyList<FeatureScale> Features) Measured(IReadOnlyList<string> named)
    {
        var (all, names) = (Rows(), Sample.Columns.Skip(1).ToList());
        int[] at = [.. (named.Count > 0 ? named : Measuring()).Select(name => names.IndexOf(name)).Where(i => i >= 0)];
        var values = new float[all.Rows * at.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = all.Row(i / at.Length)[at[i % at.Length]];
        }

        var rows = all with { Values = values, Dimensions = at.Length };
        return (rows, [.. at.Select((i, dimension) => FeatureScale.Of(names[i], rows, dimension))]);
    }

    /// <summary>Numbers of a batch as they are, row after row; NaN where missing.</summary>
    public static float[] Vectors(Batch batch, IReadOnlyList<string> features)
    {
        var values = new float[batch.Rows * features.Count];
        for (var feature = 0; feature < features.Count; feature++)
        {
            var numbers = Numbers.Of(batch[features[feature]]);
            for (var row = 0; row < numbers.Length; row++)
            {
                values[(row * features.Count) + feature] = (float)numbers[row];
            }
        }

        return values;
    }

    /// <summary>Fold of each row by the content of its vector alone: copies of a row, and rows that differ in their label only, never teach the probe that judges them.</summary>
    public static int[] Folds(ReadOnlySpan<float> values, int dimensions, int count)
    {
        var folds = new int[dimensions == 0 ? 0 : values.Length / dimensions];
        for (var row = 0; row < folds.Length; row++)
        {
            var hash = 0xD6E8FEB86659FD93;
            foreach (var value in values.Slice(row * dimensions, dimensions))
            {
                hash = RowHash.Mix(hash ^ 0x9E3779B97F4A7C15, BitConverter.SingleToUInt32Bits(float.IsNaN(value) ? float.NaN : value == 0 ? 0 : value) ^ 0xC2B2AE3D27D4EB4F) + hash;
            }

            folds[row] = (int)(RowHash.Mix(hash, 0x9E3779B97F4A7C15) % (ulong)count);
        }

        return folds;
    }

    /// <summary>The columns that measure something: identifiers are left out, because a class is not learned from a number that names the row.</summary>
    List<string> Measuring()
    {
        var rows = Sample.Rows();
        return [.. Sample.Columns.Skip(1).Where((name, at) =>
        {
            var values = new ValueHistogram(int.MaxValue);
            foreach (var row in rows)
            {
                if (BitConverter.UInt64BitsToDouble(row.Cells[at + 1]) is var value && !double.IsNaN(value))
                {
                    values.Add(value, row.Count);
                }
            }

            return !Identifiers.Is(name, values);
        })];
    }
}
