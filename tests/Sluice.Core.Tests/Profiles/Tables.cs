using Sluice.Batches;

namespace Sluice.Core.Tests.Profiles;

/// <summary>Tables of random numbers and words.</summary>
static class Tables
{
    public static Batch Of(params (string Name, Column Column)[] columns) => new(
        new Schema(columns.Select(c => new Field(c.Name, c.Column.Type))), columns.Select(c => c.Column), columns[0].Column.Rows);

    public static Column Numbers(int rows, Func<int, double> of) => new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, rows).Select(of)]);

    public static Column Words(int rows, Func<int, string?> of) => TextColumn.Of([.. Enumerable.Range(0, rows).Select(of)]);

    /// <summary>Box and Muller.</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
