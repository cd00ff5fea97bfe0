using System.Collections.Concurrent;
using System.Globalization;

namespace Sluice.Cleaning;

/// <summary>Sample rows for imputation: numbers on one scale, other values as they are, and the models fitted on them.</summary>
sealed class ImputeTable
{
    readonly Schema schema;
    readonly string?[][] rows;
    readonly bool[] isNumber;
    readonly double[][] numbers;
    readonly double[] center, spread;
    readonly ConcurrentDictionary<int, ImputeModel> models = new();

    public ImputeTable(Schema schema, string?[][] rows)
    {
        (this.schema, this.rows) = (schema, rows);
        isNumber = [.. schema.Select(f => f.Type is ColumnType.Int64 or ColumnType.Float64 or ColumnType.Date or ColumnType.Timestamp)];
        numbers = [.. schema.Select((_, c) => isNumber[c] ? rows.Select(row => Number(c, row[c])).ToArray() : [])];
        center = new double[schema.Count];
        spread = new double[schema.Count];
        for (var column = 0; column < schema.Count; column++)
        {
            var sorted = numbers[column].Where(double.IsFinite).Order().ToArray();
            center[column] = sorted.Length == 0 ? 0 : sorted.Average();
            spread[column] = sorted.Length == 0 ? 0 : Math.Sqrt(sorted.Average(v => (v - center[column]) * (v - center[column])));
        }
    }

    public int Rows => rows.Length;

    public int Columns => schema.Count;

    public bool IsNumber(int column) => isNumber[column];

    /// <summary>Value of a sample row; null: missing.</summary>
    public string? Text(int column, int row) => Present(rows[row][column]);

    /// <summary>Number of a sample row in deviations from the mean; NaN: missing.</summary>
    public double Scaled(int column, int row) => Scale(column, numbers[column][row]);

    public double Scale(int column, double number) => spread[column] > 0 && double.IsFinite(number) ? (number - center[column]) / spread[column] : double.IsFinite(number) ? 0 : double.NaN;

    /// <summary>Text of a value given in deviations from the mean, as its type is written.</summary>
    public string? Written(int column, double scaled)
    {
        var value = (scaled * spread[column]) + center[column];
        if (!double.IsFinite(value))
        {
            return null;
        }

        return schema[column].Type switch
        {
            ColumnType.Int64 => Math.Round(Math.Clamp(value, -9e15, 9e15)).ToString("0", CultureInfo.InvariantCulture),
            ColumnType.Date => DateOnly.FromDayNumber((int)Math.Clamp(Math.Round(value), 0, DateOnly.MaxValue.DayNumber)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ColumnType.Timestamp => new DateTime(Math.Clamp((long)Math.Round(value * 1e7), 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture),
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Number of a value as text: days for dates, seconds for timestamps.</summary>
    public double Number(int column, string? value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return schema[column].Type switch
        {
            ColumnType.Date => DateOnly.TryParse(value, CultureInfo.InvariantCulture, out var date) ? date.DayNumber : double.NaN,
            ColumnType.Timestamp => DateTime.TryParse(value, CultureInfo.InvariantCulture, Utc, out var time) ? time.Ticks / 1e7 : double.NaN,
            _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : double.NaN,
        };
    }

    /// <summary>What a row says, as text and in deviations from the means.</summary>
    public GivenRow Given(Batch texts, int row)
    {
        string?[] values = [.. Enumerable.Range(0, Columns).Select(c => texts[c].IsNull(row) ? null : Present(texts[c].Display(row)))];
        return new GivenRow(values, [.. values.Select((value, c) => isNumber[c] ? Scale(c, Number(c, value)) : double.NaN)]);
    }

    /// <summary>What a missing cell of the row should say; null when nothing can be learned.</summary>
    public string? Guess(GivenRow given, int column, ImputeMethod method, int neighbours)
    {
        // A number that is not one is missing and has a text all the same.
        var own = given.Values[column];
        given.Values[column] = null;
        var guess = method == ImputeMethod.Model ? models.GetOrAdd(column, c => new ImputeModel(this, c)).Guess(given.Values) : Nearest(given, column, neighbours);
        given.Values[column] = own;
        return guess;
    }

    /// <summary>One row to fill.</summary>
    /// <param name="Values">Its texts; null: missing.</param>
    /// <param name="Scaled">Its numbers in deviations from the mean.</param>
    public sealed record GivenRow(string?[] Values, double[] Scaled);

    static string? Present(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    // Gower's distance: for numbers the difference in deviations, for others 0 or 1; a value missing on one side counts as different.
    string? Nearest(GivenRow given, int column, int neighbours)
    {
        var near = new PriorityQueue<int, (double, int)>(Comparer<(double, int)>.Create((a, b) => b.CompareTo(a)));
        for (var row = 0; row < rows.Length; row++)
        {
            if (isNumber[column] ? !double.IsFinite(numbers[column][row]) : Text(column, row) is null)
            {
                continue;
            }

            near.Enqueue(row, (Distance(given.Values, given.Scaled, row, column), row));
            if (near.Count > neighbours)
            {
                near.Dequeue();
            }
        }

        if (near.Count == 0)
        {
            return null;
        }

        var found = near.UnorderedItems.OrderBy(i => i.Priority).Select(i => i.Element).ToList();
        return isNumber[column]
            ? Written(column, found.Average(row => Scaled(column, row)))
            : found.GroupBy(row => Text(column, row)!).OrderByDescending(g => g.Count()).ThenBy(g => found.IndexOf(g.First())).First().Key;
    }

    double Distance(string?[] given, double[] scaled, int row, int column)
    {
        var distance = 0.0;
        for (var c = 0; c < given.Length; c++)
        {
            if (c == column || given[c] is null)
            {
                continue;
            }

            var difference = isNumber[c] ? Math.Min(1, Math.Abs(scaled[c] - Scaled(c, row)) / 2) : given[c] == Text(c, row) ? 0 : 1;
            distance += double.IsNaN(difference) ? 1 : difference;
        }

        return distance;
    }
}
