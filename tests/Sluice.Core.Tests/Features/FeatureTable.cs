using Sluice.Batches;
using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.Features;

/// <summary>The dirty table with the sets of a split, and what tests of features say often.</summary>
static class FeatureTable
{
    /// <summary>Three rows of train to one of validation and test each, by chance.</summary>
    public static Batch Of(int rows = 300, int seed = 20_260_417)
    {
        var table = DirtyTable.Of(rows, seed);
        var random = new Random(seed);
        string[] sets = ["train", "train", "train", "validation", "test"];
        return WithSplit(table, [.. Enumerable.Range(0, rows).Select(_ => sets[random.Next(sets.Length)])]);
    }

    public static Batch WithSplit(Batch batch, params string?[] sets) => batch.With(new Field("split", ColumnType.Text, false), TextColumn.Of(sets));

    public static Batch Join(params Batch[] parts) =>
        parts.Skip(1).Aggregate(parts[0], (batch, part) => part.Schema.Aggregate(batch, (all, field) => all.With(field, part[field.Name])));

    /// <summary>A column of numbers; NaN is missing.</summary>
    public static double[] Numbers(Batch batch, string column) =>
        [.. Enumerable.Range(0, batch.Rows).Select(row => batch[column].IsNull(row) ? double.NaN : double.Parse(batch[column].Display(row), System.Globalization.CultureInfo.InvariantCulture))];

    public static void Near(IEnumerable<double> expected, IEnumerable<double> found)
    {
        var (left, right) = (expected.ToArray(), found.ToArray());
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++)
        {
            Assert.True(
                double.IsNaN(left[i]) ? double.IsNaN(right[i]) : left[i] == right[i] || Math.Abs(left[i] - right[i]) <= 1e-12 * Math.Max(1, Math.Abs(left[i])),
                $"value {i}: expected {left[i]:R}, found {right[i]:R}");
        }
    }
}
