namespace Sluice.Cleaning;

/// <summary>
/// A model of one column from the others: for a number ridge regression on numbers and frequent values of the others, by coordinate descent; for
/// another value naive Bayes with numbers in five steps. Fitted on the sample in its order, so the same rows give the same model.
/// </summary>
sealed class ImputeModel
{
    const int MaxLevels = 20, Sweeps = 60, Bins = 5;
    const double Ridge = 1;
    readonly ImputeTable table;
    readonly int column;
    readonly List<(int Column, string? Level)> inputs = [];
    readonly double[] weights = [];
    readonly double intercept;
    readonly Dictionary<string, int> classes = new(StringComparer.Ordinal);
    readonly Dictionary<(int Column, string Trait, string Class), int> counts = [];
    readonly int known;

    public ImputeModel(ImputeTable table, int column)
    {
        (this.table, this.column) = (table, column);
        var rows = Enumerable.Range(0, table.Rows).Where(row => table.IsNumber(column) ? double.IsFinite(table.Scaled(column, row)) : table.Text(column, row) is not null).ToList();
        known = rows.Count;
        if (!table.IsNumber(column))
        {
            Count(rows);
            return;
        }

        Inputs(rows);
        var features = inputs.Select(input => rows.Select(row => Feature(input, table.Text(input.Column, row))).ToArray()).ToArray();
        var residual = rows.Select(row => table.Scaled(column, row)).ToArray();
        intercept = residual.Length == 0 ? 0 : residual.Average();
        residual = [.. residual.Select(r => r - intercept)];
        weights = Descend(features, residual);
    }

    /// <summary>The value that the others suggest; null without any row to learn from.</summary>
    public string? Guess(string?[] given)
    {
        if (known == 0)
        {
            return null;
        }

        if (table.IsNumber(column))
        {
            return table.Written(column, intercept + inputs.Select((input, i) => weights[i] * Feature(input, given[input.Column])).Sum());
        }

        return classes.OrderByDescending(c => Likelihood(c.Key, c.Value, given)).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
    }

    void Inputs(List<int> rows)
    {
        for (var c = 0; c < table.Columns; c++)
        {
            if (c != column && table.IsNumber(c))
            {
                inputs.Add((c, null));
            }
            else if (c != column)
            {
                var other = c;
                inputs.AddRange(rows.Select(row => table.Text(other, row)).OfType<string>().GroupBy(v => v).Where(g => g.Count() > 1)
                    .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MaxLevels).Select(g => (other, (string?)g.Key)));
            }
        }
    }

    // A missing number is the mean, which is 0.
    double Feature((int Column, string? Level) input, string? value)
    {
        if (input.Level is not null)
        {
            return value == input.Level ? 1 : 0;
        }

        var scaled = table.Scale(input.Column, table.Number(input.Column, value));
        return double.IsFinite(scaled) ? scaled : 0;
    }

    static double[] Descend(double[][] features, double[] residual)
    {
        var weights = new double[features.Length];
        var squares = features.Select(f => f.Sum(v => v * v)).ToArray();
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var i = 0; i < features.Length; i++)
            {
                var dot = 0.0;
                for (var row = 0; row < residual.Length; row++)
                {
                    dot += features[i][row] * residual[row];
                }

                var next = (dot + (squares[i] * weights[i])) / (squares[i] + Ridge);
                var step = next - weights[i];
                weights[i] = next;
                for (var row = 0; row < residual.Length && step != 0; row++)
                {
                    residual[row] -= step * features[i][row];
                }
            }
        }

        return weights;
    }

    void Count(List<int> rows)
    {
        foreach (var row in rows)
        {
            var value = table.Text(column, row)!;
            classes[value] = classes.GetValueOrDefault(value) + 1;
            for (var c = 0; c < table.Columns; c++)
            {
                if (c != column && Trait(c, table.Text(c, row)) is { } trait)
                {
                    counts[(c, trait, value)] = counts.GetValueOrDefault((c, trait, value)) + 1;
                }
            }
        }
    }

    // Five steps, from 1.5 deviations below the mean to 1.5 above.
    string? Trait(int c, string? value)
    {
        if (!table.IsNumber(c))
        {
            return value;
        }

        var scaled = table.Scale(c, table.Number(c, value));
        return double.IsNaN(scaled) ? null : Math.Clamp((int)Math.Floor((scaled + 1.5) / 3 * Bins), 0, Bins - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    double Likelihood(string value, int count, string?[] given)
    {
        var sum = Math.Log(count);
        for (var c = 0; c < given.Length; c++)
        {
            if (c != column && Trait(c, given[c]) is { } trait)
            {
                sum += Math.Log((counts.GetValueOrDefault((c, trait, value)) + 0.5) / (count + 1.0));
            }
        }

        return sum;
    }
}
